import type { Fix } from '@sereno/contracts'
import { flagJumps, type Measured } from '@sereno/geo'
import type { StoredPoint, Visit } from './door.ts'

export const dayMs = 86_400_000
/** A fix farther ahead of the server's clock than this shows nobody where a unit is now. */
export const futureMs = 60_000
/** Two fixes farther apart than this are two visits. */
const visitGapMs = 60_000
/** Days that get a partition of their own; anything older or later waits in the default one. */
const pastDays = 60
const daysAhead = 2

export function dayOf(atMs: number): number {
  return Math.floor(atMs / dayMs) * dayMs
}

/** Days whose partitions are made before they come: today and the next two. */
export function daysToPrepare(nowMs: number): readonly number[] {
  return Array.from({ length: daysAhead + 1 }, (_, ahead) => dayOf(nowMs) + ahead * dayMs)
}

/** Whether a day of a late or early fix gets its own partition: a clock years off must not make tables. */
export function deservesPartition(day: number, nowMs: number): boolean {
  return day >= dayOf(nowMs) - pastDays * dayMs && day <= dayOf(nowMs) + daysAhead * dayMs
}

/** In time order, one fix for each instant (the first that was given). */
export function inOrder(fixes: readonly Fix[]): readonly Fix[] {
  const sorted = [...fixes].sort((left, right) => left.atMs - right.atMs)
  return sorted.filter((fix, index) => fix.atMs !== sorted[index - 1]?.atMs)
}

/** Flags the jumps of fixes in order, going on from the last plausible one known before them. */
export function flagged(fixes: readonly Fix[], before: Measured | null): readonly StoredPoint[] {
  return flagJumps(fixes, before)
}

/** The newest plausible fix that is not ahead of now, or null: where a unit is shown. */
export function newest(points: readonly StoredPoint[], nowMs: number): Fix | null {
  let found: StoredPoint | null = null
  for (const point of points) {
    if (!point.implausible && point.atMs <= nowMs + futureMs && point.atMs >= (found?.atMs ?? 0)) {
      found = point
    }
  }
  if (found === null) {
    return null
  }
  const { implausible: _, ...fix } = found
  return fix
}

/** Stretches of fixes inside a circle, by device and in time order, joined into visits. */
export function joinVisits(stretches: readonly Visit[]): readonly Visit[] {
  const visits: Visit[] = []
  for (const stretch of stretches) {
    const last = visits.at(-1)
    if (last !== undefined && last.device === stretch.device && stretch.fromMs - last.toMs <= visitGapMs) {
      visits[visits.length - 1] = { ...last, toMs: Math.max(last.toMs, stretch.toMs) }
    } else {
      visits.push(stretch)
    }
  }
  return visits
}
