import { Button } from '@sereno/ui'
import type { FormEvent, ReactElement, ReactNode } from 'react'
import { Failure } from '../../../api/failure.tsx'
import page from '../../../shell/page.module.css'
import { usePlayerText } from './text.ts'

type FormFrameProps = {
  readonly children: ReactNode
  readonly save: string
  readonly busy: boolean
  readonly error: unknown
  readonly onSave: () => void
  readonly onClose: () => void
}

/** Fields, what went wrong, and two ways out. */
export function FormFrame({ children, save, busy, error, onSave, onClose }: FormFrameProps): ReactElement {
  const text = usePlayerText().actions
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    onSave()
  }
  return (
    <form className={page.form} onSubmit={submit}>
      {children}
      <Failure error={error} />
      <div className={page.row}>
        <Button type="submit" look="go" busy={busy}>
          {save}
        </Button>
        <Button onPress={onClose}>{text.cancel}</Button>
      </div>
    </form>
  )
}
