import { Button, Field, useText } from '@sereno/ui'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, type ReactElement, useState } from 'react'
import type { Me } from '../../api/api.ts'
import { CallFailed, call } from '../../api/call.ts'
import { Failure } from '../../api/failure.tsx'
import css from './sign-in.module.css'
import { signInEn } from './text.en.ts'
import { signInEs } from './text.es.ts'

/** Name and password; the code is asked for only when the account has a second factor. */
export function PasswordForm({ onSignedIn }: { readonly onSignedIn: (me: Me) => void }): ReactElement {
  const text = useText({ es: signInEs, en: signInEn })
  const [signIn, setSignIn] = useState('')
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const attempt = useMutation({
    mutationFn: () =>
      call('POST /session', { body: { signIn: signIn.trim(), password, ...(code === '' ? {} : { code }) } }),
    onSuccess: onSignedIn,
  })
  const refused = attempt.error instanceof CallFailed ? attempt.error.code : null
  const needsCode = refused === 'access.second-factor-required' || refused === 'access.wrong-code' || code !== ''
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    attempt.mutate()
  }
  return (
    <form className={css.form} onSubmit={submit}>
      <h1>{text.title}</h1>
      <Field
        label={text.name}
        value={signIn}
        onChange={setSignIn}
        autoComplete="username webauthn"
        required
        autoFocus
      />
      <Field
        label={text.password}
        value={password}
        onChange={setPassword}
        type="password"
        autoComplete="current-password"
        required
      />
      {needsCode ? (
        <Field
          label={text.code}
          hint={text.codeHint}
          value={code}
          onChange={setCode}
          inputMode="numeric"
          autoComplete="one-time-code"
          maxLength={8}
          autoFocus
        />
      ) : null}
      {refused === 'access.second-factor-required' ? null : <Failure error={attempt.error} />}
      <Button type="submit" look="next" busy={attempt.isPending} wide>
        {text.submit}
      </Button>
    </form>
  )
}
