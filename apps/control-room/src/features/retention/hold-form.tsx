import { Button, Field, Select } from '@sereno/ui'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, type ReactElement, useState } from 'react'
import { call } from '../../api/call.ts'
import { Failure } from '../../api/failure.tsx'
import { changed } from '../../api/queries.ts'
import page from '../../shell/page.module.css'
import { useRetentionText } from './text.ts'

type HoldFormProps = {
  readonly recording: string
  readonly bases: readonly { readonly id: string }[]
  readonly onClose: () => void
}

export function HoldForm({ recording, bases, onClose }: HoldFormProps): ReactElement {
  const text = useRetentionText().holds
  const words: Readonly<Record<string, string>> = text.bases
  const [basis, setBasis] = useState(bases[0]?.id ?? '')
  const [reason, setReason] = useState('')
  const place = useMutation({
    mutationFn: () =>
      call('POST /recordings/:id/holds', { params: { id: recording }, body: { basis, reason: reason.trim() } }),
    onSuccess: () => {
      onClose()
      return changed(
        'GET /recordings/:id/retention',
        'GET /recordings/:id',
        'GET /recordings',
        'GET /recordings/:id/custody',
      )
    },
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    place.mutate()
  }
  return (
    <form className={page.form} onSubmit={submit}>
      <p className={page.soft}>{text.placeBody}</p>
      <Select
        label={text.basis}
        value={basis}
        onChange={setBasis}
        options={bases.map(({ id }) => ({ value: id, label: words[id] ?? id }))}
      />
      <Field label={text.reason} value={reason} onChange={setReason} rows={2} maxLength={500} required autoFocus />
      <Failure error={place.error} />
      <div className={page.row}>
        <Button type="submit" look="go" busy={place.isPending}>
          {text.place}
        </Button>
        <Button onPress={onClose}>{text.cancel}</Button>
      </div>
    </form>
  )
}
