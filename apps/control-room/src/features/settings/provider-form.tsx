import { Button, Checkbox, Field } from '@sereno/ui'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, type ReactElement, useState } from 'react'
import type { Given, Reply } from '../../api/api.ts'
import { call } from '../../api/call.ts'
import { Failure } from '../../api/failure.tsx'
import { changed } from '../../api/queries.ts'
import page from '../../shell/page.module.css'
import { Folded } from './folded.tsx'
import css from './settings.module.css'
import { useSettingsText } from './text.ts'

type Wished = Given<'POST /installation/access/provider'>['body']['provider']

/** The municipality's OpenID Connect provider; the server asks it for its description before keeping it. */
export function ProviderForm({ access }: { readonly access: Reply<'GET /installation/access'> }): ReactElement {
  const text = useSettingsText().access
  const before = access.provider
  const [name, setName] = useState(before?.name ?? '')
  const [issuer, setIssuer] = useState(before?.issuer ?? '')
  const [clientId, setClientId] = useState(before?.clientId ?? '')
  const [clientSecret, setClientSecret] = useState('')
  const [claim, setClaim] = useState(before?.claim ?? 'preferred_username')
  const [createsAccounts, setCreates] = useState(before?.createsAccounts ?? false)
  const save = useMutation({
    mutationFn: (provider: Wished) => call('POST /installation/access/provider', { body: { provider } }),
    onSuccess: () => changed('GET /installation/access'),
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    const secret = clientSecret === '' ? {} : { clientSecret }
    save.mutate({ name, issuer, clientId, claim, createsAccounts, ...secret })
  }
  return (
    <Folded ask={text.changeProvider} said={save.isSuccess ? text.saved : null}>
      <form className={page.form} onSubmit={submit}>
        <p className={page.soft}>
          {text.redirect}: <code className={css.secret}>{access.redirectUri}</code>
        </p>
        <Field label={text.name} value={name} onChange={setName} maxLength={60} required />
        <Field label={text.issuer} value={issuer} onChange={setIssuer} maxLength={300} required />
        <Field label={text.clientId} value={clientId} onChange={setClientId} maxLength={200} required />
        <Field
          label={text.clientSecret}
          hint={text.clientSecretHint}
          value={clientSecret}
          onChange={setClientSecret}
          type="password"
          maxLength={500}
        />
        <Field label={text.claim} hint={text.claimHint} value={claim} onChange={setClaim} maxLength={60} required />
        <Checkbox checked={createsAccounts} onChange={setCreates}>
          {text.creates}
        </Checkbox>
        <Failure error={save.error} />
        <div className={page.row}>
          <Button type="submit" busy={save.isPending}>
            {text.saveProvider}
          </Button>
          {before === null ? null : (
            <Button look="quiet" onPress={() => save.mutate(null)}>
              {text.removeProvider}
            </Button>
          )}
        </div>
      </form>
    </Folded>
  )
}
