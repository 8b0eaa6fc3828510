/** The tree of a log: which leaf has which place, and the hashes above them. */
import { type SelectQueryBuilder, sql } from 'kysely'
import type { Db } from '../../kernel/database.ts'
import { hexOf, type LedgerTables, type Log, tables } from './store.ts'

/** The oldest unsequenced leaves, by the order of their ids (UUIDv7: the order they were made in). */
export async function pendingLeaves(
  tx: Db,
  municipality: string,
  limit: number,
): Promise<readonly { readonly id: string; readonly hash: Uint8Array }[]> {
  return tables(tx)
    .selectFrom('leaf_pending')
    .innerJoin('leaf', 'leaf.id', 'leaf_pending.leaf')
    .where('leaf_pending.municipality', '=', municipality)
    .orderBy('leaf_pending.leaf')
    .limit(limit)
    .select(['leaf.id', 'leaf.hash'])
    .execute()
}

export async function placeLeaves(
  tx: Db,
  { municipality, origin }: Log,
  firstIndex: number,
  leaves: readonly { readonly id: string; readonly hash: Uint8Array }[],
): Promise<void> {
  const ids = `{${leaves.map(({ id }) => id).join(',')}}`
  const hashes = `{${leaves.map(({ hash }) => hexOf(hash)).join(',')}}`
  await sql`
    with placed as (
      insert into leaf_place (municipality, origin, index, leaf, hash)
      select ${municipality}::uuid, ${origin}::uuid, ${firstIndex}::bigint + place - 1, leaf, decode(hash, 'hex')
      from unnest(${ids}::uuid[], ${hashes}::text[]) with ordinality as given (leaf, hash, place)
    )
    delete from leaf_pending where municipality = ${municipality}::uuid and leaf = any(${ids}::uuid[])`.execute(tx)
}

export async function insertNodes(
  tx: Db,
  { municipality, origin }: Log,
  nodes: readonly { readonly level: number; readonly index: number; readonly hash: Uint8Array }[],
): Promise<void> {
  if (nodes.length > 0) {
    await tables(tx)
      .insertInto('tree_node')
      .values(nodes.map((node) => ({ ...node, municipality, origin })))
      .execute()
  }
}

/** How many leaves have a place: they have no holes, so it is the next index. */
export async function sizeOf(db: Db, { origin }: Log): Promise<number> {
  const row = await tables(db)
    .selectFrom('leaf_place')
    .where('origin', '=', origin)
    .select((eb) => eb.fn.max<number | null>('index').as('last'))
    .executeTakeFirst()
  return row?.last === null || row?.last === undefined ? 0 : row.last + 1
}

export async function pendingCount(db: Db, municipality: string): Promise<number> {
  const row = await tables(db)
    .selectFrom('leaf_pending')
    .where('municipality', '=', municipality)
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return Number(row.count)
}

/** The hashes of a tile, joined: up to `width` of them from `first` on. Level 0 are the leaves'. */
export async function tileHashes(
  db: Db,
  { origin }: Log,
  range: { readonly level: number; readonly first: number; readonly width: number },
): Promise<readonly Uint8Array[]> {
  const within = <T extends 'leaf_place' | 'tree_node'>(query: SelectQueryBuilder<LedgerTables, T, object>) => query
  const rows =
    range.level === 0
      ? await within(tables(db).selectFrom('leaf_place'))
          .where('origin', '=', origin)
          .where('index', '>=', range.first)
          .where('index', '<', range.first + range.width)
          .orderBy('index')
          .select('hash')
          .execute()
      : await within(tables(db).selectFrom('tree_node'))
          .where('origin', '=', origin)
          .where('level', '=', range.level)
          .where('index', '>=', range.first)
          .where('index', '<', range.first + range.width)
          .orderBy('index')
          .select('hash')
          .execute()
  return rows.map(({ hash }) => hash)
}

/** Leaves in the order of the tree. */
export async function leavesBetween(
  db: Db,
  { origin }: Log,
  first: number,
  width: number,
): Promise<
  readonly { readonly index: number; readonly id: string; readonly bytes: Uint8Array; readonly hash: Uint8Array }[]
> {
  return tables(db)
    .selectFrom('leaf_place')
    .innerJoin('leaf', 'leaf.id', 'leaf_place.leaf')
    .where('leaf_place.origin', '=', origin)
    .where('leaf_place.index', '>=', first)
    .where('leaf_place.index', '<', first + width)
    .orderBy('leaf_place.index')
    .select(['leaf_place.index', 'leaf.id', 'leaf.bytes', 'leaf_place.hash'])
    .execute()
}
