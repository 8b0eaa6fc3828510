import { Checkbox, Field } from '@sereno/ui'
import { useMutation } from '@tanstack/react-query'
import { type ReactElement, useState } from 'react'
import type { Recording } from '../../../api/api.ts'
import { call } from '../../../api/call.ts'
import { changed } from '../../../api/queries.ts'
import page from '../../../shell/page.module.css'
import { StepForm } from '../../../shell/step-form.tsx'
import { usePlayerText } from './text.ts'

export function SealForm({
  recording,
  onClose,
}: {
  readonly recording: Recording
  readonly onClose: () => void
}): ReactElement {
  const text = usePlayerText().seal
  const [incomplete, setIncomplete] = useState(false)
  const [reason, setReason] = useState('')
  const seal = useMutation({
    mutationFn: () =>
      call('POST /recordings/:id/seal', {
        params: { id: recording.id },
        body: incomplete ? { incomplete, reason: reason.trim() } : {},
      }),
    onSuccess: () => {
      onClose()
      return changed('GET /recordings/:id', 'GET /recordings', 'GET /recordings/:id/custody')
    },
  })
  return (
    <StepForm save={text.save} busy={seal.isPending} error={seal.error} onSave={() => seal.mutate()} onClose={onClose}>
      <p className={page.soft}>{text.body}</p>
      <Checkbox checked={incomplete} onChange={setIncomplete}>
        {text.incomplete}
      </Checkbox>
      {incomplete ? (
        <Field label={text.reason} value={reason} onChange={setReason} rows={2} maxLength={500} required />
      ) : null}
    </StepForm>
  )
}
