import { longDate, number } from '@sereno/text'
import { Icon, useLanguage } from '@sereno/ui'
import type { ReactElement } from 'react'
import { useTimeZone } from '../../shell/session.ts'
import css from './retention.module.css'
import { useRetentionText } from './text.ts'
import type { Change } from './words.ts'

type SimulationProps = {
  readonly wish: Change['wish']
  readonly simulation: Change['simulation']
  /** Left out where the date of the change itself is shown. */
  readonly earliest?: boolean
}

/** What a change would do, in sentences with exact counts. */
export function Simulation({ wish, simulation, earliest = true }: SimulationProps): ReactElement {
  const text = useRetentionText().simulation
  const change = useRetentionText().change
  const language = useLanguage()
  const zone = useTimeZone()
  const n = (value: number): string => number(value, language)
  const { earlier, later, groups } = simulation
  const moves = wish.kind === 'setting' ? 0 : earlier + later
  return (
    <section className={css.simulation} aria-label={text.title} aria-live="polite">
      {moves === 0 ? <p>{text.nothing}</p> : null}
      {earlier > 0 ? <strong>{text.earlier(n(earlier))}</strong> : null}
      {later > 0 ? <strong>{text.later(n(later))}</strong> : null}
      {moves > 0 ? <p>{text.ofKept(n(simulation.recordings))}</p> : null}
      {groups.map(({ days, recordings }) => (
        <p key={days}>{text.days(n(recordings), n(Math.abs(days)), days < 0)}</p>
      ))}
      {earlier > 0 ? <p>{text.inCases(n(simulation.inCases))}</p> : null}
      {simulation.held > 0 ? <p>{text.held(n(simulation.held))}</p> : null}
      {simulation.dueAtOnce > 0 ? <p>{text.dueAtOnce(n(simulation.dueAtOnce))}</p> : null}
      {wish.kind === 'term' ? <p>{text.lastMonth(n(simulation.lastMonth))}</p> : null}
      {wish.kind === 'term' && earlier > 0 ? <p>{text.notBack}</p> : null}
      {simulation.weakening ? (
        <p className={css.warn}>
          <Icon name="warning" tone="warning" /> {change.weakening}
        </p>
      ) : null}
      {simulation.aboveAdvised ? (
        <p className={css.warn}>
          <Icon name="warning" tone="warning" /> {text.aboveAdvised}
        </p>
      ) : null}
      {earliest ? <p>{text.earliest(longDate(simulation.earliestAt, zone, language))}</p> : null}
    </section>
  )
}
