/** SQL of batches for destruction and their records. Every function takes the scope it acts in. */
import { sql } from 'kysely'
import type { Scope } from '../../kernel/actor.ts'
import type { Db } from '../../kernel/database.ts'
import type { ActaRow, BatchRow, ItemRow, RetentionTables } from './tables.ts'

const tables = (db: Db) => db.$extendTables<RetentionTables>()

export async function addBatch(tx: Db, row: BatchRow, items: readonly ItemRow[]): Promise<void> {
  await tables(tx).insertInto('destruction_batch').values(row).execute()
  for (let from = 0; from < items.length; from += 200) {
    await tables(tx)
      .insertInto('destruction_item')
      .values(items.slice(from, from + 200))
      .execute()
  }
}

export async function batchById(db: Db, scope: Scope, id: string, forUpdate = false): Promise<BatchRow | null> {
  const query = tables(db)
    .selectFrom('destruction_batch')
    .selectAll()
    .where('municipality', '=', scope.municipality)
    .where('id', '=', id)
  return (await (forUpdate ? query.forUpdate() : query).executeTakeFirst()) ?? null
}

export async function updateBatch(tx: Db, scope: Scope, id: string, change: Partial<BatchRow>): Promise<void> {
  await tables(tx)
    .updateTable('destruction_batch')
    .set(change)
    .where('municipality', '=', scope.municipality)
    .where('id', '=', id)
    .execute()
}

export type BatchSummary = BatchRow & {
  readonly recordings: number
  readonly destroyed: number
  readonly left: number
  readonly size_bytes: number
}

export async function batches(db: Db, scope: Scope, id: string | null): Promise<readonly BatchSummary[]> {
  const found = await sql<BatchSummary>`select b.*, i.* from destruction_batch b
    cross join lateral (select count(*) as recordings, count(*) filter (where state = 'destroyed') as destroyed,
        count(*) filter (where state = 'left-out') as "left",
        coalesce(sum(size_bytes) filter (where state <> 'left-out'), 0)::bigint as size_bytes
      from destruction_item where municipality = b.municipality and batch = b.id) i
    where b.municipality = ${scope.municipality}::uuid and ${id === null ? sql`true` : sql`b.id = ${id}::uuid`}
    order by b.number desc limit 200`.execute(db)
  return found.rows
}

export async function itemsOf(db: Db, scope: Scope, batch: string): Promise<readonly ItemRow[]> {
  return tables(db)
    .selectFrom('destruction_item')
    .selectAll()
    .where('municipality', '=', scope.municipality)
    .where('batch', '=', batch)
    .orderBy('captured_at')
    .orderBy('recording')
    .execute()
}

export async function updateItem(
  tx: Db,
  scope: Scope,
  item: Pick<ItemRow, 'batch' | 'recording'>,
  change: Partial<ItemRow>,
): Promise<void> {
  await tables(tx)
    .updateTable('destruction_item')
    .set(change)
    .where('municipality', '=', scope.municipality)
    .where('batch', '=', item.batch)
    .where('recording', '=', item.recording)
    .execute()
}

/** Approved ones whose cooling-off is over, and those under way. */
export async function ripeBatches(db: Db, scope: Scope, nowMs: number): Promise<readonly BatchRow[]> {
  const found = await sql<BatchRow>`select * from destruction_batch where municipality = ${scope.municipality}::uuid
    and (state = 'running' or (state = 'approved' and runs_at <= ${nowMs}::bigint)) order by number`.execute(db)
  return found.rows
}

export async function hasOpenProposal(db: Db, scope: Scope): Promise<boolean> {
  const found = await sql`select 1 from destruction_batch where municipality = ${scope.municipality}::uuid
    and state = 'proposed' limit 1`.execute(db)
  return found.rows.length > 0
}

export async function addActa(tx: Db, row: ActaRow): Promise<void> {
  await tables(tx).insertInto('acta').values(row).execute()
}

export async function actaOf(db: Db, scope: Scope, batch: string): Promise<ActaRow | null> {
  const row = await tables(db)
    .selectFrom('acta')
    .selectAll()
    .where('municipality', '=', scope.municipality)
    .where('batch', '=', batch)
    .executeTakeFirst()
  return row ?? null
}

export type ActaLine = Omit<ActaRow, 'pdf' | 'envelope'>

export async function actasOf(db: Db, scope: Scope): Promise<ReadonlyMap<string, ActaLine>> {
  const rows = await tables(db)
    .selectFrom('acta')
    .select(['municipality', 'batch', 'number', 'sha256', 'entry', 'made_at', 'erased_at', 'final_at'])
    .where('municipality', '=', scope.municipality)
    .execute()
  return new Map(rows.map((row) => [row.batch, row]))
}
