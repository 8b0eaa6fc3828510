import type { Fix, Unit } from '@sereno/contracts'

/** No signal of any kind for longer than this and a unit is away: its last state stays on screen, with its age (I-9). */
export const awayAfterMs = 60_000

/** What is known of a device on duty, whoever asks. `Unit` is this in the words of the contract. */
export type UnitState = {
  readonly device: string
  readonly deviceCode: string
  readonly officer: Unit['officer']
  readonly shift: string
  readonly quadrant: Unit['quadrant']
  readonly simulated: boolean
  readonly fix: Fix | null
  readonly seenAt: number | null
  readonly batteryPercent: number | null
  readonly recording: string | null
  readonly recordingSince: number | null
  /** Open SOS alarms; the unit is `sos` while there is one. */
  readonly alarms: readonly string[]
}

/** SOS outranks silence: a unit that called for help and then fell silent must not look merely away. */
export function statusOf(unit: UnitState, nowMs: number): Unit['status'] {
  if (unit.alarms.length > 0) {
    return 'sos'
  }
  if (unit.seenAt === null || nowMs - unit.seenAt > awayAfterMs) {
    return 'away'
  }
  return unit.recording === null ? 'free' : 'recording'
}

/** The unit as a reader with `may` sees it. */
export function toUnit(
  unit: UnitState,
  live: { readonly streaming: boolean; readonly watchers: number },
  nowMs: number,
  may: readonly string[],
): Unit {
  return {
    device: unit.device,
    deviceCode: unit.deviceCode,
    officer: unit.officer,
    quadrant: unit.quadrant,
    status: statusOf(unit, nowMs),
    fix: unit.fix,
    seenAt: unit.seenAt,
    batteryPercent: unit.batteryPercent,
    recording: unit.recording,
    recordingSince: unit.recordingSince,
    streaming: live.streaming,
    watchers: live.watchers,
    simulated: unit.simulated,
    may: [...may],
  }
}

/** The newer of two fixes by capture time: late batches of an offline phone must not move a unit back. */
export function newerFix(known: Fix | null, arrived: Fix): Fix {
  return known === null || arrived.atMs >= known.atMs ? arrived : known
}

/** A signal never makes a unit older. */
export function seen(unit: UnitState, atMs: number): UnitState {
  return unit.seenAt !== null && unit.seenAt >= atMs ? unit : { ...unit, seenAt: atMs }
}
