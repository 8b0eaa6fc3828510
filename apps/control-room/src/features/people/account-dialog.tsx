import type { Role } from '@sereno/contracts'
import { Button, Dialog, Field } from '@sereno/ui'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, type ReactElement, useState } from 'react'
import type { Account } from '../../api/api.ts'
import { call } from '../../api/call.ts'
import { Failure } from '../../api/failure.tsx'
import { changed } from '../../api/queries.ts'
import { OneTimeLink } from '../../shell/one-time-link.tsx'
import page from '../../shell/page.module.css'
import { RoleChoice } from '../../shell/role-choice.tsx'
import { OfficerChoice } from './officer-choice.tsx'
import { usePeopleText } from './text.ts'

export type Deed = 'create' | 'roles' | 'officer' | 'close' | 'link'
type AccountDialogProps = { readonly deed: Deed; readonly account: Account | null; readonly onClose: () => void }

/** Create, change roles, close, link: each an entry in the ledger, so each asks what the entry needs. */
export function AccountDialog({ deed, account, onClose }: AccountDialogProps): ReactElement {
  const text = usePeopleText()
  const [name, setName] = useState('')
  const [signIn, setSignIn] = useState('')
  const [roles, setRoles] = useState<readonly Role[]>(account?.roles ?? [])
  const [officer, setOfficer] = useState(account?.officer ?? '')
  const [reason, setReason] = useState('')
  const id = account?.id ?? ''
  const act = useMutation({
    mutationFn: async (): Promise<string | null> => {
      const params = { id }
      if (deed === 'create') {
        const given = { name: name.trim(), signIn: signIn.trim(), roles: [...roles] }
        return (await call('POST /accounts', { body: officer === '' ? given : { ...given, officer } })).link
      }
      if (deed === 'link') {
        return (await call('POST /accounts/:id/link', { params })).link
      }
      if (deed === 'roles') {
        await call('POST /accounts/:id/roles', { params, body: { roles: [...roles], reason: reason.trim() } })
      } else if (deed === 'officer') {
        const body = { officer: officer === '' ? null : officer, reason: reason.trim() }
        await call('POST /accounts/:id/officer', { params, body })
      } else {
        await call('POST /accounts/:id/close', { params, body: { reason: reason.trim() } })
      }
      return null
    },
    onSuccess: (link) => {
      if (link === null) {
        onClose()
      }
      return changed('GET /accounts')
    },
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    act.mutate()
  }
  const who = account?.name ?? name
  const titles: Readonly<Record<Deed, string>> = {
    create: text.create.title,
    roles: text.rolesDialog(who),
    officer: text.officerDialog(who),
    close: text.closeDialog(who),
    link: text.linkDialog(who),
  }
  const needsRoles = deed === 'create' || deed === 'roles'
  if (act.data != null) {
    return (
      <Dialog title={text.linkDialog(who)} open onClose={onClose}>
        <OneTimeLink link={act.data} />
        <div>
          <Button onPress={onClose}>{text.done}</Button>
        </div>
      </Dialog>
    )
  }
  return (
    <Dialog title={titles[deed]} open onClose={onClose}>
      <form className={page.form} onSubmit={submit}>
        {deed === 'create' ? (
          <>
            <Field label={text.name} value={name} onChange={setName} maxLength={120} required autoFocus />
            <Field
              label={text.signIn}
              value={signIn}
              onChange={setSignIn}
              maxLength={120}
              required
              autoComplete="off"
            />
          </>
        ) : null}
        {deed === 'close' ? <p className={page.soft}>{text.closeBody}</p> : null}
        {deed === 'link' ? <p className={page.soft}>{text.linkBody}</p> : null}
        {needsRoles ? <RoleChoice legend={text.roles} value={roles} onChange={setRoles} /> : null}
        {deed === 'create' || deed === 'officer' ? (
          <OfficerChoice account={account?.id ?? null} value={officer} onChange={setOfficer} />
        ) : null}
        {deed === 'officer' ? <p className={page.soft}>{text.officerBody}</p> : null}
        {deed === 'roles' || deed === 'officer' || deed === 'close' ? (
          <Field
            label={text.reason}
            hint={text.reasonHint}
            value={reason}
            onChange={setReason}
            rows={2}
            maxLength={500}
            required
          />
        ) : null}
        <Failure error={act.error} />
        <div className={page.row}>
          <Button
            type="submit"
            look={deed === 'close' ? 'danger' : 'go'}
            busy={act.isPending}
            disabled={
              (needsRoles && roles.length === 0) || (deed === 'officer' && officer === (account?.officer ?? ''))
            }
          >
            {deed === 'create'
              ? text.create.submit
              : deed === 'link'
                ? text.link
                : deed === 'close'
                  ? text.close
                  : text.save}
          </Button>
          <Button onPress={onClose}>{text.cancel}</Button>
        </div>
      </form>
    </Dialog>
  )
}
