/** Entries with their openings: written once, read by subject and kind. */
import { type RawBuilder, sql } from 'kysely'
import type { Scope } from '../../kernel/actor.ts'
import type { Db } from '../../kernel/database.ts'
import { type LedgerTables, type SaltedValues, tables } from './store.ts'

/** An entry as its readers need it; `fields` null when the opening is lost. */
export type StoredEntry = {
  readonly id: string
  readonly coarse: string
  readonly hash: Uint8Array
  readonly index: number | null
  readonly fields: SaltedValues | null
}

/** Leaf, opening, subjects and the wish for a place: one statement, because every look pays for it. */
export async function insertEntry(
  tx: Db,
  entry: {
    readonly id: string
    readonly municipality: string
    readonly coarse: string
    readonly bytes: Uint8Array
    readonly hash: Uint8Array
    readonly kind: string
    readonly happenedAt: number
    readonly fields: SaltedValues
    readonly subjects: readonly string[]
  },
): Promise<void> {
  const { id, municipality } = entry
  await sql`
    with entry as (
      insert into leaf (id, municipality, coarse, bytes, hash)
      values (${id}, ${municipality}, ${entry.coarse}, ${entry.bytes}, ${entry.hash})
    ), opened as (
      insert into leaf_opening (leaf, municipality, kind, happened_at, fields)
      values (${id}, ${municipality}, ${entry.kind}, ${entry.happenedAt}, ${JSON.stringify(entry.fields)}::text::json)
    ), named as (
      insert into leaf_subject (municipality, subject, leaf)
      select distinct ${municipality}::uuid, subject, ${id}::uuid from unnest(${sqlArray(entry.subjects)}::text[]) as subject
    )
    insert into leaf_pending (municipality, leaf) values (${municipality}, ${id})`.execute(tx)
}

export async function insertLeaf(tx: Db, leaf: LedgerTables['leaf']): Promise<void> {
  await tables(tx).insertInto('leaf').values(leaf).execute()
}

export async function insertLost(tx: Db, row: LedgerTables['leaf_lost']): Promise<void> {
  await tables(tx).insertInto('leaf_lost').values(row).execute()
}

/** Entries newest first. `before` is the id of the last one of the page before; `coarse` limits to these coarse kinds. */
export async function entries(
  db: Db,
  scope: Scope,
  filter: {
    readonly subject?: string | undefined
    readonly kind?: string | undefined
    readonly coarse?: readonly string[] | undefined
    readonly before?: string | undefined
    readonly limit?: number
  },
): Promise<readonly StoredEntry[]> {
  let query = tables(db)
    .selectFrom('leaf')
    .leftJoin('leaf_opening', 'leaf_opening.leaf', 'leaf.id')
    .leftJoin('leaf_place', (join) =>
      join
        .onRef('leaf_place.leaf', '=', 'leaf.id')
        .on('leaf_place.origin', '=', currentOrigin(sql`${scope.municipality}::uuid`)),
    )
    .where('leaf.municipality', '=', scope.municipality)
    .orderBy('leaf.id', 'desc')
    .select(['leaf.id', 'leaf.coarse', 'leaf.hash', 'leaf_place.index', 'leaf_opening.fields'])
  const { subject, kind, coarse, before, limit } = filter
  if (subject !== undefined) {
    query = query.where((eb) =>
      eb.exists(
        eb
          .selectFrom('leaf_subject')
          .whereRef('leaf_subject.leaf', '=', 'leaf.id')
          .where('leaf_subject.municipality', '=', scope.municipality)
          .where('leaf_subject.subject', '=', subject),
      ),
    )
  }
  if (kind !== undefined) {
    query = kind.includes('.')
      ? query.where('leaf_opening.municipality', '=', scope.municipality).where('leaf_opening.kind', '=', kind)
      : query.where('leaf.coarse', '=', kind)
  }
  if (coarse !== undefined) {
    query = query.where(sql<boolean>`leaf.coarse = any(${sqlArray(coarse)}::text[])`)
  }
  if (before !== undefined) {
    query = query.where('leaf.id', '<', before)
  }
  return (limit === undefined ? query : query.limit(limit)).execute()
}

export async function entryById(
  db: Db,
  id: string,
): Promise<(StoredEntry & { readonly municipality: string; readonly bytes: Uint8Array }) | null> {
  const row = await tables(db)
    .selectFrom('leaf')
    .leftJoin('leaf_opening', 'leaf_opening.leaf', 'leaf.id')
    .leftJoin('leaf_place', (join) =>
      join
        .onRef('leaf_place.leaf', '=', 'leaf.id')
        .on('leaf_place.origin', '=', currentOrigin(sql.ref('leaf.municipality'))),
    )
    .where('leaf.id', '=', id)
    .select([
      'leaf.id',
      'leaf.municipality',
      'leaf.coarse',
      'leaf.bytes',
      'leaf.hash',
      'leaf_place.index',
      'leaf_opening.fields',
    ])
    .executeTakeFirst()
  return row ?? null
}

// A leaf has a place in every log that holds it: its index is that in the one that grows.
function currentOrigin(municipality: RawBuilder<unknown>): RawBuilder<string> {
  return sql<string>`(select log.origin from log where log.municipality = ${municipality} order by log.created_at desc limit 1)`
}

function sqlArray(values: readonly string[]): string {
  return `{${values.map((value) => `"${value.replaceAll(/["\\]/g, '\\$&')}"`).join(',')}}`
}
