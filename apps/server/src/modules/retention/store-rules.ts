/** SQL of terms, waiting times and their changes. Every function takes the scope it acts in. */
import type { RetentionCategory, RetentionSetting } from '@sereno/contracts'
import { sql } from 'kysely'
import type { Scope } from '../../kernel/actor.ts'
import type { Db } from '../../kernel/database.ts'
import type { ChangeRow, RetentionTables, RuleRow, SettingRow } from './tables.ts'

const tables = (db: Db) => db.$extendTables<RetentionTables>()

/** The newest of each category. */
export async function changedRules(db: Db, scope: Scope): Promise<ReadonlyMap<RetentionCategory, RuleRow>> {
  const found = await sql<RuleRow>`select distinct on (category) * from retention_rule
    where municipality = ${scope.municipality}::uuid order by category, in_force_at desc, id desc`.execute(db)
  return new Map(found.rows.map((row) => [row.category, row]))
}

export async function changedSettings(db: Db, scope: Scope): Promise<ReadonlyMap<RetentionSetting, SettingRow>> {
  const found = await sql<SettingRow>`select distinct on (name) * from retention_setting
    where municipality = ${scope.municipality}::uuid order by name, in_force_at desc, id desc`.execute(db)
  return new Map(found.rows.map((row) => [row.name, row]))
}

export async function addRule(tx: Db, row: RuleRow): Promise<void> {
  await tables(tx).insertInto('retention_rule').values(row).execute()
}

export async function addSetting(tx: Db, row: SettingRow): Promise<void> {
  await tables(tx).insertInto('retention_setting').values(row).execute()
}

export async function addChange(tx: Db, row: ChangeRow): Promise<void> {
  await tables(tx).insertInto('retention_change').values(row).execute()
}

/** One change of rules at a time, until the transaction ends. */
export async function lockRules(tx: Db, scope: Scope): Promise<void> {
  await sql`select pg_advisory_xact_lock(7311, hashtext(${scope.municipality}))`.execute(tx)
}

export async function changeById(db: Db, scope: Scope, id: string): Promise<ChangeRow | null> {
  const row = await tables(db)
    .selectFrom('retention_change')
    .selectAll()
    .where('municipality', '=', scope.municipality)
    .where('id', '=', id)
    .executeTakeFirst()
  return row ?? null
}

export async function updateChange(tx: Db, scope: Scope, id: string, change: Partial<ChangeRow>): Promise<void> {
  await tables(tx)
    .updateTable('retention_change')
    .set(change)
    .where('municipality', '=', scope.municipality)
    .where('id', '=', id)
    .execute()
}

/** Newest first; those that wait before those that are over. */
export async function changes(db: Db, scope: Scope): Promise<readonly ChangeRow[]> {
  const found = await sql<ChangeRow>`select * from retention_change where municipality = ${scope.municipality}::uuid
    order by (state in ('proposed', 'approved')) desc, number desc limit 100`.execute(db)
  return found.rows
}

/** Approved ones whose waiting period is over. */
export async function ripeChanges(db: Db, scope: Scope, nowMs: number): Promise<readonly ChangeRow[]> {
  const found = await sql<ChangeRow>`select * from retention_change where municipality = ${scope.municipality}::uuid
    and state = 'approved' and takes_effect_at <= ${nowMs}::bigint order by takes_effect_at, number`.execute(db)
  return found.rows
}

/** `wish` and `reason` are null where a closed complaint made one recording's deadline earlier. */
export type Weakening = Pick<ChangeRow, 'wish' | 'reason'> | { readonly wish: null; readonly reason: null }
type WeakeningRow = Weakening & { readonly at: number; readonly entry: string }

/** Of terms, of waiting times, and of single deadlines. */
export async function weakenings(
  db: Db,
  scope: Scope,
): Promise<{ readonly count: number; readonly last: readonly WeakeningRow[] }> {
  const all = sql`(
    select in_force_at as at, wish, reason, effect_entry as entry from retention_change
      where municipality = ${scope.municipality}::uuid and weakening and in_force_at is not null
    union all
    select ended_at, null, null, shortened_entry from proceeding_freeze
      where municipality = ${scope.municipality}::uuid and shortened_entry is not null) as weakened`
  const counted = await sql<{ n: number }>`select count(*) as n from ${all}`.execute(db)
  const last = await sql<WeakeningRow>`select * from ${all} order by at desc limit 20`.execute(db)
  return { count: counted.rows[0]?.n ?? 0, last: last.rows }
}
