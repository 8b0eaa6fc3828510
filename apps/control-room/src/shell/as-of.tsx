import { Age, now } from '@sereno/ui'
import type { ReactElement } from 'react'
import { useShellText } from './text.ts'

type AsOfProps = {
  /** When the answer arrived, on this machine's clock, as a query tells it. */
  readonly arrivedAt: number
  /** Twice the time after which it is asked again: past it something does not answer. */
  readonly limitMs: number
}

/** The age of the figures beside it. */
export function AsOf({ arrivedAt, limitMs }: AsOfProps): ReactElement {
  const text = useShellText()
  return (
    <span>
      {text.asOf} <Age at={now() - (Date.now() - arrivedAt)} limitMs={limitMs} />
    </span>
  )
}
