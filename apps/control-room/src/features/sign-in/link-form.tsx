import { Button, Field, useText } from '@sereno/ui'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, type ReactElement, useState } from 'react'
import type { Me } from '../../api/api.ts'
import { CallFailed, call } from '../../api/call.ts'
import { Failure } from '../../api/failure.tsx'
import css from './sign-in.module.css'
import { signInEn } from './text.en.ts'
import { signInEs } from './text.es.ts'

type LinkFormProps = { readonly token: string; readonly onSignedIn: (me: Me) => void; readonly onOther: () => void }

/** A press, not the mere opening, spends the link: previews of chat programs must not. */
export function LinkForm({ token, onSignedIn, onOther }: LinkFormProps): ReactElement {
  const text = useText({ es: signInEs, en: signInEn })
  const [code, setCode] = useState('')
  const attempt = useMutation({
    mutationFn: () =>
      call('POST /session/link', { body: { token, ...(code === '' ? {} : { code: code.replaceAll(/\s/g, '') }) } }),
    onSuccess: onSignedIn,
  })
  const wanted = attempt.error instanceof CallFailed && attempt.error.code === 'access.second-factor-required'
  const isGuest = location.pathname.startsWith('/guest')
  const asksCode = isGuest || wanted || code !== ''
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    attempt.mutate()
  }
  return (
    <form className={css.form} onSubmit={submit}>
      <h1>{isGuest ? text.guestTitle : text.linkTitle}</h1>
      <p>{isGuest ? text.guestBody : text.linkBody}</p>
      {asksCode ? (
        <Field
          label={isGuest ? text.guestCode : text.code}
          hint={isGuest ? text.guestCodeHint : text.codeHint}
          value={code}
          onChange={setCode}
          inputMode="numeric"
          autoComplete="one-time-code"
          maxLength={12}
          required
          autoFocus
        />
      ) : null}
      <Failure error={attempt.error} />
      <Button look="next" type="submit" busy={attempt.isPending} autoFocus={!asksCode} wide>
        {text.linkSubmit}
      </Button>
      {isGuest ? null : (
        <Button look="quiet" onPress={onOther} wide>
          {text.linkOther}
        </Button>
      )}
    </form>
  )
}
