/** Logs, their succession, their checkpoints and counters. Entries: store-entries.ts; places: store-tree.ts. */
import { sql } from 'kysely'
import type { Db } from '../../kernel/database.ts'

/** Tables of migrations 0001 and 0003 (later ones have stores of their own). Times are epoch milliseconds, hashes 32 bytes. */
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

export const tables = (db: Db) => db.withTables<LedgerTables>()

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

/** One sequencer or publisher at a time per municipality, over all processes; released at the transaction's end. */
export async function lockLog(tx: Db, municipality: string, work: 'sequence' | 'publish'): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`${work}:${municipality}`}, 0))`.execute(tx)
}

export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
}
