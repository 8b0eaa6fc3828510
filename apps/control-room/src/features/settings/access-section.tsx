import { names } from '@sereno/text'
import { Button, Field, useLanguage } from '@sereno/ui'
import { useMutation, useQuery } from '@tanstack/react-query'
import { type FormEvent, type ReactElement, useState } from 'react'
import type { Me, Reply } from '../../api/api.ts'
import { call } from '../../api/call.ts'
import { Failure } from '../../api/failure.tsx'
import { asked, changed } from '../../api/queries.ts'
import page from '../../shell/page.module.css'
import { RoleChoice } from '../../shell/role-choice.tsx'
import { Folded } from './folded.tsx'
import { ProviderForm } from './provider-form.tsx'
import css from './settings.module.css'
import { useSettingsText } from './text.ts'

type Role = Me['account']['roles'][number]
type Access = Reply<'GET /installation/access'>

/** Who must prove a second factor, and where people may come from. */
export function AccessSection(): ReactElement | null {
  const text = useSettingsText().access
  const language = useLanguage()
  const { data } = useQuery(asked('GET /installation/access', {}))
  if (data === undefined) {
    return null
  }
  const words = names(language).role
  return (
    <section className={css.section}>
      <h2>{text.title}</h2>
      <div className={page.form}>
        <p className={page.strong}>{text.strong}</p>
        <p>{data.strongRoles.length === 0 ? '–' : data.strongRoles.map((role) => words[role]).join(', ')}</p>
        <StrongRoles access={data} />
        <p className={page.strong}>{text.provider}</p>
        <p>{data.provider === null ? text.noProvider : `${data.provider.name} · ${data.provider.issuer}`}</p>
        <ProviderForm access={data} />
      </div>
    </section>
  )
}

function StrongRoles({ access }: { readonly access: Access }): ReactElement {
  const text = useSettingsText().access
  const [roles, setRoles] = useState<readonly Role[]>(access.strongRoles)
  const [reason, setReason] = useState('')
  const save = useMutation({
    mutationFn: () =>
      call('POST /installation/access/strong-roles', { body: { roles: [...roles], reason: reason.trim() } }),
    onSuccess: () => changed('GET /installation/access', 'GET /me'),
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    save.mutate()
  }
  return (
    <Folded ask={text.change} said={save.isSuccess ? text.saved : null}>
      <form className={page.form} onSubmit={submit}>
        <p className={page.soft}>{text.strongHint}</p>
        <RoleChoice legend={text.strong} value={roles} onChange={setRoles} />
        <Field label={text.reason} value={reason} onChange={setReason} maxLength={500} required />
        <Failure error={save.error} />
        <div>
          <Button type="submit" busy={save.isPending}>
            {text.saveStrong}
          </Button>
        </div>
      </form>
    </Folded>
  )
}
