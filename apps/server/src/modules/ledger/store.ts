import { type RawBuilder, type SelectQueryBuilder, sql } from 'kysely'
import type { Scope } from '../../kernel/actor.ts'
import type { Db } from '../../kernel/database.ts'

/** Tables of this module (migrations/0001, 0003; those of 0004 and later have stores of their own). Times are epoch milliseconds, hashes 32 bytes. */
export type LedgerTables = {
  readonly log: { municipality: string; origin: string; created_at: number }
  readonly leaf: { id: string; municipality: string; coarse: string; bytes: Uint8Array; hash: Uint8Array }
  readonly leaf_opening: {
    leaf: string
    municipality: string
    kind: string
    happened_at: number
    fields: SaltedValues
  }
  readonly leaf_subject: { municipality: string; subject: string; leaf: string }
  readonly leaf_pending: { municipality: string; leaf: string }
  readonly leaf_place: { municipality: string; origin: string; index: number; leaf: string; hash: Uint8Array }
  readonly tree_node: { municipality: string; origin: string; level: number; index: number; hash: Uint8Array }
  readonly checkpoint: {
    municipality: string
    origin: string
    size: number
    root: Uint8Array
    note: string
    published_at: number
  }
  readonly leaf_lost: { leaf: string; municipality: string; imported_at: number }
  readonly leaf_destroyed: { leaf: string; municipality: string; entry: string }
  readonly counter: { municipality: string; name: string; value: number }
}

/** Field name → value and salt in hexadecimal. */
export type SaltedValues = Readonly<Record<string, readonly [value: string, salt: string]>>

export type Log = { readonly municipality: string; readonly origin: string }
export type StoredCheckpoint = {
  readonly size: number
  readonly root: Uint8Array
  readonly note: string
  readonly published_at: number
}
/** An entry as its readers need it; `fields` null when the opening is lost. */
export type StoredEntry = {
  readonly id: string
  readonly coarse: string
  readonly hash: Uint8Array
  readonly index: number | null
  readonly fields: SaltedValues | null
}

const tables = (db: Db) => db.withTables<LedgerTables>()

export async function insertLog(tx: Db, log: Log, nowMs: number): Promise<void> {
  await tables(tx)
    .insertInto('log')
    .values({ ...log, created_at: nowMs })
    .execute()
}

/** The log that grows, of each municipality; the installation's own first. */
export async function allLogs(db: Db): Promise<readonly Log[]> {
  const rows = await tables(db).selectFrom('log').select(['municipality', 'origin']).orderBy('created_at').execute()
  return [...new Map(rows.map((row) => [row.municipality, row])).values()]
}

/** Logs that another one continues: they are served and never grow. */
export async function olderLogs(db: Db): Promise<readonly Log[]> {
  const { rows } = await sql<Log>`select municipality, predecessor as origin from log_succession`.execute(db)
  return rows
}

/** Whether another log continues this one. */
export async function isSucceeded(db: Db, { origin }: Log): Promise<boolean> {
  const { rows } = await sql`select from log_succession where predecessor = ${origin}`.execute(db)
  return rows.length > 0
}

/** Where each log ended that another one continues, newest first, with the keys it was signed by. */
export async function successions(
  db: Db,
  municipality: string,
): Promise<
  readonly {
    readonly predecessor: string
    readonly successor: string
    readonly size: number
    readonly root: Uint8Array
    readonly keys: readonly string[]
  }[]
> {
  const { rows } = await sql<{
    predecessor: string
    successor: string
    size: number
    root: Uint8Array
    keys: readonly string[]
  }>`
    select s.predecessor, s.successor, s.size, s.root,
      array(select k.vkey from log_key k where k.origin = s.predecessor order by k.vkey) as keys
    from log_succession s join log on log.origin = s.predecessor
    where s.municipality = ${municipality} order by log.created_at desc`.execute(db)
  return rows.map((row) => ({ ...row, size: Number(row.size), root: new Uint8Array(row.root) }))
}

/** When the first entry was made that has a place and is not published; null when all are. */
export async function oldestUnpublishedMs(db: Db, { origin }: Log, publishedSize: number): Promise<number | null> {
  const row = await tables(db)
    .selectFrom('leaf_place')
    .where('origin', '=', origin)
    .where('index', '=', publishedSize)
    .select('leaf')
    .executeTakeFirst()
  return row === undefined ? null : Number.parseInt(row.leaf.replaceAll('-', '').slice(0, 12), 16)
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
  const places = leaves.map(({ id, hash }, offset) => ({
    municipality,
    origin,
    index: firstIndex + offset,
    leaf: id,
    hash,
  }))
  await tables(tx).insertInto('leaf_place').values(places).execute()
  await tables(tx)
    .deleteFrom('leaf_pending')
    .where('municipality', '=', municipality)
    .where(
      'leaf',
      'in',
      leaves.map(({ id }) => id),
    )
    .execute()
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

/** The newest checkpoint as it is published: the log's own signatures, then those of witnesses, by name. */
export async function newestStored(db: Db, { origin }: Log): Promise<StoredCheckpoint | null> {
  const result = await sql<StoredCheckpoint>`
    select c.size, c.root, c.published_at, c.note || coalesce((
      select string_agg(s.lines, '' order by w.name, w.id)
      from cosignature s join witness w on w.id = s.witness
      where s.origin = c.origin and s.size = c.size), '') as note
    from checkpoint c where c.origin = ${origin} order by c.size desc limit 1`.execute(db)
  const row = result.rows[0]
  return row === undefined
    ? null
    : { ...row, size: Number(row.size), root: new Uint8Array(row.root), published_at: Number(row.published_at) }
}

/** Keeps the first note of a size: another one of the same size says the same. */
export async function insertCheckpoint(
  tx: Db,
  { municipality, origin }: Log,
  checkpoint: StoredCheckpoint,
): Promise<void> {
  await tables(tx)
    .insertInto('checkpoint')
    .values({ municipality, origin, ...checkpoint })
    .onConflict((conflict) => conflict.columns(['origin', 'size']).doNothing())
    .execute()
}

/** The next number, 1 at first use. The row stays locked until the transaction ends: that is what keeps it gapless. */
export async function nextNumber(tx: Db, municipality: string, name: string): Promise<number> {
  const row = await sql<{ value: number }>`
    insert into counter as c (municipality, name, value) values (${municipality}, ${name}, 1)
    on conflict (municipality, name) do update set value = c.value + 1
    returning value`.execute(tx)
  const value = row.rows[0]?.value
  if (value === undefined) {
    throw new Error('a counter answered no number')
  }
  return Number(value)
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

/** One sequencer or publisher at a time per municipality, over all processes; released at the transaction's end. */
export async function lockLog(tx: Db, municipality: string, work: 'sequence' | 'publish'): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`${work}:${municipality}`}, 0))`.execute(tx)
}

// A leaf has a place in every log that holds it: its index is that in the one that grows.
function currentOrigin(municipality: RawBuilder<unknown>): RawBuilder<string> {
  return sql<string>`(select log.origin from log where log.municipality = ${municipality} order by log.created_at desc limit 1)`
}

function sqlArray(values: readonly string[]): string {
  return `{${values.map((value) => `"${value.replaceAll(/["\\]/g, '\\$&')}"`).join(',')}}`
}
