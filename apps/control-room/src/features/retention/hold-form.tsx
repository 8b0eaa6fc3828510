import { Field, Select } from '@sereno/ui'
import { useMutation } from '@tanstack/react-query'
import { type ReactElement, useState } from 'react'
import { call } from '../../api/call.ts'
import { changed } from '../../api/queries.ts'
import page from '../../shell/page.module.css'
import { StepForm } from '../../shell/step-form.tsx'
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
  return (
    <StepForm
      save={text.place}
      busy={place.isPending}
      error={place.error}
      onSave={() => place.mutate()}
      onClose={onClose}
    >
      <p className={page.soft}>{text.placeBody}</p>
      <Select
        label={text.basis}
        value={basis}
        onChange={setBasis}
        options={bases.map(({ id }) => ({ value: id, label: words[id] ?? id }))}
      />
      <Field label={text.reason} value={reason} onChange={setReason} rows={2} maxLength={500} required autoFocus />
    </StepForm>
  )
}
