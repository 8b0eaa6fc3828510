import { Button, Field } from '@sereno/ui'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, type ReactElement, useState } from 'react'
import { call } from '../../api/call.ts'
import { Failure } from '../../api/failure.tsx'
import { changed } from '../../api/queries.ts'
import page from '../../shell/page.module.css'
import { QrCode } from '../../shell/qr-code.tsx'
import { Folded } from './folded.tsx'
import { type Proof, ProofForm } from './proof-form.tsx'
import css from './settings.module.css'
import { useSettingsText } from './text.ts'

/** TOTP (RFC 6238): prove who you are, read the QR, prove it with a code. The secret is shown once. */
export function FactorSection({ isSet }: { readonly isSet: boolean }): ReactElement {
  const text = useSettingsText().factor
  const [code, setCode] = useState('')
  const begin = useMutation({ mutationFn: (body: Proof) => call('POST /me/second-factor', { body }) })
  const confirm = useMutation({
    mutationFn: () => call('POST /me/second-factor/confirm', { body: { code: code.trim() } }),
    onSuccess: () => {
      begin.reset()
      setCode('')
      return changed('GET /me')
    },
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    confirm.mutate()
  }
  return (
    <section className={css.section}>
      <h2>{text.title}</h2>
      <div className={page.form}>
        <p className={page.soft}>{isSet ? text.on : text.off}</p>
        {begin.data === undefined ? (
          <Folded ask={isSet ? text.change : text.begin} said={confirm.isSuccess ? text.done : null}>
            <ProofForm hasCode={isSet} busy={begin.isPending} onProof={begin.mutate} />
          </Folded>
        ) : (
          <form className={css.factor} onSubmit={submit}>
            <QrCode words={begin.data.uri} label={text.qr} />
            <div className={page.form}>
              <p>{text.read}</p>
              <p className={page.soft}>
                {text.secret}: <code className={css.secret}>{begin.data.secret}</code>
              </p>
              <Field
                label={text.code}
                value={code}
                onChange={setCode}
                inputMode="numeric"
                autoComplete="one-time-code"
                minLength={6}
                maxLength={8}
                required
                autoFocus
              />
              <Failure error={confirm.error} />
              <div>
                <Button type="submit" look="go" busy={confirm.isPending}>
                  {text.confirm}
                </Button>
              </div>
            </div>
          </form>
        )}
        <Failure error={begin.error} />
      </div>
    </section>
  )
}
