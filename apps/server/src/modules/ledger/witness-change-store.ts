import { type Selectable, sql } from 'kysely'
import type { Db } from '../../kernel/database.ts'

/** Table of migrations/0006. Times are epoch milliseconds. */
type ChangeTables = {
  readonly witness_change: {
    municipality: string
    id: string
    number: number
    wish: string
    reason: string
    weakening: boolean
    state: 'proposed' | 'approved' | 'in-force' | 'refused'
    proposed_by: string
    proposed_name: string
    proposed_at: number
    proposed_entry: string
    decided_by: string | null
    decided_name: string | null
    decided_at: number | null
    decided_entry: string | null
    in_force_at: number | null
    effect_entry: string | null
    seen_name: string | null
    seen_at: number | null
  }
}
export type WitnessChangeRow = Selectable<ChangeTables['witness_change']>

const tables = (db: Db) => db.withTables<ChangeTables>()
const mostShown = 50

/** One change of the witnesses at a time, until the transaction ends. */
export async function lockWitnessing(tx: Db, municipality: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`witnesses ${municipality}`}, 0))`.execute(tx)
}

export async function insertChange(tx: Db, row: WitnessChangeRow): Promise<void> {
  await tables(tx).insertInto('witness_change').values(row).execute()
}

export async function changeById(db: Db, municipality: string, id: string): Promise<WitnessChangeRow | null> {
  const row = await tables(db)
    .selectFrom('witness_change')
    .selectAll()
    .where('municipality', '=', municipality)
    .where('id', '=', id)
    .executeTakeFirst()
  return row ?? null
}

export async function updateChange(tx: Db, id: string, change: Partial<WitnessChangeRow>): Promise<void> {
  await tables(tx).updateTable('witness_change').set(change).where('id', '=', id).execute()
}

/** Newest first. */
export async function changesOf(db: Db, municipality: string): Promise<readonly WitnessChangeRow[]> {
  return tables(db)
    .selectFrom('witness_change')
    .selectAll()
    .where('municipality', '=', municipality)
    .orderBy('number', 'desc')
    .limit(mostShown)
    .execute()
}

/** Oldest first: each was approved on what those before it make. */
export async function approvedChanges(db: Db, municipality: string): Promise<readonly WitnessChangeRow[]> {
  return tables(db)
    .selectFrom('witness_change')
    .selectAll()
    .where('municipality', '=', municipality)
    .where('state', '=', 'approved')
    .orderBy('number')
    .execute()
}
