import type { Fix } from '@sereno/contracts'
import { cellOf, type Measured } from '@sereno/geo'
import { isDatabaseAway } from '../../kernel/database.ts'
import { Unavailable } from '../../kernel/errors.ts'
import { createBatcher } from './batch.ts'
import type { MovedUnit, Recorded, TracksDeps } from './door.ts'
import { ensureDay, insertPositions, lastPoints, type NewPosition, pointBefore } from './store.ts'
import { dayMs, dayOf, daysToPrepare, deservesPartition, flagged, futureMs, inOrder, newest } from './tracks.ts'

/** Rows of one insert: above it the answer takes longer than a phone should wait. */
const mostRows = 20_000
/** A unit not heard of for a week is not shown from memory. */
const rememberedMs = 7 * dayMs

export type Recorder = {
  readonly record: (device: string, municipality: string, fixes: readonly Fix[]) => Promise<Recorded>
  readonly keep: (recording: string, municipality: string, fixes: readonly Fix[]) => Promise<void>
  readonly latest: (municipality: string) => ReadonlyMap<string, Fix>
  readonly prepareDays: () => Promise<void>
  readonly load: () => Promise<void>
}

/**
 * Takes positions in.
 *
 * 1. Put in order, flagged against the device's last plausible position (from memory; from the table for late ones).
 * 2. Partitions of their days are made where missing. A crash leaves an empty partition.
 * 3. One insert with whatever else waits: committed with synchronous_commit, or nobody is answered.
 * 4. Memory and fan-out learn it. A crash before leaves the rows; memory is read from them at the start.
 * 5. The answer. Lost on its way, the phone sends again and hears how many were duplicates.
 */
export function createRecorder(deps: TracksDeps): Recorder {
  const { database, clock, fanout } = deps
  const shown = new Map<string, Map<string, Fix>>()
  const lastPlausible = new Map<string, Measured>()
  const daysThere = new Set<number>()
  const batcher = createBatcher<NewPosition, { readonly stored: number }>(write, mostRows)

  async function write(groups: readonly (readonly NewPosition[])[]): Promise<readonly { readonly stored: number }[]> {
    const rows = groups.flat()
    for (const day of new Set(rows.map(({ atMs }) => dayOf(atMs)))) {
      await ensure(day)
    }
    const fresh = await insertPositions(database.sql, rows)
    const results = groups.map((group) => ({
      // Two callers may have sent the same fix in one batch: the first one stored it.
      stored: fresh === null ? group.length : group.filter((row) => fresh.delete(`${row.device}/${row.atMs}`)).length,
    }))
    show(rows)
    return results
  }

  async function ensure(day: number): Promise<void> {
    if (!daysThere.has(day) && deservesPartition(day, clock.nowMs())) {
      await ensureDay(database.sql, day)
      daysThere.add(day)
    }
  }

  function show(rows: readonly NewPosition[]): void {
    const moved = new Map<string, Map<string, MovedUnit>>()
    for (const row of rows) {
      const units = shown.get(row.municipality) ?? new Map<string, Fix>()
      shown.set(row.municipality, units)
      const fix = newest([row], clock.nowMs())
      if (fix !== null && fix.atMs > (units.get(row.device)?.atMs ?? 0)) {
        const bare = fixOf(row)
        units.set(row.device, bare)
        const own = moved.get(row.municipality) ?? new Map<string, MovedUnit>()
        moved.set(row.municipality, own.set(row.device, { device: row.device, fix: bare }))
      }
    }
    for (const [municipality, units] of moved) {
      fanout.publish(`positions.${municipality}`, [...units.values()])
    }
  }

  async function before(device: string, atMs: number): Promise<Measured | null> {
    const last = lastPlausible.get(device)
    return last === undefined || last.atMs >= atMs ? pointBefore(database.db, device, atMs) : last
  }

  return {
    async record(device, municipality, fixes) {
      const ordered = inOrder(fixes)
      const first = ordered[0]
      if (first === undefined) {
        return { stored: 0, duplicates: 0, implausible: 0 }
      }
      try {
        const points = flagged(ordered, await before(device, first.atMs))
        const receivedAt = clock.nowMs()
        remember(lastPlausible, device, newest(points, receivedAt))
        const rows = points.map((point) => ({ ...point, municipality, device, receivedAt, cell: cellOf(point) }))
        const { stored } = await batcher.add(rows)
        return {
          stored,
          duplicates: fixes.length - stored,
          implausible: points.filter(({ implausible }) => implausible).length,
        }
      } catch (error) {
        throw isDatabaseAway(error) ? new Unavailable('database', { cause: error }) : error
      }
    },
    async keep(recording, municipality, fixes) {
      const receivedAt = clock.nowMs()
      const points = flagged(inOrder(fixes), null)
      const rows = points.map((point) => ({
        ...point,
        municipality,
        device: recording,
        receivedAt,
        cell: cellOf(point),
      }))
      for (const day of new Set(rows.map(({ atMs }) => dayOf(atMs)))) {
        await ensure(day)
      }
      for (let from = 0; from < rows.length; from += mostRows) {
        await insertPositions(database.sql, rows.slice(from, from + mostRows))
      }
    },
    latest: (municipality) => shown.get(municipality) ?? new Map<string, Fix>(),
    async prepareDays() {
      for (const day of daysToPrepare(clock.nowMs())) {
        await ensure(day)
      }
    },
    async load() {
      const nowMs = clock.nowMs()
      for (const point of await lastPoints(database.db, nowMs - rememberedMs, nowMs + futureMs)) {
        const units = shown.get(point.municipality) ?? new Map<string, Fix>()
        shown.set(point.municipality, units.set(point.device, fixOf(point)))
        remember(lastPlausible, point.device, point)
      }
    },
  }
}

function remember(known: Map<string, Measured>, device: string, fix: Fix | null): void {
  if (fix !== null && fix.atMs > (known.get(device)?.atMs ?? 0)) {
    known.set(device, fix)
  }
}

function fixOf(point: Fix): Fix {
  return {
    atMs: point.atMs,
    latitude: point.latitude,
    longitude: point.longitude,
    accuracyM: point.accuracyM,
    headingDeg: point.headingDeg,
    speedMps: point.speedMps,
  }
}
