import type { ReactElement, ReactNode } from 'react'
import { Dialog as AriaDialog } from 'react-aria-components/Dialog'
import { Heading } from 'react-aria-components/Heading'
import { Modal, ModalOverlay } from 'react-aria-components/Modal'
import css from './dialog.module.css'

type DialogProps = {
  readonly title: string
  readonly open: boolean
  readonly onClose: () => void
  readonly children: ReactNode
  readonly wide?: boolean
}

/** For work that can wait (enrol, create, confirm). Never for anything urgent: an alarm has its own seat. */
export const Dialog = ({ title, open, onClose, children, wide }: DialogProps): ReactElement => (
  <ModalOverlay
    className={css.overlay ?? ''}
    isOpen={open}
    isDismissable
    onOpenChange={(isOpen) => {
      if (!isOpen) {
        onClose()
      }
    }}
  >
    <Modal className={`${css.modal} ${wide === true ? css.wide : ''}`}>
      <AriaDialog className={css.dialog ?? ''}>
        <Heading slot="title" className={css.title ?? ''}>
          {title}
        </Heading>
        {children}
      </AriaDialog>
    </Modal>
  </ModalOverlay>
)
