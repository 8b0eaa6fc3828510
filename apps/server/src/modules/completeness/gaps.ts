/**
 * Missing numbers become rows (I-5): waiting while phones may still deliver them, then an open alarm with an owner, then
 * explained by a person, or closed by themselves when the numbers arrive. One transaction a run:
 *
 *  1. what is missing now is read                                       crash: nothing happened
 *  2. rows that are no longer missing are closed, new ones written, those older than the grace opened, each with its
 *     entry before it                                                   crash before the commit: as 1
 */
import type { GapCause } from '@sereno/contracts'
import { sql } from 'kysely'
import type { Scope } from '../../kernel/actor.ts'
import type { Db } from '../../kernel/database.ts'
import { Refusal } from '../../kernel/errors.ts'
import type { CompletenessDeps, CompletenessSettings } from './door.ts'
import type { GapRow } from './tables.ts'

/** Something missing now. */
type Missing = Pick<GapRow, 'kind' | 'subject' | 'code' | 'first' | 'last'>
const most = 2_000

/** Holes between a device's ranges below the highest counter received; ranges come by first counter. */
export function deviceHoles(
  ranges: readonly { readonly first: number; readonly last: number }[],
): readonly { readonly first: number; readonly last: number }[] {
  const holes: { first: number; last: number }[] = []
  let next = 0
  for (const { first, last } of ranges) {
    if (first > next) {
      holes.push({ first: next, last: first - 1 })
    }
    next = Math.max(next, last + 1)
  }
  return holes
}

async function missingNow(deps: CompletenessDeps, settings: CompletenessSettings, scope: Scope): Promise<Missing[]> {
  const { sequences } = deps.evidence
  const codes = new Map((await deps.fleet.devices(scope)).map(({ id, code }) => [id, code]))
  const byDevice = Map.groupBy(await sequences.ranges(scope), ({ device }) => device)
  const found: Missing[] = []
  for (const [device, ranges] of byDevice) {
    const code = codes.get(device) ?? device.slice(0, 8)
    found.push(...deviceHoles(ranges).map((hole) => ({ kind: 'device' as const, subject: device, code, ...hole })))
  }
  const nameOf = new Map((await sequences.recordings(scope)).map(({ id, code }) => [id, code]))
  for (const { recording, first, last } of await sequences.missing(scope, most)) {
    const code = nameOf.get(recording) ?? recording.slice(0, 8)
    found.push({ kind: 'recording', subject: recording, code, first, last })
  }
  const silent = deps.clock.nowMs() - settings.graceMs
  for (const { id, code, statements } of await sequences.unterminated(scope, silent, most)) {
    found.push({ kind: 'unterminated', subject: id, code, first: statements, last: statements })
  }
  return found.slice(0, most)
}

const nameOf = ({ kind, subject, first, last }: Missing): string => `${kind} ${subject} ${first} ${last}`
const subjectOf = ({ kind, subject }: Missing): string => `${kind === 'device' ? 'device' : 'recording'}:${subject}`

/** Brings the rows in line with what is missing. */
export async function syncGaps(deps: CompletenessDeps, settings: CompletenessSettings, scope: Scope): Promise<void> {
  const now = deps.clock.nowMs()
  const missing = await missingNow(deps, settings, scope)
  await deps.database.transaction(async (tx) => {
    await sql`select pg_advisory_xact_lock(7311, hashtext(${scope.municipality}))`.execute(tx)
    const known = await liveGaps(tx, scope)
    const still = new Set(missing.map(nameOf))
    const there = new Set(known.map(nameOf))
    for (const row of known.filter((one) => !still.has(nameOf(one)))) {
      await sql`update sequence_gap set state = 'closed', closed_at = ${now}::bigint
        where municipality = ${scope.municipality}::uuid and id = ${row.id}::uuid`.execute(tx)
    }
    for (const fresh of missing.filter((one) => !there.has(nameOf(one)))) {
      // Some of it arrived: what is left keeps its age, and its explanation.
      const before = known.find(
        (one) =>
          one.kind === fresh.kind &&
          one.subject === fresh.subject &&
          one.first <= fresh.first &&
          one.last >= fresh.last,
      )
      await insertGap(tx, scope, deps.ids.uuid(), fresh, before, now)
    }
    const due = (await liveGaps(tx, scope)).filter(
      ({ state, found_at: at, kind }) =>
        state === 'waiting' && (kind === 'unterminated' || at <= now - settings.graceMs),
    )
    for (const row of due) {
      await deps.ledger.append(tx, {
        municipality: scope.municipality,
        kind: 'sequence.missing',
        coarse: 'custody',
        subjects: [subjectOf(row)],
        actor: scope.actor,
        fields: { gap: row.id, sequence: row.kind, code: row.code, first: String(row.first), last: String(row.last) },
      })
      await sql`update sequence_gap set state = 'open' where municipality = ${scope.municipality}::uuid
        and id = ${row.id}::uuid`.execute(tx)
    }
  })
}

async function insertGap(
  tx: Db,
  { municipality }: Scope,
  id: string,
  { kind, subject, code, first, last }: Missing,
  before: GapRow | undefined,
  now: number,
): Promise<void> {
  const explained = before?.state === 'explained'
  await sql`insert into sequence_gap (municipality, id, kind, subject, code, first, last, found_at, state, owner,
      owner_name, cause, words, explained_by, explained_at, explained_entry)
    values (${municipality}::uuid, ${id}::uuid, ${kind}, ${subject}::uuid, ${code}, ${first}::bigint, ${last}::bigint,
      ${before?.found_at ?? now}::bigint, ${explained ? 'explained' : 'waiting'}, ${before?.owner ?? null}::uuid,
      ${before?.owner_name ?? null}, ${before?.cause ?? null}, ${before?.words ?? null},
      ${before?.explained_by ?? null}, ${before?.explained_at ?? null}::bigint,
      ${before?.explained_entry ?? null}::uuid)`.execute(tx)
}

/** All that is missing, open ones first. */
export async function liveGaps(db: Db, { municipality }: Scope): Promise<readonly GapRow[]> {
  const found = await sql<GapRow>`select * from sequence_gap where municipality = ${municipality}::uuid
    and state <> 'closed' order by (state = 'open') desc, (state = 'waiting') desc, found_at limit ${most * 2}`.execute(
    db,
  )
  return found.rows
}

async function lockGap(tx: Db, { municipality }: Scope, id: string): Promise<GapRow> {
  const found = await sql<GapRow>`select * from sequence_gap where municipality = ${municipality}::uuid
    and id = ${id}::uuid for update`.execute(tx)
  const row = found.rows[0]
  if (row === undefined) {
    throw new Refusal('completeness.not-found')
  }
  if (row.state === 'explained' || row.state === 'closed') {
    throw new Refusal('completeness.already-decided')
  }
  return row
}

export async function takeGap(deps: CompletenessDeps, scope: Scope, id: string): Promise<GapRow> {
  return deps.database.transaction(async (tx) => {
    const row = await lockGap(tx, scope, id)
    await sql`update sequence_gap set owner = ${scope.actor.id}::uuid, owner_name = ${scope.actor.name}
      where municipality = ${scope.municipality}::uuid and id = ${id}::uuid`.execute(tx)
    return { ...row, owner: scope.actor.id, owner_name: scope.actor.name }
  })
}

export type Explanation = { readonly cause: GapCause; readonly words: string }

/** A person's word, an entry before it counts. The public export shows numbers and cause, never the words. */
export async function explainGap(
  deps: CompletenessDeps,
  scope: Scope,
  id: string,
  { cause, words }: Explanation,
): Promise<GapRow> {
  const { policy } = deps.identity.require(scope.actor, 'completeness.explain', { type: 'Gap', id, attributes: {} })
  return deps.database.transaction(async (tx) => {
    const row = await lockGap(tx, scope, id)
    const entry = await deps.ledger.append(tx, {
      municipality: scope.municipality,
      kind: 'sequence.explained',
      coarse: 'custody',
      subjects: [subjectOf(row)],
      actor: scope.actor,
      policy,
      fields: {
        gap: id,
        ...(row.kind === 'device' ? { device: row.subject } : { recording: row.subject }),
        code: row.code,
        first: String(row.first),
        last: String(row.last),
        cause,
        words,
      },
    })
    const changed = await sql<GapRow>`update sequence_gap set state = 'explained', cause = ${cause}, words = ${words},
        explained_by = ${scope.actor.name}, explained_at = ${deps.clock.nowMs()}::bigint,
        explained_entry = ${entry.id}::uuid
      where municipality = ${scope.municipality}::uuid and id = ${id}::uuid returning *`.execute(tx)
    return changed.rows[0] ?? row
  })
}
