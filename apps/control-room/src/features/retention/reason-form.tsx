import { Field } from '@sereno/ui'
import { useMutation } from '@tanstack/react-query'
import { type ReactElement, useState } from 'react'
import type { OperationName } from '../../api/api.ts'
import { changed } from '../../api/queries.ts'
import { StepForm } from '../../shell/step-form.tsx'

type ReasonFormProps = {
  readonly label: string
  readonly save: string
  readonly act: (reason: string) => Promise<unknown>
  readonly changes: readonly OperationName[]
  readonly onClose: () => void
}

/** A deed that needs a reason, because its entry does. */
export function ReasonForm({ label, save, act, changes, onClose }: ReasonFormProps): ReactElement {
  const [reason, setReason] = useState('')
  const deed = useMutation({
    mutationFn: () => act(reason.trim()),
    onSuccess: () => {
      onClose()
      return changed(...changes)
    },
  })
  return (
    <StepForm save={save} busy={deed.isPending} error={deed.error} onSave={() => deed.mutate()} onClose={onClose}>
      <Field label={label} value={reason} onChange={setReason} rows={2} maxLength={500} required autoFocus />
    </StepForm>
  )
}
