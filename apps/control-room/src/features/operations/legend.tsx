import type { Unit } from '@sereno/contracts'
import { names } from '@sereno/text'
import { Icon, type IconName, useLanguage } from '@sereno/ui'
import type { ReactElement } from 'react'
import css from './map-region.module.css'
import { useOperationsText } from './text.ts'

type Entry = { readonly status: Unit['status']; readonly icon: IconName; readonly tone: 'critical' | 'ok' | 'stale' }
const entries: readonly Entry[] = [
  { status: 'sos', icon: 'sos', tone: 'critical' },
  { status: 'recording', icon: 'unitRecording', tone: 'ok' },
  { status: 'free', icon: 'unitFree', tone: 'ok' },
  { status: 'away', icon: 'unitStale', tone: 'stale' },
]

/** Shape, count and word of each state on the map. */
export function Legend({
  units,
  offline,
}: {
  readonly units: readonly Unit[]
  readonly offline: boolean
}): ReactElement {
  const text = useOperationsText().map
  const words = names(useLanguage()).unitStatus
  return (
    <ul className={`${css.corner} ${css.bottomStart} ${css.legend}`} aria-label={text.legend}>
      {entries.map(({ status, icon, tone }) => {
        const count = units.filter(
          (unit) => (offline && unit.status !== 'sos' ? 'away' : unit.status) === status,
        ).length
        return (
          <li key={status}>
            <Icon name={icon} tone={tone} />
            <span>
              <b>{count}</b> {words[status]}
            </span>
          </li>
        )
      })}
    </ul>
  )
}
