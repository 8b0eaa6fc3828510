import { Button, Field } from '@sereno/ui'
import { type FormEvent, type ReactElement, useState } from 'react'
import page from '../../shell/page.module.css'
import { useSettingsText } from './text.ts'

export type Proof = { readonly password?: string; readonly code?: string }

/** What is in force now, before it is replaced: the password, and a code of the phone that is given up. */
export function ProofForm(props: {
  readonly hasCode: boolean
  readonly busy: boolean
  readonly onProof: (proof: Proof) => void
}): ReactElement {
  const text = useSettingsText().factor
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    props.onProof({ ...(password === '' ? {} : { password }), ...(code === '' ? {} : { code: code.trim() }) })
  }
  return (
    <form className={page.form} onSubmit={submit}>
      <Field
        label={text.password}
        hint={text.passwordHint}
        value={password}
        onChange={setPassword}
        type="password"
        autoComplete="current-password"
      />
      {props.hasCode ? (
        <Field
          label={text.oldCode}
          value={code}
          onChange={setCode}
          inputMode="numeric"
          autoComplete="one-time-code"
          minLength={6}
          maxLength={8}
          required
        />
      ) : null}
      <div>
        <Button type="submit" busy={props.busy}>
          {text.goOn}
        </Button>
      </div>
    </form>
  )
}
