/** Finds cases: by number, officer, place, time, state and free text. Newest change first, by pages. */
import type { caseOperations, QueryOf } from '@sereno/contracts'
import { type RawBuilder, sql } from 'kysely'
import type { Scope } from '../../kernel/actor.ts'
import { Refusal } from '../../kernel/errors.ts'
import type { CasesDeps } from './door.ts'
import { folded } from './store.ts'
import type { CaseRow } from './tables.ts'

export type Wanted = QueryOf<(typeof caseOperations)['GET /cases']>

const usualLimit = 50

export async function findCases(
  deps: CasesDeps,
  scope: Scope,
  wanted: Wanted,
): Promise<{ readonly rows: readonly CaseRow[]; readonly next: string | null }> {
  const limit = wanted.limit ?? usualLimit
  const after = wanted.cursor === undefined ? sql`` : sql`and ${afterOf(wanted.cursor)}`
  const found = await sql<CaseRow>`select c.municipality, c.id, c.number, c.code, c.title, c.kind, c.summary, c.tags,
      c.state, c.root, c.custodian, c.custodian_name, c.opened_at, c.opened_by, c.changed_at, c.closed_at,
      c.closed_because, c.known_at, c.handed_over_at, c.clock_stage, c.clock_alarm, c.entry
    from case_file c where ${sql.join(conditionsOf(deps, scope, wanted), sql` and `)} ${after}
    order by c.changed_at desc, c.id desc limit ${limit + 1}`.execute(deps.database.db)
  const rows = found.rows.slice(0, limit)
  const last = found.rows.length > limit ? rows.at(-1) : undefined
  return { rows, next: last === undefined ? null : `${last.changed_at}.${last.id}` }
}

function conditionsOf(deps: CasesDeps, scope: Scope, wanted: Wanted): RawBuilder<unknown>[] {
  const conditions = [sql`c.municipality = ${scope.municipality}::uuid`]
  const reserved = { type: 'Case', id: 'any', attributes: { reserved: true } }
  if (!deps.identity.decide(scope.actor, 'case.read', reserved).allowed) {
    conditions.push(sql`c.kind <> 'complaint'`)
  }
  if (wanted.kind !== undefined) {
    conditions.push(sql`c.kind = ${wanted.kind}`)
  }
  // What was merged is found where it went; asked for by state, it shows itself.
  conditions.push(wanted.state === undefined ? sql`c.state <> 'merged'` : sql`c.state = ${wanted.state}`)
  if (wanted.number !== undefined) {
    conditions.push(sql`(c.number = ${wanted.number} or exists (select 1 from case_file m where m.root = c.id
      and m.number = ${wanted.number}))`)
  }
  if (wanted.text !== undefined) {
    conditions.push(sql`c.search @@ websearch_to_tsquery('spanish', ${folded(sql<string>`${wanted.text}::text`)})`)
  }
  const recordings = recordingConditions(wanted)
  if (recordings.length > 0) {
    conditions.push(sql`exists (select 1 from case_recording r join case_file f on f.id = r.case_id
      where f.root = c.root and r.removed_at is null and ${sql.join(recordings, sql` and `)})`)
  }
  return conditions
}

function recordingConditions(wanted: Wanted): RawBuilder<unknown>[] {
  const conditions: RawBuilder<unknown>[] = []
  for (const name of ['officer', 'quadrant', 'recording'] as const) {
    const value = wanted[name]
    if (value !== undefined) {
      conditions.push(sql`r.${sql.ref(name)} = ${value}::uuid`)
    }
  }
  if (wanted.fromMs !== undefined) {
    conditions.push(sql`r.ended_at >= ${wanted.fromMs}::bigint`)
  }
  if (wanted.toMs !== undefined) {
    conditions.push(sql`r.started_at <= ${wanted.toMs}::bigint`)
  }
  return conditions
}

function afterOf(cursor: string): RawBuilder<unknown> {
  const [, changedAt, id] = /^(\d{1,15})\.([0-9a-f-]{36})$/.exec(cursor) ?? []
  if (changedAt === undefined || id === undefined) {
    throw new Refusal('request.invalid', { where: 'query/cursor', message: 'not a cursor' })
  }
  return sql`(c.changed_at, c.id) < (${Number(changedAt)}::bigint, ${id}::uuid)`
}
