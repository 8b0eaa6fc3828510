import { Button } from '@sereno/ui'
import { type ReactElement, type ReactNode, useEffect, useState } from 'react'
import page from '../../shell/page.module.css'

type FoldedProps = {
  /** What the button that opens it says. */
  readonly ask: string
  /** What was done, after which it folds again. */
  readonly said: string | null
  readonly children: ReactNode
}

/** A form that is needed once a year: a button until somebody wants it. */
export function Folded({ ask, said, children }: FoldedProps): ReactElement {
  const [open, setOpen] = useState(false)
  useEffect(() => {
    if (said !== null) {
      setOpen(false)
    }
  }, [said])
  if (open) {
    return <div>{children}</div>
  }
  return (
    <div className={page.form}>
      {said === null ? null : <p role="status">{said}</p>}
      <div>
        <Button onPress={() => setOpen(true)}>{ask}</Button>
      </div>
    </div>
  )
}
