import { Field, Select } from '@sereno/ui'
import { useMutation } from '@tanstack/react-query'
import { type ReactElement, useState } from 'react'
import type { Reply } from '../../api/api.ts'
import { call } from '../../api/call.ts'
import { changed } from '../../api/queries.ts'
import { StepForm } from '../../shell/step-form.tsx'
import { useRetentionText } from './text.ts'

type Kind = Reply<'POST /recordings/:id/freezes'>['kind']

export function FreezeForm({
  recording,
  onClose,
}: {
  readonly recording: string
  readonly onClose: () => void
}): ReactElement {
  const text = useRetentionText()
  const [kind, setKind] = useState<Kind>('complaint')
  const [reference, setReference] = useState('')
  const freeze = useMutation({
    mutationFn: () =>
      call('POST /recordings/:id/freezes', { params: { id: recording }, body: { kind, reference: reference.trim() } }),
    onSuccess: () => {
      onClose()
      return changed('GET /recordings/:id/retention', 'GET /recordings/:id/custody', 'GET /retention')
    },
  })
  return (
    <StepForm
      save={text.recording.freeze}
      busy={freeze.isPending}
      error={freeze.error}
      onSave={() => freeze.mutate()}
      onClose={onClose}
    >
      <Select
        label={text.recording.kind}
        value={kind}
        onChange={(value) => setKind(value as Kind)}
        options={Object.entries(text.recording.kinds).map(([value, label]) => ({ value, label }))}
      />
      <Field
        label={text.recording.reference}
        value={reference}
        onChange={setReference}
        maxLength={120}
        required
        autoFocus
      />
    </StepForm>
  )
}
