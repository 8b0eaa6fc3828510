import { Button, Field } from '@sereno/ui'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, type ReactElement, useState } from 'react'
import type { OperationName } from '../../api/api.ts'
import { Failure } from '../../api/failure.tsx'
import { changed } from '../../api/queries.ts'
import page from '../../shell/page.module.css'
import { useRetentionText } from './text.ts'

type ReasonFormProps = {
  readonly label: string
  readonly save: string
  readonly act: (reason: string) => Promise<unknown>
  readonly changes: readonly OperationName[]
  readonly onClose: () => void
}

/** A deed that needs a reason, because its entry does. */
export function ReasonForm({ label, save, act, changes, onClose }: ReasonFormProps): ReactElement {
  const text = useRetentionText().holds
  const [reason, setReason] = useState('')
  const deed = useMutation({
    mutationFn: () => act(reason.trim()),
    onSuccess: () => {
      onClose()
      return changed(...changes)
    },
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    deed.mutate()
  }
  return (
    <form className={page.form} onSubmit={submit}>
      <Field label={label} value={reason} onChange={setReason} rows={2} maxLength={500} required autoFocus />
      <Failure error={deed.error} />
      <div className={page.row}>
        <Button type="submit" look="go" busy={deed.isPending}>
          {save}
        </Button>
        <Button onPress={onClose}>{text.cancel}</Button>
      </div>
    </form>
  )
}
