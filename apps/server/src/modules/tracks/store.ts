import { type CellRange, cellsCovering, earthRadiusM } from '@sereno/geo'
import { type RawBuilder, sql } from 'kysely'
import type { Db, Sql } from '../../kernel/database.ts'
import type { Circle, StoredPoint, Visit } from './door.ts'

/** One position on its way into the table. */
export type NewPosition = StoredPoint & {
  readonly municipality: string
  readonly device: string
  readonly cell: bigint
  readonly receivedAt: number
}

/**
 * Inserts positions in one statement, which is its own transaction: durable when it resolves. Answers null when all were
 * new, otherwise the `<device>/<at>` of those that were.
 */
export async function insertPositions(client: Sql, rows: readonly NewPosition[]): Promise<Set<string> | null> {
  // Arrays as text: postgres.js would serialise element by element, at three times the cost.
  const column = (value: (row: NewPosition) => string | number | bigint | boolean | null): string =>
    `{${rows.map((row) => value(row) ?? 'NULL').join(',')}}`
  const [found] = await client<{ stored: number; keys: string[] | null }[]>`
    with stored as (
      insert into unit_position (municipality, device, at, latitude, longitude, accuracy_m, heading_deg, speed_mps, cell,
        implausible, received_at)
      select * from unnest(
        ${column(({ municipality }) => municipality)}::text::uuid[],
        ${column(({ device }) => device)}::text::uuid[],
        ${column(({ atMs }) => atMs)}::text::bigint[],
        ${column(({ latitude }) => latitude)}::text::double precision[],
        ${column(({ longitude }) => longitude)}::text::double precision[],
        ${column(({ accuracyM }) => accuracyM)}::text::real[],
        ${column(({ headingDeg }) => headingDeg)}::text::real[],
        ${column(({ speedMps }) => speedMps)}::text::real[],
        ${column(({ cell }) => cell)}::text::bigint[],
        ${column(({ implausible }) => implausible)}::text::boolean[],
        ${column(({ receivedAt }) => receivedAt)}::text::bigint[])
      on conflict (device, at) do nothing
      returning device, at)
    select count(*) as stored,
      case when count(*) = ${rows.length}::integer then null
        else coalesce(array_agg(device || '/' || at), '{}') end as keys
    from stored`
  return found?.keys == null ? null : new Set(found.keys)
}

/** Makes the partition of a UTC day unless it is there. */
export async function ensureDay(client: Sql, day: number): Promise<void> {
  await client`select ensure_position_day(${day}::bigint)`
}

type PointRow = {
  readonly at: number
  readonly latitude: number
  readonly longitude: number
  readonly accuracy_m: number
  readonly heading_deg: number | null
  readonly speed_mps: number | null
  readonly implausible: boolean
}
const pointColumns = sql.raw('at, latitude, longitude, accuracy_m, heading_deg, speed_mps, implausible')

export async function pointsBetween(
  db: Db,
  device: string,
  fromMs: number,
  toMs: number,
): Promise<readonly StoredPoint[]> {
  const found = await sql<PointRow>`select ${pointColumns} from unit_position
    where device = ${device}::uuid and at between ${fromMs}::bigint and ${toMs}::bigint order by at`.execute(db)
  return found.rows.map(pointOf)
}

export async function eraseBetween(tx: Db, device: string, fromMs: number, toMs: number): Promise<void> {
  await sql`delete from unit_position
    where device = ${device}::uuid and at between ${fromMs}::bigint and ${toMs}::bigint`.execute(tx)
}

/** The last plausible position of a device before an instant, looking back one hour. */
export async function pointBefore(db: Db, device: string, atMs: number): Promise<StoredPoint | null> {
  const found = await sql<PointRow>`select ${pointColumns} from unit_position
    where device = ${device}::uuid and at < ${atMs}::bigint and at > ${atMs - 3_600_000}::bigint and not implausible
    order by at desc limit 1`.execute(db)
  const row = found.rows[0]
  return row === undefined ? null : pointOf(row)
}

/**
 * The last plausible position of every device since an instant. Jumps from device to device along the primary key, so
 * that its cost is in devices, not in positions.
 */
export async function lastPoints(
  db: Db,
  sinceMs: number,
  untilMs: number,
): Promise<readonly (StoredPoint & { readonly municipality: string; readonly device: string })[]> {
  const found = await sql<PointRow & { municipality: string; device: string }>`
    with recursive known as (
      (select device from unit_position where at between ${sinceMs}::bigint and ${untilMs}::bigint order by device limit 1)
      union all
      select (select p.device from unit_position p
        where p.device > known.device and p.at between ${sinceMs}::bigint and ${untilMs}::bigint
        order by p.device limit 1)
      from known where known.device is not null)
    select last.* from known cross join lateral (
      select municipality, device, ${pointColumns} from unit_position p
      where p.device = known.device and p.at between ${sinceMs}::bigint and ${untilMs}::bigint and not p.implausible
      order by p.at desc limit 1) last`.execute(db)
  return found.rows.map((row) => ({ ...pointOf(row), municipality: row.municipality, device: row.device }))
}

/**
 * Stretches (of at most a minute each) that devices spent inside a circle, ordered by device and time. Found by cell and
 * instant; positions in cells at the circle's edge are rechecked by haversine.
 */
export async function stretchesInside(db: Db, municipality: string, circle: Circle): Promise<readonly Visit[]> {
  const ranges = cellsCovering(circle, circle.radiusM)
  const inner = ranges.filter(({ isInner }) => isInner)
  const edge = ranges.filter(({ isInner }) => !isInner)
  const found = await sql<{ device: string; first: number; last: number }>`
    select p.device, min(p.at) as first, max(p.at) as last from (
      ${positionsIn(municipality, circle, inner)} union all
      ${positionsIn(municipality, circle, edge)} and ${isInside(circle)}) p
    group by p.device, p.at / 60000 order by p.device, first`.execute(db)
  return found.rows.map((row) => ({ device: row.device, fromMs: row.first, toMs: row.last }))
}

function positionsIn(municipality: string, circle: Circle, ranges: readonly CellRange[]): RawBuilder<unknown> {
  const lows = `{${ranges.map(({ low }) => low).join(',')}}`
  const highs = `{${ranges.map(({ high }) => high).join(',')}}`
  const during = sql`p.at between ${circle.fromMs}::bigint and ${circle.toMs}::bigint
    and p.municipality = ${municipality}::uuid`
  if (ranges.every(({ low, high }) => low === high)) {
    return sql`select p.device, p.at from unit_position p where p.cell = any (${lows}::text::bigint[]) and ${during}`
  }
  // `offset 0` keeps the index scan for each range: joined freely, the planner reads whole days and compares them with
  // every range (measured at thirty times the cost).
  return sql`select p.device, p.at from unnest(${lows}::text::bigint[], ${highs}::text::bigint[]) as range (low, high)
    cross join lateral (select * from unit_position p
      where p.cell between range.low and range.high and ${during} offset 0) p
    where true`
}

/** sin²(Δφ/2) + cos φ₁ cos φ₂ sin²(Δλ/2) ≤ sin²(r/2R): the haversine without its root and arc. */
function isInside(circle: Circle): RawBuilder<unknown> {
  const farthest = Math.sin(circle.radiusM / (2 * earthRadiusM)) ** 2
  const cosine = Math.cos((circle.latitude * Math.PI) / 180)
  return sql`power(sin(radians(p.latitude - ${circle.latitude}::double precision) / 2), 2)
    + ${cosine}::double precision * cos(radians(p.latitude))
      * power(sin(radians(p.longitude - ${circle.longitude}::double precision) / 2), 2)
    <= ${farthest}::double precision`
}

function pointOf(row: PointRow): StoredPoint {
  return {
    atMs: row.at,
    latitude: row.latitude,
    longitude: row.longitude,
    accuracyM: row.accuracy_m,
    headingDeg: row.heading_deg,
    speedMps: row.speed_mps,
    implausible: row.implausible,
  }
}
