import type { Alarm } from '@sereno/contracts'

/** Open SOS, the ones nobody has taken first, then the oldest: what `S` opens and the bell rings for. */
export function openSosAlarms(alarms: readonly Alarm[]): readonly Alarm[] {
  return alarms
    .filter(({ kind, closedAt }) => kind === 'sos' && closedAt === null)
    .sort(
      (a, b) => Number(a.acknowledgedAt !== null) - Number(b.acknowledgedAt !== null) || a.receivedAt - b.receivedAt,
    )
}

export function openSos(alarms: readonly Alarm[], open: (alarm: string) => void): void {
  const first = openSosAlarms(alarms)[0]
  if (first !== undefined) {
    open(first.id)
  }
}
