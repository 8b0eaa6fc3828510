/**
 * Finds recordings: by officer, device, quadrant, time, category, state, short code, and near a point between two
 * times (the track of the device, not of the recording's start). Newest first, by pages.
 */
import type { evidenceOperations, QueryOf } from '@sereno/contracts'
import { type RawBuilder, sql } from 'kysely'
import type { Scope } from '../../kernel/actor.ts'
import type { Database, Db } from '../../kernel/database.ts'
import { Refusal } from '../../kernel/errors.ts'
import type { Tracks } from '../tracks/index.ts'
import type { RecordingRow } from './tables.ts'

export type Wanted = QueryOf<(typeof evidenceOperations)['GET /recordings']>
export type Found = { readonly rows: readonly RecordingRow[]; readonly next: string | null; readonly total: number }

const usualLimit = 50
const everMs = 253_402_300_799_999

export function findRecordings(
  database: Pick<Database, 'transaction'>,
  tracks: Tracks,
  scope: Scope,
  wanted: Wanted,
): Promise<Found> {
  return database.transaction(async (tx) => {
    // Planned for what is asked: a plan for any word at all reads a quarter of all recordings for one that everybody says.
    await sql`set local plan_cache_mode = force_custom_plan`.execute(tx)
    return find(tx, tracks, scope, wanted)
  })
}

async function find(db: Db, tracks: Tracks, scope: Scope, wanted: Wanted): Promise<Found> {
  const conditions = conditionsOf(scope, wanted)
  if (wanted.fromMs !== undefined) {
    conditions.push(sql`r.started_at >= ${await earliestStart(db, scope, wanted.fromMs)}::bigint`)
  }
  const near = await visitsNear(db, tracks, scope, wanted)
  if (near !== null && near.length === 0) {
    return { rows: [], next: null, total: 0 }
  }
  const matching = sql`from recording r where ${sql.join(conditions, sql` and `)} ${nearCondition(near)}`
  const limit = wanted.limit ?? usualLimit
  const after = wanted.cursor === undefined ? null : readCursor(wanted.cursor)
  const page = after === null ? sql`` : sql`and (r.started_at, r.id) < (${after.startedAt}::bigint, ${after.id}::uuid)`
  const found = await sql<RecordingRow>`select r.* ${matching} ${page}
    order by r.started_at desc, r.id desc limit ${limit + 1}`.execute(db)
  const rows = found.rows.slice(0, limit)
  const last = found.rows.length > limit ? rows.at(-1) : undefined
  if (last === undefined && after === null) {
    // All of them are here: a narrow question is asked once.
    return { rows, next: null, total: rows.length }
  }
  const counted = await sql<{ n: number }>`select count(*) as n ${matching}`.execute(db)
  return { rows, next: last === undefined ? null : writeCursor(last), total: counted.rows[0]?.n ?? 0 }
}

/** What is shorter has no row in `recording_longest` (migration 6 says the same number). */
const halfDayMs = 43_200_000

/**
 * When a recording that overlaps a time from `fromMs` on starts at the earliest. Without it a single day of last spring
 * would be looked for among everything before it: indexes know when recordings start, and none knows when they end.
 */
async function earliestStart(db: Db, scope: Scope, fromMs: number): Promise<number> {
  const { rows } = await sql<{ longest_ms: number }>`select longest_ms from recording_longest
    where municipality = ${scope.municipality}::uuid`.execute(db)
  return fromMs - Math.max(halfDayMs, rows[0]?.longest_ms ?? 0)
}

function conditionsOf(scope: Scope, wanted: Wanted): RawBuilder<unknown>[] {
  const conditions: RawBuilder<unknown>[] = [sql`r.municipality = ${scope.municipality}::uuid`]
  for (const name of ['officer', 'device', 'quadrant'] as const) {
    const value = wanted[name]
    if (value !== undefined) {
      conditions.push(sql`r.${sql.ref(name)} = ${value}::uuid`)
    }
  }
  if (wanted.category !== undefined) {
    conditions.push(sql`r.category = ${wanted.category}`)
  }
  if (wanted.state !== undefined) {
    conditions.push(sql`r.state = ${wanted.state}`)
  }
  // A recording belongs to a stretch of time when the two overlap.
  if (wanted.fromMs !== undefined) {
    conditions.push(sql`r.ended_at >= ${wanted.fromMs}::bigint`)
  }
  if (wanted.toMs !== undefined) {
    conditions.push(sql`r.started_at <= ${wanted.toMs}::bigint`)
  }
  if (wanted.text !== undefined) {
    conditions.push(sql`search_words(r.code, r.device_code, r.officer_code, r.officer_name, r.note)
      @@ to_tsquery('simple', ${wordsOf(wanted.text)})`)
  }
  return conditions
}

/** Every word of the question must begin a word of the recording. The index's words were made the same way (migration 3). */
function wordsOf(text: string): string {
  const plain = text.toLowerCase().normalize('NFD').replaceAll(/\p{M}/gu, '')
  const words = plain.match(/[\p{L}\p{N}]+/gu) ?? []
  // Only signs: nothing is meant, nothing is found.
  return words.length === 0 ? 'a & !a' : words.map((word) => `${word}:*`).join('&')
}

type Stretch = { readonly d: string; readonly f: number; readonly t: number }

async function visitsNear(db: Db, tracks: Tracks, scope: Scope, wanted: Wanted): Promise<Stretch[] | null> {
  const { longitude, latitude, radiusM } = wanted
  if (longitude === undefined && latitude === undefined && radiusM === undefined) {
    return null
  }
  if (longitude === undefined || latitude === undefined || radiusM === undefined) {
    throw new Refusal('request.invalid', { where: 'query', message: 'longitude, latitude and radiusM go together' })
  }
  const circle = { longitude, latitude, radiusM, fromMs: wanted.fromMs ?? 0, toMs: wanted.toMs ?? everMs }
  const visits = await tracks.near(db, scope.municipality, circle)
  return visits.map((visit) => ({ d: visit.device, f: visit.fromMs, t: visit.toMs }))
}

function nearCondition(visits: readonly Stretch[] | null): RawBuilder<unknown> {
  return visits === null
    ? sql``
    : sql`and exists (select 1
        from json_to_recordset(${JSON.stringify(visits)}::text::json) as v(d uuid, f bigint, t bigint)
        where v.d = coalesce(r.track_of, r.device) and v.f <= r.ended_at and v.t >= r.started_at)`
}

function writeCursor(row: RecordingRow): string {
  return `${row.started_at}.${row.id}`
}

function readCursor(cursor: string): { readonly startedAt: number; readonly id: string } {
  const match = /^(\d{1,15})\.([0-9a-f-]{36})$/.exec(cursor)
  const [, startedAt, id] = match ?? []
  if (startedAt === undefined || id === undefined) {
    throw new Refusal('request.invalid', { where: 'query/cursor', message: 'not a cursor' })
  }
  return { startedAt: Number(startedAt), id }
}
