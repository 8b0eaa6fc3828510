import { isoDate, number } from '@sereno/text'
import { Button, Field, now, Select, useLanguage } from '@sereno/ui'
import { useMutation } from '@tanstack/react-query'
import { type ReactElement, useState } from 'react'
import type { Reply } from '../../api/api.ts'
import { call } from '../../api/call.ts'
import { changed } from '../../api/queries.ts'
import page from '../../shell/page.module.css'
import { useTimeZone } from '../../shell/session.ts'
import { StepForm } from '../../shell/step-form.tsx'
import css from './completeness.module.css'
import { useCompletenessText } from './text.ts'

type Count = Reply<'GET /completeness'>['counts'][number]
const kinds = ['phone', 'body-camera', 'fixed-camera', 'drone', 'dock'] as const

/** Cameras that were paid for beside those that record. */
export function CountsPart({
  counts,
  mayAdd,
}: {
  readonly counts: readonly Count[]
  readonly mayAdd: boolean
}): ReactElement {
  const text = useCompletenessText().counts
  const language = useLanguage()
  const [adding, setAdding] = useState(false)
  return (
    <section className={css.part} aria-labelledby="counts">
      <h2 id="counts">{text.title}</h2>
      {counts.length === 0 ? (
        <p className={page.soft}>{text.none}</p>
      ) : (
        <table className={css.counts}>
          <thead>
            <tr>
              <th scope="col">{text.kind}</th>
              <th scope="col">{text.purchased}</th>
              <th scope="col">{text.enrolled}</th>
              <th scope="col">{text.difference}</th>
            </tr>
          </thead>
          <tbody>
            {counts.map(({ kind, purchased, enrolled }) => (
              <tr key={kind}>
                <th scope="row">{text.kinds[kind]}</th>
                <td>{number(purchased, language)}</td>
                <td>{number(enrolled, language)}</td>
                <td>
                  {enrolled > purchased ? '+' : ''}
                  {number(enrolled - purchased, language)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {mayAdd && !adding ? (
        <div>
          <Button onPress={() => setAdding(true)}>{text.add}</Button>
        </div>
      ) : null}
      {adding ? <PurchaseForm onClose={() => setAdding(false)} /> : null}
    </section>
  )
}

function PurchaseForm({ onClose }: { readonly onClose: () => void }): ReactElement {
  const text = useCompletenessText().counts
  const zone = useTimeZone()
  const [kind, setKind] = useState<(typeof kinds)[number]>('phone')
  const [quantity, setQuantity] = useState('')
  const [reference, setReference] = useState('')
  const [date, setDate] = useState(isoDate(now(), zone))
  const save = useMutation({
    mutationFn: () =>
      call('POST /completeness/purchases', {
        body: { kind, quantity: Number(quantity), reference: reference.trim(), date },
      }),
    onSuccess: () => {
      onClose()
      return changed('GET /completeness')
    },
  })
  return (
    <StepForm save={text.save} busy={save.isPending} error={save.error} onSave={() => save.mutate()} onClose={onClose}>
      <Select
        label={text.kind}
        options={kinds.map((value) => ({ value, label: text.kinds[value] }))}
        value={kind}
        onChange={(value) => setKind(kinds.find((one) => one === value) ?? 'phone')}
        required
      />
      <Field
        label={text.quantity}
        value={quantity}
        onChange={setQuantity}
        inputMode="numeric"
        maxLength={6}
        required
        autoFocus
      />
      <Field label={text.reference} value={reference} onChange={setReference} maxLength={120} required />
      <Field label={text.date} type="date" value={date} onChange={setDate} required />
    </StepForm>
  )
}
