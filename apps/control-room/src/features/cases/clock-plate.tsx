import type { HandOverClock } from '@sereno/contracts'
import { Countdown, Icon, Stopwatch } from '@sereno/ui'
import type { ReactElement } from 'react'
import css from './cases.module.css'
import { useCasesText } from './text.ts'

const nearMs = 4 * 3_600_000

/** How much of the 24 hours is left, in words and colour; a clock that was stopped says how it went. */
export function ClockPlate({
  clock,
  small = false,
}: {
  readonly clock: HandOverClock
  readonly small?: boolean
}): ReactElement {
  const text = useCasesText().clock
  const words = (): ReactElement => {
    switch (clock.stage) {
      case 'done':
        return <>{text.done}</>
      case 'late':
        return <>{text.late}</>
      case 'overdue':
        return (
          <>
            {text.overdue} <Stopwatch since={clock.dueAt} />
          </>
        )
      default:
        return (
          <>
            {text.left} <Countdown to={clock.dueAt} nearMs={nearMs} />
          </>
        )
    }
  }
  const calm = clock.stage === 'running' || clock.stage === 'done'
  return (
    <span className={css.clock} data-stage={clock.stage} data-small={small}>
      <Icon name={calm ? (clock.stage === 'done' ? 'ok' : 'hourglass') : 'warning'} size={small ? 's' : 'm'} />
      <span>{words()}</span>
    </span>
  )
}
