import { Button, Dialog } from '@sereno/ui'
import type { FormEvent, ReactElement, ReactNode } from 'react'
import { Failure } from '../../api/failure.tsx'
import page from '../../shell/page.module.css'
import { useCasesText } from './text.ts'

type CaseFormProps = {
  readonly title: string
  readonly save: string
  readonly children: ReactNode
  readonly busy: boolean
  readonly error: unknown
  readonly danger?: boolean
  readonly disabled?: boolean
  readonly onSave: () => void
  readonly onClose: () => void
}

/** A step of a case in a dialog: fields, what went wrong, and two ways out. */
export function CaseForm(props: CaseFormProps): ReactElement {
  const text = useCasesText()
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    props.onSave()
  }
  return (
    <Dialog title={props.title} open onClose={props.onClose}>
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
    </Dialog>
  )
}
