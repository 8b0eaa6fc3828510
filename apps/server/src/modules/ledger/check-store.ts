import type { Db } from '../../kernel/database.ts'
import type { LedgerTables, SaltedValues, StoredCheckpoint } from './store.ts'

export type CheckedLeaf = {
  readonly index: number
  readonly id: string
  readonly coarse: string
  readonly bytes: Uint8Array
  readonly hash: Uint8Array
  readonly placedHash: Uint8Array
  readonly fields: SaltedValues | null
  /** Known to have come back from a restore without its body. */
  readonly lost: boolean
}

const tables = (db: Db) => db.withTables<LedgerTables>()

export async function leavesToCheck(
  db: Db,
  municipality: string,
  first: number,
  count: number,
): Promise<readonly CheckedLeaf[]> {
  const rows = await tables(db)
    .selectFrom('leaf_place')
    .innerJoin('leaf', 'leaf.id', 'leaf_place.leaf')
    .leftJoin('leaf_opening', 'leaf_opening.leaf', 'leaf.id')
    .leftJoin('leaf_lost', 'leaf_lost.leaf', 'leaf.id')
    .where('leaf_place.municipality', '=', municipality)
    .where('leaf_place.index', '>=', first)
    .orderBy('leaf_place.index')
    .limit(count)
    .select([
      'leaf_place.index',
      'leaf_place.hash as placedHash',
      'leaf.id',
      'leaf.coarse',
      'leaf.bytes',
      'leaf.hash',
      'leaf_opening.fields',
      'leaf_lost.leaf as lostLeaf',
    ])
    .execute()
  return rows.map(({ lostLeaf, ...row }) => ({ ...row, lost: lostLeaf !== null }))
}

export async function checkpointsOf(db: Db, municipality: string): Promise<readonly StoredCheckpoint[]> {
  return tables(db)
    .selectFrom('checkpoint')
    .where('municipality', '=', municipality)
    .select(['size', 'root', 'note', 'published_at'])
    .execute()
}

export async function nodeHash(db: Db, municipality: string, level: number, index: number): Promise<Uint8Array | null> {
  const row = await tables(db)
    .selectFrom('tree_node')
    .where('municipality', '=', municipality)
    .where('level', '=', level)
    .where('index', '=', index)
    .select('hash')
    .executeTakeFirst()
  return row?.hash ?? null
}

/** Leaves without a place that no sequencer will ever find: somebody took their pending row away. */
export async function forgottenLeaves(db: Db, municipality: string): Promise<readonly string[]> {
  const rows = await tables(db)
    .selectFrom('leaf')
    .leftJoin('leaf_place', 'leaf_place.leaf', 'leaf.id')
    .leftJoin('leaf_pending', 'leaf_pending.leaf', 'leaf.id')
    .where('leaf.municipality', '=', municipality)
    .where('leaf_place.leaf', 'is', null)
    .where('leaf_pending.leaf', 'is', null)
    .select('leaf.id')
    .limit(100)
    .execute()
  return rows.map(({ id }) => id)
}
