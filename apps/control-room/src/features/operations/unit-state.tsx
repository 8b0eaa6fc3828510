import type { Unit } from '@sereno/contracts'
import { names } from '@sereno/text'
import { Icon, type IconName, useLanguage } from '@sereno/ui'
import type { ReactElement } from 'react'

const marks: Readonly<Record<Unit['status'], readonly [IconName, 'critical' | 'ok' | 'stale']>> = {
  sos: ['sos', 'critical'],
  recording: ['unitRecording', 'ok'],
  free: ['unitFree', 'ok'],
  away: ['unitStale', 'stale'],
}

/** A unit's state: word, shape, colour. */
export function UnitState({ status }: { readonly status: Unit['status'] }): ReactElement {
  const [icon, tone] = marks[status]
  return (
    <span style={{ whiteSpace: 'nowrap', color: 'inherit' }}>
      <Icon name={icon} tone={tone} size="s" /> {names(useLanguage()).unitStatus[status]}
    </span>
  )
}
