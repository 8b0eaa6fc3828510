import type { Category } from '@sereno/contracts'
import { names } from '@sereno/text'
import { Field, Select, useLanguage } from '@sereno/ui'
import { useMutation } from '@tanstack/react-query'
import { type ReactElement, useState } from 'react'
import type { Recording } from '../../../api/api.ts'
import { call } from '../../../api/call.ts'
import { changed } from '../../../api/queries.ts'
import { StepForm } from '../../../shell/step-form.tsx'
import { usePlayerText } from './text.ts'

export function CategoryForm({
  recording,
  onClose,
}: {
  readonly recording: Recording
  readonly onClose: () => void
}): ReactElement {
  const text = usePlayerText().category
  const language = useLanguage()
  const [category, setCategory] = useState<Category>(recording.category ?? 'no-incident')
  const [note, setNote] = useState(recording.note ?? '')
  const kinds = Object.entries(names(language).category).map(([value, label]) => ({ value, label }))
  const save = useMutation({
    mutationFn: () =>
      call('POST /recordings/:id/category', {
        params: { id: recording.id },
        body: { category, ...(note.trim() === '' ? {} : { note: note.trim() }) },
      }),
    onSuccess: () => {
      onClose()
      return changed('GET /recordings/:id', 'GET /recordings', 'GET /recordings/:id/custody')
    },
  })
  return (
    <StepForm save={text.save} busy={save.isPending} error={save.error} onSave={() => save.mutate()} onClose={onClose}>
      <Select
        label={text.kind}
        options={kinds}
        value={category}
        onChange={(value) => setCategory(value as Category)}
        required
      />
      <Field label={text.note} value={note} onChange={setNote} rows={3} maxLength={1000} />
    </StepForm>
  )
}
