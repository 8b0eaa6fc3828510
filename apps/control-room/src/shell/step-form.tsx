import { Button } from '@sereno/ui'
import type { FormEvent, ReactElement, ReactNode } from 'react'
import { Failure } from '../api/failure.tsx'
import page from './page.module.css'
import { useShellText } from './text.ts'

export type StepFormProps = {
  readonly children: ReactNode
  /** The word of the deed, on the button that does it. */
  readonly save: string
  readonly busy: boolean
  readonly error: unknown
  readonly danger?: boolean
  readonly disabled?: boolean
  readonly onSave: () => void
  readonly onClose: () => void
}

/** A step that is entered: its fields, what went wrong, and two ways out. */
export function StepForm(props: StepFormProps): ReactElement {
  const text = useShellText()
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    props.onSave()
  }
  return (
    <form className={page.form} onSubmit={submit}>
      {props.children}
      <Failure error={props.error} />
      <div className={page.row}>
        <Button
          type="submit"
          look={props.danger === true ? 'danger' : 'go'}
          busy={props.busy}
          disabled={props.disabled === true}
        >
          {props.save}
        </Button>
        <Button onPress={props.onClose}>{text.cancel}</Button>
      </div>
    </form>
  )
}
