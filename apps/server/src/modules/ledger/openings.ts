import { hash } from 'node:crypto'
import { sql } from 'kysely'
import type { Scope } from '../../kernel/actor.ts'
import type { Db } from '../../kernel/database.ts'
import type { NewEntry } from './entry.ts'

export type Destruction = {
  /** Shown in the entry: the rule, the order, the request. */
  readonly reason: string
  readonly policy?: string
  /** Kinds of entries about the subject that keep their fields: the destruction's own record, above all. */
  readonly keepKinds?: readonly string[]
}

/**
 * Destroys who and what of every entry about a subject; the leaves stay, and prove that there was something. Order, all in
 * the caller's transaction: 1 the entry that says so, with the number of entries and the hash over their leaf hashes ·
 * 2 the openings are marked as destroyed by it · 3 they are deleted. A crash leaves all or nothing.
 * Answers how many. Backups made before still hold them until they expire.
 */
export async function destroyOpenings(
  append: (tx: Db, entry: NewEntry) => Promise<{ readonly id: string }>,
  tx: Db,
  { municipality, actor }: Scope,
  subject: string,
  how: Destruction,
): Promise<number> {
  const keep = ['ledger.openings-destroyed', ...(how.keepKinds ?? [])]
  const { rows } = await sql<{ leaf: string; hash: Uint8Array }>`
    select l.id as leaf, l.hash from leaf_subject s
    join leaf l on l.id = s.leaf join leaf_opening o on o.leaf = l.id
    where s.municipality = ${municipality} and s.subject = ${subject}
      and o.kind <> all(${`{${keep.map((kind) => `"${kind}"`).join(',')}}`}::text[])
    order by l.id`.execute(tx)
  if (rows.length === 0) {
    return 0
  }
  const entry = await append(tx, {
    municipality,
    kind: 'ledger.openings-destroyed',
    coarse: 'custody',
    subjects: [subject],
    actor,
    policy: how.policy,
    fields: {
      reason: how.reason,
      entries: String(rows.length),
      leafHashes: hash('sha256', Buffer.concat(rows.map((row) => row.hash))),
    },
  })
  const leaves = `{${rows.map(({ leaf }) => leaf).join(',')}}`
  await sql`insert into leaf_destroyed (leaf, municipality, entry)
    select leaf, ${municipality}::uuid, ${entry.id}::uuid from unnest(${leaves}::uuid[]) as leaf`.execute(tx)
  await sql`delete from leaf_opening where leaf = any(${leaves}::uuid[])`.execute(tx)
  return rows.length
}
