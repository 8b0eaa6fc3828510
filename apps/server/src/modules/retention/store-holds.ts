/** SQL of holds and freezes. Every function takes the scope it acts in. */
import { sql } from 'kysely'
import type { Scope } from '../../kernel/actor.ts'
import type { Db } from '../../kernel/database.ts'
import type { FreezeRow, HoldRow, RetentionTables } from './tables.ts'

const tables = (db: Db) => db.$extendTables<RetentionTables>()

export async function addHold(tx: Db, row: HoldRow): Promise<void> {
  await tables(tx).insertInto('hold').values(row).execute()
}

export async function holdById(db: Db, scope: Scope, id: string, forUpdate = false): Promise<HoldRow | null> {
  const query = tables(db)
    .selectFrom('hold')
    .selectAll()
    .where('municipality', '=', scope.municipality)
    .where('id', '=', id)
  return (await (forUpdate ? query.forUpdate() : query).executeTakeFirst()) ?? null
}

export async function updateHold(tx: Db, scope: Scope, id: string, change: Partial<HoldRow>): Promise<void> {
  await tables(tx)
    .updateTable('hold')
    .set(change)
    .where('municipality', '=', scope.municipality)
    .where('id', '=', id)
    .execute()
}

/** Those of a recording, newest first. */
export async function holdsOf(db: Db, scope: Scope, recording: string): Promise<readonly HoldRow[]> {
  return tables(db)
    .selectFrom('hold')
    .selectAll()
    .where('municipality', '=', scope.municipality)
    .where('recording', '=', recording)
    .orderBy('placed_at', 'desc')
    .execute()
}

/** In force first: those asked to be released, then the oldest. */
export async function allHolds(db: Db, scope: Scope, all: boolean): Promise<readonly HoldRow[]> {
  const found = await sql<HoldRow>`select * from hold where municipality = ${scope.municipality}::uuid
    and (${all}::boolean or ended_at is null)
    order by (ended_at is not null), (asked_by is not null and approved_by is null) desc, placed_at limit 500`.execute(
    db,
  )
  return found.rows
}

export async function approvedReleases(db: Db, scope: Scope): Promise<readonly HoldRow[]> {
  return tables(db)
    .selectFrom('hold')
    .selectAll()
    .where('municipality', '=', scope.municipality)
    .where('ended_at', 'is', null)
    .where('approved_by', 'is not', null)
    .execute()
}

/** Whether anything but the hold itself still holds the recording. */
export async function isHeld(db: Db, scope: Scope, recording: string, without?: string): Promise<boolean> {
  const found = await sql`select 1 from hold where municipality = ${scope.municipality}::uuid
    and recording = ${recording}::uuid and ended_at is null
    and ${without === undefined ? sql`true` : sql`id <> ${without}::uuid`} limit 1`.execute(db)
  return found.rows.length > 0
}

export async function heldAmong(db: Db, scope: Scope): Promise<ReadonlySet<string>> {
  const found = await sql<{ recording: string }>`select distinct recording from hold
    where municipality = ${scope.municipality}::uuid and ended_at is null`.execute(db)
  return new Set(found.rows.map(({ recording }) => recording))
}

/** False when the same proceeding freezes it already. */
export async function addFreeze(tx: Db, row: FreezeRow): Promise<boolean> {
  const added =
    await sql`insert into proceeding_freeze (municipality, id, recording, kind, reference, opened_at, opened_entry)
    values (${row.municipality}::uuid, ${row.id}::uuid, ${row.recording}::uuid, ${row.kind}, ${row.reference},
      ${row.opened_at}::bigint, ${row.opened_entry}::uuid)
    on conflict (municipality, recording, kind, reference) where ended_at is null do nothing
    returning id`.execute(tx)
  return added.rows.length > 0
}

export async function freezeById(db: Db, scope: Scope, id: string, forUpdate = false): Promise<FreezeRow | null> {
  const query = tables(db)
    .selectFrom('proceeding_freeze')
    .selectAll()
    .where('municipality', '=', scope.municipality)
    .where('id', '=', id)
  return (await (forUpdate ? query.forUpdate() : query).executeTakeFirst()) ?? null
}

export async function updateFreeze(tx: Db, scope: Scope, id: string, change: Partial<FreezeRow>): Promise<void> {
  await tables(tx)
    .updateTable('proceeding_freeze')
    .set(change)
    .where('municipality', '=', scope.municipality)
    .where('id', '=', id)
    .execute()
}

export async function freezesOf(db: Db, scope: Scope, recording: string): Promise<readonly FreezeRow[]> {
  return tables(db)
    .selectFrom('proceeding_freeze')
    .selectAll()
    .where('municipality', '=', scope.municipality)
    .where('recording', '=', recording)
    .orderBy('opened_at', 'desc')
    .execute()
}

export async function approvedClosings(db: Db, scope: Scope): Promise<readonly FreezeRow[]> {
  return tables(db)
    .selectFrom('proceeding_freeze')
    .selectAll()
    .where('municipality', '=', scope.municipality)
    .where('ended_at', 'is', null)
    .where('approved_by', 'is not', null)
    .execute()
}

/** Whether a proceeding freezes it at the instant. */
export function freezes(row: FreezeRow, nowMs: number): boolean {
  return row.ended_at === null || (row.until_at !== null && row.until_at > nowMs)
}
