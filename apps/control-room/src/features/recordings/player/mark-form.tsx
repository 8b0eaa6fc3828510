import type { MarkerCategory } from '@sereno/contracts'
import { names, timeOfDay } from '@sereno/text'
import { Field, Select, useLanguage } from '@sereno/ui'
import { useMutation } from '@tanstack/react-query'
import { type ReactElement, useState } from 'react'
import type { Recording } from '../../../api/api.ts'
import { call } from '../../../api/call.ts'
import { changed } from '../../../api/queries.ts'
import page from '../../../shell/page.module.css'
import { useTimeZone } from '../../../shell/session.ts'
import { StepForm } from '../../../shell/step-form.tsx'
import { usePlayerText } from './text.ts'

type MarkFormProps = { readonly recording: Recording; readonly atMs: number; readonly onClose: () => void }

export function MarkForm({ recording, atMs, onClose }: MarkFormProps): ReactElement {
  const text = usePlayerText().mark
  const language = useLanguage()
  const zone = useTimeZone()
  const [category, setCategory] = useState('')
  const [note, setNote] = useState('')
  const kinds = Object.entries(names(language).marker).map(([value, label]) => ({ value, label }))
  const mark = useMutation({
    mutationFn: () =>
      call('POST /recordings/:id/markers', {
        params: { id: recording.id },
        body: {
          atMs,
          ...(category === '' ? {} : { category: category as MarkerCategory }),
          ...(note.trim() === '' ? {} : { note: note.trim() }),
        },
      }),
    onSuccess: () => {
      onClose()
      return changed('GET /recordings/:id', 'GET /recordings/:id/custody')
    },
  })
  return (
    <StepForm save={text.save} busy={mark.isPending} error={mark.error} onSave={() => mark.mutate()} onClose={onClose}>
      <p className={page.soft}>{text.at(timeOfDay(atMs, zone, language))}</p>
      <Select label={text.kind} empty={text.none} options={kinds} value={category} onChange={setCategory} />
      <Field label={text.note} value={note} onChange={setNote} maxLength={500} autoFocus />
    </StepForm>
  )
}
