import type { Alarm, EventMap, RefusalCode } from '@sereno/contracts'

export type AlarmKind = Alarm['kind']

/** What the rules about alarms need to know of one. */
export type AlarmState = {
  readonly kind: AlarmKind
  readonly acknowledgedAt: number | null
  readonly cancelledAt: number | null
  readonly closedAt: number | null
}

/** A unit on shift that nobody has heard for this long is an alarm of its own. */
export const silentAfterMs = 3 * 60_000
export const shownForMs = 24 * 60 * 60_000

/** Why a person cannot acknowledge it; null when they can. */
export function whyNotAcknowledgeable(alarm: AlarmState): RefusalCode | null {
  return alarm.acknowledgedAt !== null || alarm.closedAt !== null ? 'alarm.already-acknowledged' : null
}

/** Alarms whose cause can pass by itself; then they close by themselves. An SOS, a gap or a loss needs a person. */
const passing: readonly AlarmKind[] = ['battery', 'storage', 'clock', 'silent', 'stuck-segment']
/** Those that end with the shift: nobody carries the device any more. Its stuck segments are still stuck. */
const endingWithShift: readonly AlarmKind[] = ['battery', 'storage', 'clock', 'silent']

export function canPass(kind: AlarmKind): boolean {
  return passing.includes(kind)
}

export function kindsEndingWithShift(): readonly AlarmKind[] {
  return endingWithShift
}

/** The alarm a concern about a device's health raises, and the ones that are over because it is not theirs. */
export function alarmOfConcern(concern: EventMap['device.health']['concern']): {
  readonly raise: AlarmKind | null
  readonly over: readonly AlarmKind[]
} {
  const ofHealth: readonly AlarmKind[] = ['battery', 'storage', 'clock', 'stuck-segment']
  const raise = concern === 'none' ? null : concern
  return { raise, over: ofHealth.filter((kind) => kind !== raise) }
}

/**
 * Since when a unit is silent (epoch ms), or null. `watchingSince`: before the server listened it could hear nobody.
 */
export function silentSince(
  unit: { readonly seenAt: number | null; readonly startedAt: number },
  watchingSince: number,
  nowMs: number,
): number | null {
  const heard = Math.max(unit.seenAt ?? 0, unit.startedAt)
  return nowMs - Math.max(heard, watchingSince) >= silentAfterMs ? heard : null
}

/** What needs a person now comes first: open before closed, SOS before the rest, unseen before seen, then the newest. */
export function inQueueOrder<A extends AlarmState & { readonly receivedAt: number }>(
  alarms: readonly A[],
): readonly A[] {
  const rank = (alarm: A): number =>
    (alarm.closedAt === null ? 0 : 8) +
    (alarm.kind === 'sos' ? 0 : 4) +
    (alarm.cancelledAt === null ? 0 : 2) +
    (alarm.acknowledgedAt === null ? 0 : 1)
  return [...alarms].sort((left, right) => rank(left) - rank(right) || right.receivedAt - left.receivedAt)
}
