import { Field } from '@sereno/ui'
import { useMutation } from '@tanstack/react-query'
import { type ReactElement, type ReactNode, useState } from 'react'
import { changed } from '../../api/queries.ts'
import page from '../../shell/page.module.css'
import { StepForm } from '../../shell/step-form.tsx'

type ReviewFormProps = {
  readonly words: { readonly note: string; readonly why: string; readonly save: string }
  readonly act: (note: string) => Promise<unknown>
  readonly onClose: () => void
  readonly children?: ReactNode
}

/** What was found, in words that stay. */
export function ReviewForm({ words, act, onClose, children }: ReviewFormProps): ReactElement {
  const [note, setNote] = useState('')
  const deed = useMutation({
    mutationFn: () => act(note.trim()),
    onSuccess: () => {
      onClose()
      return changed('GET /reviews')
    },
  })
  return (
    <StepForm save={words.save} busy={deed.isPending} error={deed.error} onSave={() => deed.mutate()} onClose={onClose}>
      {children}
      <Field label={words.note} value={note} onChange={setNote} rows={3} maxLength={2000} required autoFocus />
      <p className={page.faint}>{words.why}</p>
    </StepForm>
  )
}
