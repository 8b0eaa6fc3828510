import { Field } from '@sereno/ui'
import { useMutation } from '@tanstack/react-query'
import { type ReactElement, useState } from 'react'
import type { RecordingFile } from '../../../api/api.ts'
import { call } from '../../../api/call.ts'
import { changed } from '../../../api/queries.ts'
import page from '../../../shell/page.module.css'
import { StepForm } from '../../../shell/step-form.tsx'
import { holesOf } from './axis.ts'
import { usePlayerText } from './text.ts'

/** Starts at the first hole nobody has explained. */
export function GapForm({
  file,
  onClose,
}: {
  readonly file: RecordingFile
  readonly onClose: () => void
}): ReactElement {
  const text = usePlayerText().gap
  const hole = holesOf(file.segments).find(({ state }) => state === 'unknown')
  const [from, setFrom] = useState(String(hole?.from ?? 0))
  const [to, setTo] = useState(String(hole?.to ?? 0))
  const [reason, setReason] = useState('')
  const declare = useMutation({
    mutationFn: () =>
      call('POST /recordings/:id/gaps', {
        params: { id: file.recording.id },
        body: { fromSequence: Number(from), toSequence: Number(to), reason: reason.trim() },
      }),
    onSuccess: () => {
      onClose()
      return changed('GET /recordings/:id', 'GET /recordings', 'GET /recordings/:id/custody')
    },
  })
  return (
    <StepForm
      save={text.save}
      busy={declare.isPending}
      error={declare.error}
      onSave={() => declare.mutate()}
      onClose={onClose}
    >
      <p className={page.soft}>{text.body}</p>
      <div className={page.row}>
        <Field label={text.from} value={from} onChange={setFrom} type="number" inputMode="numeric" required />
        <Field label={text.to} value={to} onChange={setTo} type="number" inputMode="numeric" required />
      </div>
      <Field label={text.reason} value={reason} onChange={setReason} rows={3} maxLength={500} required autoFocus />
    </StepForm>
  )
}
