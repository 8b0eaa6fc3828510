/** SQL of deadlines. Every function takes the scope it acts in. */
import type { RetentionCategory } from '@sereno/contracts'
import { sql } from 'kysely'
import type { Scope } from '../../kernel/actor.ts'
import type { Db } from '../../kernel/database.ts'
import type { RetainedRow, RetentionTables } from './tables.ts'

const tables = (db: Db) => db.$extendTables<RetentionTables>()

export async function findRetained(db: Db, scope: Scope, recording: string): Promise<RetainedRow | null> {
  const row = await tables(db)
    .selectFrom('retained')
    .selectAll()
    .where('municipality', '=', scope.municipality)
    .where('recording', '=', recording)
    .executeTakeFirst()
  return row ?? null
}

/** Categories of those of the recordings that have a row. */
export async function categoriesOf(
  db: Db,
  scope: Scope,
  recordings: readonly string[],
): Promise<ReadonlyMap<string, RetentionCategory>> {
  const found = await sql<{ recording: string; category: RetentionCategory }>`select recording, category from retained
    where municipality = ${scope.municipality}::uuid
      and recording = any (${`{${recordings.join(',')}}`}::text::uuid[])`.execute(db)
  return new Map(found.rows.map(({ recording, category }) => [recording, category]))
}

/** False when the recording has its row already. */
export async function addRetained(tx: Db, row: RetainedRow): Promise<boolean> {
  const added = await tables(tx)
    .insertInto('retained')
    .values(row)
    .onConflict((conflict) => conflict.columns(['municipality', 'recording']).doNothing())
    .returning('recording')
    .execute()
  return added.length > 0
}

export async function changeRetained(
  tx: Db,
  scope: Scope,
  recording: string,
  change: Partial<Omit<RetainedRow, 'municipality' | 'recording'>>,
): Promise<void> {
  await tables(tx)
    .updateTable('retained')
    .set(change)
    .where('municipality', '=', scope.municipality)
    .where('recording', '=', recording)
    .execute()
}

/**
 * Recordings kept now, of one category or all, in order of id. `locked`: whoever changes one meanwhile is waited for, and what
 * is no longer of the category is left out.
 */
export async function* keptOf(
  db: Db,
  scope: Scope,
  category: RetentionCategory | null,
  reading: 'as-it-is' | 'locked' = 'as-it-is',
): AsyncGenerator<readonly RetainedRow[]> {
  let after: string | null = null
  for (;;) {
    const page: { readonly rows: readonly RetainedRow[] } = await sql<RetainedRow>`select * from retained
      where municipality = ${scope.municipality}::uuid and destroyed_at is null
        and ${category === null ? sql`true` : sql`category = ${category}`}
        and ${after === null ? sql`true` : sql`recording > ${after}::uuid`}
      order by recording limit 2000 ${reading === 'locked' ? sql`for update` : sql``}`.execute(db)
    if (page.rows.length > 0) {
      yield page.rows
    }
    after = page.rows.at(-1)?.recording ?? null
    if (after === null || page.rows.length < 2000) {
      return
    }
  }
}

export type LeavingRow = RetainedRow & { readonly held: boolean; readonly frozen: boolean }

/** In the order in which they leave; those that only people let go come last. */
export async function leaving(
  db: Db,
  scope: Scope,
  page: {
    readonly category?: RetentionCategory | undefined
    readonly after: { readonly at: number; readonly recording: string } | null
    readonly limit: number
    readonly nowMs: number
  },
): Promise<readonly LeavingRow[]> {
  const { category, after } = page
  const last = 9_007_199_254_740_991
  const found = await sql<LeavingRow>`select r.*,
      exists (select 1 from hold h where h.municipality = r.municipality and h.recording = r.recording
        and h.ended_at is null) as held,
      exists (select 1 from proceeding_freeze f where f.municipality = r.municipality and f.recording = r.recording
        and (f.ended_at is null or f.until_at > ${page.nowMs}::bigint)) as frozen
    from retained r
    where r.municipality = ${scope.municipality}::uuid and r.destroyed_at is null
      and ${category === undefined ? sql`true` : sql`r.category = ${category}`}
      and ${
        after === null
          ? sql`true`
          : sql`(coalesce(r.leaves_at, ${last}::bigint), r.recording) > (${after.at}::bigint, ${after.recording}::uuid)`
      }
    order by coalesce(r.leaves_at, ${last}::bigint), r.recording limit ${page.limit}`.execute(db)
  return found.rows
}

/** Over their deadline, not held, not frozen by a proceeding told here, in no batch. Cases are asked afterwards. */
export async function dueNow(
  db: Db,
  scope: Scope,
  nowMs: number,
  page: { readonly after: RetainedRow | null; readonly limit: number },
): Promise<readonly RetainedRow[]> {
  const { after, limit } = page
  const found = await sql<RetainedRow>`select r.* from retained r
    where r.municipality = ${scope.municipality}::uuid and r.destroyed_at is null and r.leaves_at <= ${nowMs}::bigint
      and (r.postponed_until is null or r.postponed_until <= ${nowMs}::bigint) and r.batch is null
      and not exists (select 1 from hold h where h.municipality = r.municipality and h.recording = r.recording
        and h.ended_at is null)
      and not exists (select 1 from proceeding_freeze f where f.municipality = r.municipality and f.recording = r.recording
        and (f.ended_at is null or f.until_at > ${nowMs}::bigint))
      and ${after === null ? sql`true` : sql`(r.leaves_at, r.recording) > (${after.leaves_at}::bigint, ${after.recording}::uuid)`}
    order by r.leaves_at, r.recording limit ${limit}`.execute(db)
  return found.rows
}

export type Counts = {
  readonly kept: number
  readonly until_released: number
  readonly held: number
  readonly frozen: number
  readonly due: number
  readonly destroyed: number
}

export async function countsOf(db: Db, scope: Scope, nowMs: number): Promise<Counts> {
  const found = await sql<Counts>`select
      count(*) filter (where destroyed_at is null) as kept,
      count(*) filter (where destroyed_at is null and leaves_at is null) as until_released,
      count(*) filter (where destroyed_at is null and leaves_at <= ${nowMs}::bigint) as due,
      count(*) filter (where destroyed_at is not null) as destroyed,
      (select count(distinct recording) from hold where municipality = ${scope.municipality}::uuid
        and ended_at is null) as held,
      (select count(distinct recording) from proceeding_freeze where municipality = ${scope.municipality}::uuid
        and (ended_at is null or until_at > ${nowMs}::bigint)) as frozen
    from retained where municipality = ${scope.municipality}::uuid`.execute(db)
  const none = { kept: 0, until_released: 0, held: 0, frozen: 0, due: 0, destroyed: 0 }
  return found.rows[0] ?? none
}

/** Deadlines between two instants with what leaves at each; few, since a deadline is always the start of a local day. */
export async function deadlines(
  db: Db,
  scope: Scope,
  fromMs: number,
  toMs: number,
): Promise<readonly { readonly at: number; readonly recordings: number; readonly size_bytes: number }[]> {
  const found = await sql<{ at: number; recordings: number; size_bytes: number }>`select leaves_at as at,
      count(*) as recordings, sum(size_bytes)::bigint as size_bytes from retained
    where municipality = ${scope.municipality}::uuid and destroyed_at is null
      and leaves_at >= ${fromMs}::bigint and leaves_at < ${toMs}::bigint
    group by leaves_at order by leaves_at`.execute(db)
  return found.rows
}

export async function keptByCategory(db: Db, scope: Scope): Promise<ReadonlyMap<RetentionCategory, number>> {
  const found = await sql<{ category: RetentionCategory; n: number }>`select category, count(*) as n from retained
    where municipality = ${scope.municipality}::uuid and destroyed_at is null group by category`.execute(db)
  return new Map(found.rows.map(({ category, n }) => [category, n]))
}
