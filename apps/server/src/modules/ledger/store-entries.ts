/** Entries with their openings: written once, read by subject and kind. */
import { type RawBuilder, sql } from 'kysely'
import type { Scope } from '../../kernel/actor.ts'
import type { Db } from '../../kernel/database.ts'
import { hexOf, type LedgerTables, type SaltedValues, tables } from './store.ts'

/** An entry as its readers need it; `fields` null when the opening is lost. */
export type StoredEntry = {
  readonly id: string
  readonly coarse: string
  readonly hash: Uint8Array
  readonly index: number | null
  readonly fields: SaltedValues | null
}

export type EntryRow = {
  readonly id: string
  readonly municipality: string
  readonly coarse: string
  readonly bytes: Uint8Array
  readonly hash: Uint8Array
  readonly kind: string
  readonly happenedAt: number
  readonly fields: SaltedValues
  readonly subjects: readonly string[]
}

/** Leaves, openings, subjects and the wishes for a place: one statement, because every look pays for it. */
export async function insertEntries(tx: Db, entries: readonly EntryRow[]): Promise<void> {
  const rows = entries.map(({ bytes, hash, ...row }) => ({ ...row, bytes: hexOf(bytes), hash: hexOf(hash) }))
  await sql`
    with given as materialized (
      select * from json_to_recordset(${JSON.stringify(rows)}::text::json) as entry (id uuid, municipality uuid,
        coarse text, bytes text, hash text, kind text, "happenedAt" bigint, fields json, subjects text[])
    ), entered as (
      insert into leaf (id, municipality, coarse, bytes, hash)
      select id, municipality, coarse, decode(bytes, 'hex'), decode(hash, 'hex') from given
    ), opened as (
      insert into leaf_opening (leaf, municipality, kind, happened_at, fields)
      select id, municipality, kind, "happenedAt", fields from given
    ), named as (
      insert into leaf_subject (municipality, subject, leaf)
      select distinct municipality, subject, id from given cross join unnest(subjects) as subject
    )
    insert into leaf_pending (municipality, leaf) select municipality, id from given`.execute(tx)
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
