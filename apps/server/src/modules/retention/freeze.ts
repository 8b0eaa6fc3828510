/**
 * Proceedings that freeze a recording while they are open. Freezing locks the recording's row, so that a destruction
 * decides before or after, never meanwhile; closing goes as letting-go.ts says: two people and a witnessed entry.
 */
import type { FreezeKind } from '@sereno/contracts'
import type { Scope } from '../../kernel/actor.ts'
import type { Db } from '../../kernel/database.ts'
import { Refusal } from '../../kernel/errors.ts'
import type { HeldBack, RetentionDeps } from './door.ts'
import { demand, timeZoneOf } from './four-eyes.ts'
import { type Guard, lettingGo, notEnded } from './letting-go.ts'
import { pe2026 } from './profile-pe-2026.ts'
import { rulebookOf } from './rulebook.ts'
import { countsFrom, freezeUntil, later, leavesAt } from './rules.ts'
import { deadlineBy } from './simulate.ts'
import { addFreeze, approvedClosings, freezeById, freezes, freezesOf, holdsOf, updateFreeze } from './store-holds.ts'
import { changeRetained, findRetained } from './store-retained.ts'
import type { FreezeRow } from './tables.ts'

/** What holds a recording back at this moment, whoever says so, but for the freeze `except`. Empty: nothing does. */
export async function heldBack(
  deps: Pick<RetentionDeps, 'database' | 'clock' | 'freezesOf'>,
  scope: Scope,
  recording: string,
  except?: string,
): Promise<readonly HeldBack[]> {
  const { db } = deps.database
  const nowMs = deps.clock.nowMs()
  const holds = (await holdsOf(db, scope, recording)).filter((row) => row.ended_at === null)
  const own = (await freezesOf(db, scope, recording)).filter((row) => row.id !== except && freezes(row, nowMs))
  const foreign = (await deps.freezesOf?.(scope, recording)) ?? []
  return [
    ...holds.map(({ reason }) => ({ kind: 'hold' as const, reference: reason })),
    ...own.map(({ kind, reference }) => ({ kind, reference })),
    ...foreign.map(({ reference }) => ({ kind: 'case' as const, reference })),
  ]
}

export async function freeze(
  deps: RetentionDeps,
  scope: Scope,
  recording: string,
  wish: { readonly kind: FreezeKind; readonly reference: string },
): Promise<FreezeRow> {
  const policy = demand(deps, scope, 'hold.place', recording)
  return deps.database.transaction(async (tx) => {
    const found = await deps.evidence.erase.lock(tx, scope, recording)
    if (found === null) {
      throw new Refusal('recording.not-found')
    }
    if (found.destroyedAt !== null) {
      throw new Refusal('retention.under-way')
    }
    const same = (await freezesOf(tx, scope, recording)).find(
      (row) => row.ended_at === null && row.kind === wish.kind && row.reference === wish.reference,
    )
    if (same !== undefined) {
      return same
    }
    const id = deps.ids.uuid()
    const entry = await deps.ledger.append(tx, {
      municipality: scope.municipality,
      kind: 'freeze.placed',
      coarse: 'custody',
      subjects: [`recording:${recording}`],
      actor: scope.actor,
      policy,
      fields: { freeze: id, proceeding: wish.kind, reference: wish.reference },
    })
    const row: FreezeRow = {
      municipality: scope.municipality,
      id,
      recording,
      ...wish,
      opened_at: deps.clock.nowMs(),
      opened_entry: entry.id,
      until_at: null,
      leaves_before: null,
      leaves_after: null,
      shortened_entry: null,
      ...notEnded,
    }
    await addFreeze(tx, row)
    return row
  })
}

const proceedings: Guard<FreezeRow> = {
  kinds: {
    asked: 'freeze.close-asked',
    approved: 'freeze.close-approved',
    refused: 'freeze.close-refused',
    ended: 'freeze.closed',
  },
  mayAsk: 'hold.place',
  find: (tx, scope, id) => freezeById(tx, scope, id, true),
  change: updateFreeze,
  approved: approvedClosings,
  about: ({ id, recording, kind, reference }) => ({
    subjects: [`recording:${recording}`],
    fields: { freeze: id, proceeding: kind, reference },
  }),
  async ending(deps, tx, scope, row, atMs) {
    await updateFreeze(tx, scope, row.id, { until_at: freezeUntil(pe2026, row.kind, atMs, timeZoneOf(deps)) })
    const sooner = row.kind === 'complaint' ? await soonerAfter(deps, tx, scope, row, atMs) : null
    return sooner === null ? {} : letGoSooner(deps, tx, scope, row, sooner)
  },
}

type Sooner = { readonly before: number; readonly after: number }

/**
 * What was kept for a complaint goes a year after the complaint closed, when that is sooner (decision 0030), and never
 * before what has no category. Only where a complaint is all it was ever kept for: its deadline is the profile's own for
 * that category, it never had another one, and nothing else holds it back. Locks the recording, so that a new category,
 * a hold or a case comes before this, and is seen, or after.
 */
async function soonerAfter(
  deps: RetentionDeps,
  tx: Db,
  scope: Scope,
  { id, recording }: FreezeRow,
  atMs: number,
): Promise<Sooner | null> {
  const found = await deps.evidence.erase.lock(tx, scope, recording)
  const kept = await findRetained(tx, scope, recording)
  if (found === null || found.destroyedAt !== null || kept === null || kept.leaves_at === null || kept.batch !== null) {
    return null
  }
  const { rules } = await rulebookOf(tx, scope, pe2026)
  const { keep, afterClosing } = rules[kept.category]
  const timeZone = timeZoneOf(deps)
  const isOwnTerm = kept.leaves_at === deadlineBy({ keep, afterClosing }, kept, timeZone)
  // A category given a moment ago has not reached the deadline's row yet.
  if (afterClosing === null || !isOwnTerm || found.category !== kept.category) {
    return null
  }
  if (
    (await hadAnother(deps, scope, recording, kept.category)) ||
    (await heldBack(deps, scope, recording, id)).length
  ) {
    return null
  }
  const subject = { capturedAt: countsFrom(kept.captured_at, kept.sealed_at), closedAt: atMs }
  const closing = leavesAt(pe2026, { keep, afterClosing }, subject, timeZone)
  const after = later(closing, deadlineBy(rules.none, kept, timeZone))
  return after !== null && after < kept.leaves_at ? { before: kept.leaves_at, after } : null
}

/** By its entries: a deadline does not tell whether another category's term was the same. One that cannot be read may. */
async function hadAnother(deps: RetentionDeps, scope: Scope, recording: string, category: string): Promise<boolean> {
  const entries = await deps.ledger.entriesOf(scope, `recording:${recording}`)
  return entries.some(({ kind, details: { opening, category: given = '', before = '' } }) =>
    kind === 'recording.categorised'
      ? [given, before].some((one) => one !== '' && one !== category)
      : opening === 'lost',
  )
}

/** The entry of the closing says from when to when; one of its own, without words about the complaint, is public. */
async function letGoSooner(
  deps: RetentionDeps,
  tx: Db,
  scope: Scope,
  { id, recording }: FreezeRow,
  { before, after }: Sooner,
): Promise<Readonly<Record<string, string>>> {
  const fields = { leavesBefore: String(before), leavesAfter: String(after) }
  const entry = await deps.ledger.append(tx, {
    municipality: scope.municipality,
    kind: 'freeze.shortened',
    coarse: 'weakening',
    subjects: [`recording:${recording}`],
    actor: scope.actor,
    fields: { freeze: id, ...fields },
  })
  await changeRetained(tx, scope, recording, { leaves_at: after })
  await updateFreeze(tx, scope, id, { leaves_before: before, leaves_after: after, shortened_entry: entry.id })
  return fields
}

export const {
  ask: askClose,
  approve: approveClose,
  refuse: refuseClose,
  endWitnessed: closeWitnessed,
} = lettingGo(proceedings)
