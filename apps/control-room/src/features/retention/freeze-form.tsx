import { Button, Field, Select } from '@sereno/ui'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, type ReactElement, useState } from 'react'
import type { Reply } from '../../api/api.ts'
import { call } from '../../api/call.ts'
import { Failure } from '../../api/failure.tsx'
import { changed } from '../../api/queries.ts'
import page from '../../shell/page.module.css'
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
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    freeze.mutate()
  }
  return (
    <form className={page.form} onSubmit={submit}>
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
      <Failure error={freeze.error} />
      <div className={page.row}>
        <Button type="submit" look="go" busy={freeze.isPending}>
          {text.recording.freeze}
        </Button>
        <Button onPress={onClose}>{text.holds.cancel}</Button>
      </div>
    </form>
  )
}
