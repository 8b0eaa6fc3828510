import { sql } from 'kysely'
import type { Db } from '../../kernel/database.ts'
import type { Log } from './store.ts'

/** Tables of migrations/0004. Times are epoch milliseconds. */
type WitnessTables = {
  readonly witness: {
    id: string
    municipality: string
    name: string
    vkeys: readonly string[]
    url: string | null
    municipal: boolean
    added_at: number
    removed_at: number | null
  }
  readonly witness_policy: { municipality: string; quorum: number }
  readonly cosignature: {
    municipality: string
    origin: string
    size: number
    witness: string
    lines: string
    signed_at: number
    received_at: number
  }
  readonly witness_contact: {
    municipality: string
    witness: string
    tried_at: number
    answered_at: number | null
    problem: string | null
  }
}

export type StoredWitness = {
  readonly id: string
  readonly name: string
  readonly vkeys: readonly string[]
  readonly url: string | null
  readonly municipal: boolean
}

/** A witness with what is known of its last signs of life. */
export type WitnessSeen = StoredWitness & {
  readonly cosignedSize: number | null
  readonly cosignedAt: number | null
  readonly problem: string | null
  readonly triedAt: number | null
}

/** Before anybody chose: as many as make a majority of one impossible. */
const leastQuorum = 2

const tables = (db: Db) => db.withTables<WitnessTables>()

export async function activeWitnesses(db: Db, municipality: string): Promise<readonly StoredWitness[]> {
  return tables(db)
    .selectFrom('witness')
    .where('municipality', '=', municipality)
    .where('removed_at', 'is', null)
    .orderBy('name')
    .select(['id', 'name', 'vkeys', 'url', 'municipal'])
    .execute()
}

/** Whether two witnesses that are not municipal watched at the same time, now or once. */
export async function hadQuorum(db: Db, municipality: string): Promise<boolean> {
  const found = await sql`select 1 from witness a join witness b on b.municipality = a.municipality and b.id > a.id
    where a.municipality = ${municipality} and not a.municipal and not b.municipal
      and (a.removed_at is null or a.removed_at > b.added_at)
      and (b.removed_at is null or b.removed_at > a.added_at) limit 1`.execute(db)
  return found.rows.length > 0
}

export async function witnessesSeen(db: Db, log: Log): Promise<readonly WitnessSeen[]> {
  const rows = await sql<{
    id: string
    name: string
    vkeys: readonly string[]
    url: string | null
    municipal: boolean
    size: number | null
    signed_at: number | null
    problem: string | null
    tried_at: number | null
  }>`
    select w.id, w.name, w.vkeys, w.url, w.municipal, s.size, s.signed_at, c.problem, c.tried_at
    from witness w
    left join witness_contact c on c.witness = w.id
    left join lateral (
      select size, signed_at from cosignature s where s.witness = w.id and s.origin = ${log.origin}
      order by size desc limit 1) s on true
    where w.municipality = ${log.municipality} and w.removed_at is null
    order by w.municipal, w.name`.execute(db)
  return rows.rows.map(({ size, signed_at: signedAt, tried_at: triedAt, ...row }) => ({
    ...row,
    cosignedSize: size === null ? null : Number(size),
    cosignedAt: signedAt === null ? null : Number(signedAt),
    triedAt: triedAt === null ? null : Number(triedAt),
  }))
}

export async function insertWitness(
  tx: Db,
  witness: StoredWitness & { readonly municipality: string; readonly addedAt: number },
): Promise<void> {
  const { id, municipality, name, vkeys, url, municipal, addedAt } = witness
  await sql`
    insert into witness (id, municipality, name, vkeys, url, municipal, added_at)
    values (${id}, ${municipality}, ${name}, ${`{${vkeys.map((vkey) => `"${vkey}"`).join(',')}}`}::text[], ${url},
      ${municipal}, ${addedAt})`.execute(tx)
}

export async function removeWitness(tx: Db, municipality: string, id: string, nowMs: number): Promise<boolean> {
  const { numUpdatedRows } = await tables(tx)
    .updateTable('witness')
    .set({ removed_at: nowMs })
    .where('municipality', '=', municipality)
    .where('id', '=', id)
    .where('removed_at', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

export async function quorumSetting(db: Db, municipality: string): Promise<number> {
  const row = await tables(db)
    .selectFrom('witness_policy')
    .where('municipality', '=', municipality)
    .select('quorum')
    .executeTakeFirst()
  return row?.quorum ?? leastQuorum
}

export async function setQuorum(tx: Db, municipality: string, quorum: number): Promise<void> {
  await tables(tx)
    .insertInto('witness_policy')
    .values({ municipality, quorum })
    .onConflict((conflict) => conflict.column('municipality').doUpdateSet({ quorum }))
    .execute()
}

/** The first one of a witness for a size stays: another one says the same at another time. */
export async function insertCosignature(
  db: Db,
  log: Log,
  kept: {
    readonly size: number
    readonly witness: string
    readonly lines: string
    readonly signedAt: number
    readonly receivedAt: number
  },
): Promise<void> {
  await tables(db)
    .insertInto('cosignature')
    .values({
      municipality: log.municipality,
      origin: log.origin,
      size: kept.size,
      witness: kept.witness,
      lines: kept.lines,
      signed_at: kept.signedAt,
      received_at: kept.receivedAt,
    })
    .onConflict((conflict) => conflict.columns(['origin', 'size', 'witness']).doNothing())
    .execute()
}

/** Ids of the witnesses that cosigned a size. */
export async function cosignersOf(db: Db, log: Log, size: number): Promise<ReadonlySet<string>> {
  const rows = await tables(db)
    .selectFrom('cosignature')
    .where('origin', '=', log.origin)
    .where('size', '=', size)
    .select('witness')
    .execute()
  return new Set(rows.map(({ witness }) => witness))
}

/** How many witnesses that are not municipal cosigned the newest published checkpoint. */
export async function answeringOutside(db: Db, { origin }: Log): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*)::int as count
    from cosignature s join witness w on w.id = s.witness
    where s.origin = ${origin} and not w.municipal and w.removed_at is null
      and s.size = (select max(size) from checkpoint where origin = ${origin})`.execute(db)
  return rows[0]?.count ?? 0
}

/** `problem` null: it answered. */
export async function noteContact(
  db: Db,
  municipality: string,
  contact: { readonly witness: string; readonly atMs: number; readonly problem: string | null },
): Promise<void> {
  const { witness, atMs, problem } = contact
  await sql`
    insert into witness_contact (municipality, witness, tried_at, answered_at, problem)
    values (${municipality}, ${witness}, ${atMs}, ${problem === null ? atMs : null}, ${problem})
    on conflict (witness) do update set tried_at = excluded.tried_at, problem = excluded.problem,
      answered_at = coalesce(excluded.answered_at, witness_contact.answered_at)`.execute(db)
}
