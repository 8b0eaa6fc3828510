import { type GuestRole, guestRoles } from '@sereno/contracts'
import { instantOf, wallClock } from '@sereno/text'
import { Button, Checkbox, Dialog, Field, now, Select } from '@sereno/ui'
import { useMutation } from '@tanstack/react-query'
import { type ReactElement, useState } from 'react'
import type { CasePage, Reply } from '../../api/api.ts'
import { call } from '../../api/call.ts'
import { changed } from '../../api/queries.ts'
import page from '../../shell/page.module.css'
import { useMay, useTimeZone } from '../../shell/session.ts'
import { CaseForm } from './case-form.tsx'
import css from './cases.module.css'
import { useCasesText } from './text.ts'

type Entrance = Reply<'POST /cases/:id/shares/:share/entrance'>
type FormProps = { readonly file: CasePage; readonly onClose: () => void }
const usualMs = 7 * 24 * 3_600_000

export function ShareForm({ file, onClose }: FormProps): ReactElement {
  const text = useCasesText().share
  const zone = useTimeZone()
  const [role, setRole] = useState<GuestRole>('prosecutor')
  const [name, setName] = useState('')
  const [office, setOffice] = useState('')
  const [basis, setBasis] = useState('')
  const [until, setUntil] = useState(() => wallClock(now() + usualMs, zone))
  const [download, setDownload] = useState(false)
  const mayCopy = useMay('recording.export')
  const act = useMutation({
    mutationFn: () =>
      call('POST /cases/:id/shares', {
        params: { id: file.case.id },
        body: {
          role,
          name: name.trim(),
          office: office.trim(),
          basis: basis.trim(),
          download,
          expiresAt: instantOf(until, zone) ?? 0,
        },
      }),
    onSuccess: () => changed('GET /cases/:id'),
  })
  if (act.data !== undefined) {
    const { entrance } = act.data
    return entrance === null ? <NoEntrance onClose={onClose} /> : <Entrances entrance={entrance} onClose={onClose} />
  }
  return (
    <CaseForm
      title={text.add}
      save={text.add}
      busy={act.isPending}
      error={act.error}
      onSave={() => act.mutate()}
      onClose={onClose}
    >
      <p className={page.soft}>{text.body}</p>
      <Select
        label={text.role}
        value={role}
        required
        options={guestRoles.map((value) => ({ value, label: text.roles[value] }))}
        onChange={(value) => setRole(value as GuestRole)}
      />
      <Field label={text.name} value={name} onChange={setName} maxLength={120} required autoFocus />
      <Field label={text.office} value={office} onChange={setOffice} maxLength={200} required />
      <Field label={text.basis} value={basis} onChange={setBasis} maxLength={300} required />
      <Field label={text.until} type="datetime-local" value={until} onChange={setUntil} required />
      {mayCopy ? (
        <Checkbox checked={download} onChange={setDownload}>
          {text.download}
        </Checkbox>
      ) : (
        <p className={page.soft}>{text.noCopies}</p>
      )}
    </CaseForm>
  )
}

type EntranceDialogProps = FormProps & { readonly share: string }

/** Another address and code: the last ones are worth nothing from here on. */
export function EntranceDialog({ file, share, onClose }: EntranceDialogProps): ReactElement {
  const text = useCasesText().share
  const act = useMutation({
    mutationFn: () => call('POST /cases/:id/shares/:share/entrance', { params: { id: file.case.id, share } }),
  })
  if (act.data !== undefined) {
    return <Entrances entrance={act.data} onClose={onClose} />
  }
  return (
    <CaseForm
      title={text.entrance}
      save={text.entrance}
      busy={act.isPending}
      error={act.error}
      onSave={() => act.mutate()}
      onClose={onClose}
    >
      <p className={page.soft}>{text.twoWays}</p>
    </CaseForm>
  )
}

/** Who could enter as the guest and see what is kept from them is not shown the way in. */
function NoEntrance({ onClose }: { readonly onClose: () => void }): ReactElement {
  const text = useCasesText()
  return (
    <Dialog title={text.share.add} open onClose={onClose}>
      <div className={page.form}>
        <p className={page.soft}>{text.share.noEntrance}</p>
        <div>
          <Button look="go" onPress={onClose}>
            {text.close}
          </Button>
        </div>
      </div>
    </Dialog>
  )
}

function Entrances({ entrance, onClose }: { readonly entrance: Entrance; readonly onClose: () => void }): ReactElement {
  const text = useCasesText()
  const [copied, setCopied] = useState(false)
  return (
    <Dialog title={text.share.entrance} open onClose={onClose}>
      <div className={page.form}>
        <p className={page.soft}>{text.share.twoWays}</p>
        <b>{text.share.link}</b>
        <span className={css.link}>{entrance.url}</span>
        <div>
          <Button
            icon="link"
            onPress={() => void navigator.clipboard.writeText(entrance.url).then(() => setCopied(true))}
          >
            {copied ? text.share.copied : text.share.copyLink}
          </Button>
        </div>
        <b>{text.share.code}</b>
        <span className={css.code}>{`${entrance.code.slice(0, 4)} ${entrance.code.slice(4)}`}</span>
        <div>
          <Button look="go" onPress={onClose}>
            {text.close}
          </Button>
        </div>
      </div>
    </Dialog>
  )
}
