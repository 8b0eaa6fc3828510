import type { Alarm } from '@sereno/contracts'

export type Queue = {
  readonly waiting: readonly Alarm[]
  readonly running: readonly Alarm[]
  readonly closed: readonly Alarm[]
}

/** What a device alarm may cost, most first: a silent officer before a clock that is off. */
const urgency: Readonly<Record<Alarm['kind'], number>> = {
  sos: 0,
  silent: 1,
  lost: 2,
  gap: 3,
  'stuck-segment': 4,
  storage: 5,
  battery: 6,
  'hand-over': 7,
  clock: 8,
}

/**
 * Not a list of events: what waits for a person, first. An SOS stays there until it is closed; a device alarm until
 * somebody has taken it.
 */
export function queueOf(alarms: readonly Alarm[]): Queue {
  const open = alarms.filter(({ closedAt }) => closedAt === null)
  const waits = (alarm: Alarm): boolean => alarm.kind === 'sos' || alarm.acknowledgedAt === null
  return {
    waiting: open.filter(waits).sort(byNeed),
    running: open.filter((alarm) => !waits(alarm)).sort(byNeed),
    closed: alarms.filter(({ closedAt }) => closedAt !== null).sort((a, b) => (b.closedAt ?? 0) - (a.closedAt ?? 0)),
  }
}

function byNeed(a: Alarm, b: Alarm): number {
  const taken = (alarm: Alarm): number => Number(alarm.kind === 'sos' && alarm.acknowledgedAt !== null)
  return (
    Number(a.kind !== 'sos') - Number(b.kind !== 'sos') ||
    taken(a) - taken(b) ||
    urgency[a.kind] - urgency[b.kind] ||
    a.receivedAt - b.receivedAt
  )
}

/** How many of what waits nobody has taken: an SOS in hand stays in sight, and waits for nobody new. */
export const untaken = (waiting: readonly Alarm[]): number =>
  waiting.filter(({ acknowledgedAt }) => acknowledgedAt === null).length

/** The order under a hand: what was there keeps its place, what is new goes to the end, what left is gone. */
export function frozenOrder(before: readonly string[], alarms: readonly Alarm[]): readonly Alarm[] {
  const place = new Map(before.map((id, index) => [id, index]))
  return alarms
    .map((alarm, index) => ({ alarm, at: place.get(alarm.id) ?? before.length + index }))
    .sort((a, b) => a.at - b.at)
    .map(({ alarm }) => alarm)
}
