import type { Selectable } from 'kysely'
import { sql } from 'kysely'
import type { Scope } from '../../kernel/actor.ts'
import type { Db } from '../../kernel/database.ts'
import type { ReviewedAccount } from '../identity/index.ts'

/** Tables of migrations/0001. Times are epoch milliseconds. */
type OversightTables = {
  readonly broken_glass: {
    id: string
    municipality: string
    recording: string
    account: string
    account_name: string
    role: string
    purpose: string
    reason: string
    entry: string
    opened_at: number
    due_at: number
    outcome: 'justified' | 'not-justified' | 'referred' | null
    note: string | null
    reviewed_by: string | null
    reviewed_by_name: string | null
    reviewed_at: number | null
  }
  readonly privilege_review: {
    id: string
    municipality: string
    opened_at: number
    due_at: number
    report: readonly ReviewedAccount[] | null
    note: string | null
    confirmed_by: string | null
    confirmed_by_name: string | null
    confirmed_at: number | null
  }
}
export type GlassRow = Selectable<OversightTables['broken_glass']>
export type PrivilegeRow = Selectable<OversightTables['privilege_review']>

const tables = (db: Db) => db.$extendTables<OversightTables>()
const mostListed = 500

export async function insertGlass(tx: Db, row: GlassRow): Promise<void> {
  await tables(tx).insertInto('broken_glass').values(row).execute()
}

export async function glassOf(db: Db, scope: Scope): Promise<readonly GlassRow[]> {
  return tables(db)
    .selectFrom('broken_glass')
    .selectAll()
    .where('municipality', '=', scope.municipality)
    .orderBy(sql`reviewed_at is not null`)
    .orderBy('opened_at', 'desc')
    .limit(mostListed)
    .execute()
}

/** Under lock: two reviews of one opening come one after the other. */
export async function lockGlass(tx: Db, scope: Scope, id: string): Promise<GlassRow | null> {
  const row = await tables(tx)
    .selectFrom('broken_glass')
    .selectAll()
    .where('municipality', '=', scope.municipality)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()
  return row ?? null
}

export async function reviewGlass(
  tx: Db,
  scope: Scope,
  id: string,
  change: Pick<GlassRow, 'outcome' | 'note' | 'reviewed_by' | 'reviewed_by_name' | 'reviewed_at'>,
): Promise<void> {
  await tables(tx)
    .updateTable('broken_glass')
    .set(change)
    .where('municipality', '=', scope.municipality)
    .where('id', '=', id)
    .execute()
}

export async function privilegeReviews(db: Db, scope: Scope): Promise<readonly PrivilegeRow[]> {
  return tables(db)
    .selectFrom('privilege_review')
    .selectAll()
    .where('municipality', '=', scope.municipality)
    .orderBy('opened_at', 'desc')
    .execute()
}

/** Does nothing when one is open. Answers whether it was made. */
export async function openPrivilegeReview(
  tx: Db,
  row: Pick<PrivilegeRow, 'id' | 'municipality' | 'opened_at' | 'due_at'>,
): Promise<boolean> {
  const { rows } = await sql`
    insert into privilege_review (id, municipality, opened_at, due_at)
    values (${row.id}, ${row.municipality}, ${row.opened_at}, ${row.due_at})
    on conflict do nothing returning id`.execute(tx)
  return rows.length > 0
}

export async function lockPrivilegeReview(tx: Db, scope: Scope, id: string): Promise<PrivilegeRow | null> {
  const row = await tables(tx)
    .selectFrom('privilege_review')
    .selectAll()
    .where('municipality', '=', scope.municipality)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()
  return row ?? null
}

export async function confirmPrivileges(
  tx: Db,
  scope: Scope,
  id: string,
  given: {
    readonly report: readonly ReviewedAccount[]
    readonly note: string
    readonly by: string
    readonly byName: string
    readonly atMs: number
  },
): Promise<void> {
  await sql`update privilege_review set report = ${JSON.stringify(given.report)}::text::jsonb, note = ${given.note},
    confirmed_by = ${given.by}, confirmed_by_name = ${given.byName}, confirmed_at = ${given.atMs}
    where municipality = ${scope.municipality} and id = ${id}`.execute(tx)
}
