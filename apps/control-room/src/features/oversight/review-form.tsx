import { Button, Field } from '@sereno/ui'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, type ReactElement, type ReactNode, useState } from 'react'
import { Failure } from '../../api/failure.tsx'
import { changed } from '../../api/queries.ts'
import page from '../../shell/page.module.css'

type ReviewFormProps = {
  readonly words: { readonly note: string; readonly why: string; readonly save: string }
  readonly cancel: string
  readonly act: (note: string) => Promise<unknown>
  readonly onClose: () => void
  readonly children?: ReactNode
}

/** What was found, in words that stay. */
export function ReviewForm({ words, cancel, act, onClose, children }: ReviewFormProps): ReactElement {
  const [note, setNote] = useState('')
  const deed = useMutation({
    mutationFn: () => act(note.trim()),
    onSuccess: () => {
      onClose()
      return changed('GET /reviews')
    },
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    deed.mutate()
  }
  return (
    <form className={page.form} onSubmit={submit}>
      {children}
      <Field label={words.note} value={note} onChange={setNote} rows={3} maxLength={2000} required autoFocus />
      <p className={page.faint}>{words.why}</p>
      <Failure error={deed.error} />
      <div className={page.row}>
        <Button type="submit" look="go" busy={deed.isPending}>
          {words.save}
        </Button>
        <Button onPress={onClose}>{cancel}</Button>
      </div>
    </form>
  )
}
