import type { Db } from '../../kernel/database.ts'
import type { LedgerTables, Log, SaltedValues, StoredCheckpoint } from './store.ts'

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
  /** Its opening was destroyed, and an entry says so. */
  readonly destroyed: boolean
}

const tables = (db: Db) => db.withTables<LedgerTables>()

export async function leavesToCheck(
  db: Db,
  { origin }: Log,
  first: number,
  count: number,
): Promise<readonly CheckedLeaf[]> {
  const rows = await tables(db)
    .selectFrom('leaf_place')
    .innerJoin('leaf', 'leaf.id', 'leaf_place.leaf')
    .leftJoin('leaf_opening', 'leaf_opening.leaf', 'leaf.id')
    .leftJoin('leaf_lost', 'leaf_lost.leaf', 'leaf.id')
    .leftJoin('leaf_destroyed', 'leaf_destroyed.leaf', 'leaf.id')
    .where('leaf_place.origin', '=', origin)
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
      'leaf_destroyed.leaf as destroyedLeaf',
    ])
    .execute()
  return rows.map(({ lostLeaf, destroyedLeaf, ...row }) => ({
    ...row,
    lost: lostLeaf !== null,
    destroyed: destroyedLeaf !== null,
  }))
}

export async function checkpointsOf(db: Db, { origin }: Log): Promise<readonly StoredCheckpoint[]> {
  return tables(db)
    .selectFrom('checkpoint')
    .where('origin', '=', origin)
    .select(['size', 'root', 'note', 'published_at'])
    .execute()
}

export async function nodeHash(db: Db, { origin }: Log, level: number, index: number): Promise<Uint8Array | null> {
  const row = await tables(db)
    .selectFrom('tree_node')
    .where('origin', '=', origin)
    .where('level', '=', level)
    .where('index', '=', index)
    .select('hash')
    .executeTakeFirst()
  return row?.hash ?? null
}

/** Leaves without a place that no sequencer will ever find: somebody took their pending row away. */
export async function forgottenLeaves(db: Db, { municipality, origin }: Log): Promise<readonly string[]> {
  const rows = await tables(db)
    .selectFrom('leaf')
    .leftJoin('leaf_place', (join) =>
      join.onRef('leaf_place.leaf', '=', 'leaf.id').on('leaf_place.origin', '=', origin),
    )
    .leftJoin('leaf_pending', 'leaf_pending.leaf', 'leaf.id')
    .where('leaf.municipality', '=', municipality)
    .where('leaf_place.leaf', 'is', null)
    .where('leaf_pending.leaf', 'is', null)
    .select('leaf.id')
    .limit(100)
    .execute()
  return rows.map(({ id }) => id)
}
