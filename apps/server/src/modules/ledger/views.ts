/** Looks as the ledger holds them: who saw whom, when and why. Read by oversight for those who may. */
import { sql } from 'kysely'
import type { Scope } from '../../kernel/actor.ts'
import type { Db } from '../../kernel/database.ts'

export type ViewFilter = {
  /** Part of the viewer's name. */
  readonly who?: string | undefined
  /** Of each group one thing must be spoken of: `recording:<uuid>`, `officer:<uuid>`. */
  readonly about?: readonly (readonly string[])[] | undefined
  readonly purpose?: string | undefined
  /** Epoch ms, both included. */
  readonly fromMs?: number | undefined
  readonly toMs?: number | undefined
  readonly allowed?: boolean | undefined
  /** Older than this entry. */
  readonly before?: string | undefined
  readonly limit: number
}
export type View = {
  readonly entry: string
  readonly atMs: number
  readonly kind: string
  readonly who: string
  readonly role: string | null
  readonly purpose: string | null
  readonly reference: string | null
  readonly policy: string | null
  readonly allowed: boolean
  readonly subjects: readonly string[]
}

/** Every kind of entry by which somebody saw pictures, or was kept from it. */
const kinds = [
  'recording.viewed',
  'recording.exported',
  'recording.glass-broken',
  'live.opened',
  'clip.viewed',
  'still.viewed',
  'hand-over.copied',
]

/** Newest first; entries whose openings are destroyed or lost are not among them. */
export async function findViews(db: Db, scope: Scope, filter: ViewFilter): Promise<readonly View[]> {
  const field = (name: string) => sql`o.fields->${sql.lit(name)}->>0`
  const { rows } = await sql<{
    leaf: string
    happened_at: string
    kind: string
    who: string | null
    role: string | null
    purpose: string | null
    reference: string | null
    policy: string | null
    allowed: string | null
    subjects: string | null
  }>`
    select o.leaf, o.happened_at, o.kind, ${field('whoName')} as who, ${field('role')} as role,
      ${field('purpose')} as purpose, ${field('reference')} as reference, ${field('policy')} as policy,
      ${field('allowed')} as allowed, ${field('subjects')} as subjects
    from leaf_opening o
    where o.municipality = ${scope.municipality}::uuid and o.kind = any(${kinds})
      ${filter.before === undefined ? sql`` : sql`and o.leaf < ${filter.before}::uuid`}
      ${filter.fromMs === undefined ? sql`` : sql`and o.happened_at >= ${filter.fromMs}`}
      ${filter.toMs === undefined ? sql`` : sql`and o.happened_at <= ${filter.toMs}`}
      ${filter.who === undefined ? sql`` : sql`and strpos(lower(${field('whoName')}), lower(${filter.who})) > 0`}
      ${filter.purpose === undefined ? sql`` : sql`and ${field('purpose')} = ${filter.purpose}`}
      ${filter.allowed === undefined ? sql`` : sql`and ${field('allowed')} = ${String(filter.allowed)}`}
      ${sql.join(
        (filter.about ?? []).map(
          (group) => sql`and exists (select from leaf_subject s where s.municipality = o.municipality
            and s.leaf = o.leaf and s.subject = any(${[...group]}))`,
        ),
        sql` `,
      )}
    order by o.leaf desc limit ${filter.limit}`.execute(db)
  return rows.map((row) => ({
    entry: row.leaf,
    atMs: Number(row.happened_at),
    kind: row.kind,
    who: row.who ?? '',
    role: row.role,
    purpose: row.purpose,
    reference: row.reference,
    policy: row.policy,
    allowed: row.allowed !== 'false',
    subjects: row.subjects?.split(' ') ?? [],
  }))
}
