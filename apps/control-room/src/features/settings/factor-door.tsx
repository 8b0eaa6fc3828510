import { Button, Field } from '@sereno/ui'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, type ReactElement, useState } from 'react'
import type { Me } from '../../api/api.ts'
import { call } from '../../api/call.ts'
import { Failure } from '../../api/failure.tsx'
import { queryClient } from '../../api/queries.ts'
import page from '../../shell/page.module.css'
import { provePasskey, wasLeft } from '../../shell/passkey.ts'
import { signOut } from '../../shell/sign-out.ts'
import { FactorSection } from './factor-section.tsx'
import { PasskeySection } from './passkey-section.tsx'
import css from './settings.module.css'
import { useSettingsText } from './text.ts'

/** Signed in, and nothing open yet: the role demands a second factor, or the account has one that was gone around. */
export function FactorDoor({ me }: { readonly me: Me }): ReactElement {
  const text = useSettingsText().door
  const hasOne = me.factor.code || me.factor.passkey
  return (
    <main className={page.page}>
      <div className={page.head}>
        <h1>{hasOne ? text.title : text.enrolTitle}</h1>
        <p>{hasOne ? text.body : text.enrolBody}</p>
        <div className={page.tools}>
          <Button onPress={signOut}>{text.signOut}</Button>
        </div>
      </div>
      <div className={css.sections}>
        {hasOne ? (
          <section className={css.section}>
            <h2>{me.account.name}</h2>
            <FactorProof factor={me.factor} onProven={(proven) => queryClient.setQueryData(['GET /me', {}], proven)} />
          </section>
        ) : (
          <>
            <PasskeySection factor={me.factor} />
            <FactorSection isSet={false} />
          </>
        )}
      </div>
    </main>
  )
}

type ProofProps = { readonly factor: Me['factor']; readonly onProven: (me: Me) => void }

/** A code or a passkey, in the session that is open. */
export function FactorProof({ factor, onProven }: ProofProps): ReactElement {
  const text = useSettingsText().door
  const [code, setCode] = useState('')
  const byCode = useMutation({
    mutationFn: () => call('POST /me/proof', { body: { code: code.trim() } }),
    onSuccess: onProven,
  })
  const byPasskey = useMutation({ mutationFn: provePasskey, onSuccess: onProven })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    byCode.mutate()
  }
  return (
    <div className={page.form}>
      {factor.passkey ? (
        <div>
          <Button icon="shield" look="go" busy={byPasskey.isPending} onPress={() => byPasskey.mutate()}>
            {text.provePasskey}
          </Button>
        </div>
      ) : null}
      <Failure error={wasLeft(byPasskey.error) ? null : byPasskey.error} />
      {factor.code ? (
        <form className={page.form} onSubmit={submit}>
          <Field
            label={text.code}
            value={code}
            onChange={setCode}
            inputMode="numeric"
            autoComplete="one-time-code"
            maxLength={12}
            required
          />
          <Failure error={byCode.error} />
          <div>
            <Button type="submit" look={factor.passkey ? 'plain' : 'go'} busy={byCode.isPending}>
              {text.proveCode}
            </Button>
          </div>
        </form>
      ) : null}
    </div>
  )
}
