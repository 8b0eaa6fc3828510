import { Dialog } from '@sereno/ui'
import type { ReactElement } from 'react'
import { StepForm, type StepFormProps } from '../../shell/step-form.tsx'

/** A step of a case, in a dialog. */
export const CaseForm = ({ title, ...step }: StepFormProps & { readonly title: string }): ReactElement => (
  <Dialog title={title} open onClose={step.onClose}>
    <StepForm {...step} />
  </Dialog>
)
