import { Button, Field } from '@sereno/ui'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, type ReactElement, useState } from 'react'
import { call } from '../../api/call.ts'
import { Failure } from '../../api/failure.tsx'
import page from '../../shell/page.module.css'
import { Folded } from './folded.tsx'
import css from './settings.module.css'
import { useSettingsText } from './text.ts'

/** The control room's telephone, which every officer's phone offers to dial. */
export function ContactSection(): ReactElement | null {
  const text = useSettingsText().contact
  const { data } = useQuery({ queryKey: ['contact'], queryFn: () => call('GET /installation/contact', {}) })
  if (data === undefined) {
    return null
  }
  return (
    <section className={css.section}>
      <h2>{text.title}</h2>
      <div className={page.form}>
        <p>{data.telephone ?? text.none}</p>
        {data.may.includes('installation.write') ? <ChangeContact telephone={data.telephone ?? ''} /> : null}
      </div>
    </section>
  )
}

function ChangeContact({ telephone }: { readonly telephone: string }): ReactElement {
  const text = useSettingsText().contact
  const [next, setNext] = useState(telephone)
  const queries = useQueryClient()
  const save = useMutation({
    mutationFn: () =>
      call('POST /installation/contact', { body: { telephone: next.trim() === '' ? null : next.trim() } }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['contact'] }),
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    save.mutate()
  }
  return (
    <Folded ask={text.change} said={save.isSuccess ? text.saved : null}>
      <form className={page.form} onSubmit={submit}>
        <Field label={text.label} hint={text.hint} value={next} onChange={setNext} inputMode="tel" maxLength={24} />
        <Failure error={save.error} />
        <div>
          <Button type="submit" busy={save.isPending}>
            {text.save}
          </Button>
        </div>
      </form>
    </Folded>
  )
}
