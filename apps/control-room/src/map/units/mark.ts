import type { Alarm, Fix, Unit } from '@sereno/contracts'
import { duration } from '@sereno/text'
import { mercator } from '../scale.ts'

/** An older position gets a triangle, and the circle a person on foot may have reached since. */
const agingAfterMs = 20_000
const walkingMps = 1.5
const longestReachM = 600
/** Slower than this somebody stands and looks round: the heading of their last step says nothing. */
const headingAboveMps = 0.4

/** A unit as the map draws it at an instant. `x` and `y` are Web Mercator, 0 to 1 from the north-west. */
export type UnitMark = {
  readonly device: string
  readonly x: number
  readonly y: number
  readonly status: Unit['status']
  readonly code: string
  readonly age: string
  readonly old: boolean
  readonly headingDeg: number | null
  readonly reachM: number
}
export type AlarmMark = { readonly x: number; readonly y: number }

const rank: Readonly<Record<Unit['status'], number>> = { sos: 0, recording: 1, free: 1, away: 2 }

/**
 * Units in the order in which they need their words: an SOS first, who is away last. An age is part of each: an old
 * position is never drawn as fresh, and when the line is lost (`offline`) all of them are last known positions.
 */
export function unitMarks(
  units: readonly Unit[],
  fixes: ReadonlyMap<string, Fix>,
  nowMs: number,
  offline: boolean,
): readonly UnitMark[] {
  const marks: UnitMark[] = []
  for (const unit of units) {
    const fix = fixes.get(unit.device)
    if (fix === undefined) {
      continue
    }
    const ageMs = Math.max(0, nowMs - fix.atMs)
    const old = ageMs > agingAfterMs || unit.status === 'away' || offline
    marks.push({
      device: unit.device,
      ...mercator(fix.longitude, fix.latitude),
      status: offline && unit.status !== 'sos' ? 'away' : unit.status,
      code: unit.officer.code,
      age: `${ageMs > agingAfterMs ? '△ ' : ''}${duration(ageMs)}`,
      old,
      headingDeg: !old && (fix.speedMps ?? 0) > headingAboveMps ? fix.headingDeg : null,
      reachM: old ? Math.min(longestReachM, (ageMs / 1000) * walkingMps) : 0,
    })
  }
  return marks.sort((one, other) => rank[one.status] - rank[other.status])
}

/** Alarms that are open and have a place; an SOS is drawn as its unit. */
export const alarmMarks = (alarms: readonly Alarm[]): readonly AlarmMark[] =>
  alarms.flatMap(({ kind, closedAt, longitude, latitude }) =>
    closedAt !== null || kind === 'sos' || latitude === null || longitude === null
      ? []
      : [mercator(longitude, latitude)],
  )
