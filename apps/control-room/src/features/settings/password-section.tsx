import { Button, Field } from '@sereno/ui'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, type ReactElement, useState } from 'react'
import { call } from '../../api/call.ts'
import { Failure } from '../../api/failure.tsx'
import page from '../../shell/page.module.css'
import { Folded } from './folded.tsx'
import css from './settings.module.css'
import { useSettingsText } from './text.ts'

export function PasswordSection({ hasFactor }: { readonly hasFactor: boolean }): ReactElement {
  const text = useSettingsText().password
  const [current, setCurrent] = useState('')
  const [next, setNext] = useState('')
  const [code, setCode] = useState('')
  const save = useMutation({
    mutationFn: () =>
      call('POST /me/password', {
        body: { next, ...(current === '' ? {} : { current }), ...(code === '' ? {} : { code: code.trim() }) },
      }),
    onSuccess: () => {
      setCurrent('')
      setNext('')
      setCode('')
    },
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    save.mutate()
  }
  return (
    <section className={css.section}>
      <h2>{text.title}</h2>
      <Folded ask={text.save} said={save.isSuccess ? text.saved : null}>
        <form className={page.form} onSubmit={submit}>
          <Field
            label={text.current}
            hint={text.currentHint}
            value={current}
            onChange={setCurrent}
            type="password"
            autoComplete="current-password"
          />
          <Field
            label={text.next}
            hint={text.nextHint}
            value={next}
            onChange={setNext}
            type="password"
            autoComplete="new-password"
            minLength={12}
            required
          />
          {hasFactor ? (
            <Field
              label={text.code}
              value={code}
              onChange={setCode}
              inputMode="numeric"
              autoComplete="one-time-code"
              minLength={6}
              maxLength={8}
              required
            />
          ) : null}
          <Failure error={save.error} />
          <div>
            <Button type="submit" busy={save.isPending}>
              {text.save}
            </Button>
          </div>
        </form>
      </Folded>
    </section>
  )
}
