/**
 * Holds: a person holds a recording back from destruction. In this order, each line one transaction with its entry:
 *
 *  1. place     the recording's row is locked, so that a destruction decides before or after, never meanwhile
 *  2. notify    number, date and receipt of the notice to the police
 *  3. end       as letting-go.ts says: two people and a witnessed entry
 */
import type { Scope } from '../../kernel/actor.ts'
import type { Db } from '../../kernel/database.ts'
import { Refusal } from '../../kernel/errors.ts'
import type { Retainable } from '../evidence/index.ts'
import { endOfTerm } from './calendar.ts'
import type { RetentionDeps } from './door.ts'
import { demand, timeZoneOf } from './four-eyes.ts'
import { type Guard, lettingGo, notEnded, step } from './letting-go.ts'
import { legalNumber } from './profile.ts'
import { pe2026 } from './profile-pe-2026.ts'
import { rulebookOf } from './rulebook.ts'
import { countsFrom, leavesAt } from './rules.ts'
import { addHold, approvedReleases, holdById, isHeld, updateHold } from './store-holds.ts'
import { changeRetained, findRetained } from './store-retained.ts'
import type { HoldRow } from './tables.ts'

type Wish = { readonly reason: string; readonly basis: string; readonly policy: string }
export type Notice = {
  readonly number: string
  readonly date: string
  readonly channel: string
  readonly fileName: string
  readonly fileSha256: string
}

/** Step 1 within the caller's transaction, for a recording that the caller has locked. */
export async function placeHold(
  deps: RetentionDeps,
  tx: Db,
  scope: Scope,
  recording: Pick<Retainable, 'id' | 'code'>,
  wish: Wish,
): Promise<string> {
  const id = deps.ids.uuid()
  const entry = await deps.ledger.append(tx, {
    municipality: scope.municipality,
    kind: 'hold.placed',
    coarse: 'custody',
    subjects: [`recording:${recording.id}`, `hold:${id}`],
    actor: scope.actor,
    policy: wish.policy,
    fields: { hold: id, reason: wish.reason, basis: wish.basis },
  })
  await addHold(tx, {
    municipality: scope.municipality,
    id,
    recording: recording.id,
    code: recording.code,
    reason: wish.reason,
    basis: wish.basis,
    placed_by: scope.actor.id,
    placed_name: scope.actor.name,
    placed_at: deps.clock.nowMs(),
    placed_entry: entry.id,
    ...notNotified,
    ...notEnded,
  })
  await deps.evidence.erase.markHeld(tx, scope, recording.id, true)
  return id
}

const notNotified = {
  notice: null,
  notice_by: null,
  notice_name: null,
  notice_at: null,
  notice_entry: null,
} as const

export async function place(
  deps: RetentionDeps,
  scope: Scope,
  recording: string,
  wish: Omit<Wish, 'policy'>,
): Promise<string> {
  const policy = demand(deps, scope, 'hold.place', recording)
  if (!pe2026.bases.some(({ id }) => id === wish.basis)) {
    throw new Refusal('request.invalid', { where: 'body/basis' })
  }
  return deps.database.transaction(async (tx) => {
    const found = await deps.evidence.erase.lock(tx, scope, recording)
    if (found === null) {
      throw new Refusal('recording.not-found')
    }
    if (found.destroyedAt !== null) {
      throw new Refusal('retention.under-way')
    }
    return placeHold(deps, tx, scope, found, { ...wish, policy })
  })
}

const holds: Guard<HoldRow> = {
  kinds: {
    asked: 'hold.release-asked',
    approved: 'hold.release-approved',
    refused: 'hold.release-refused',
    ended: 'hold.released',
  },
  mayAsk: 'retention.propose',
  find: (tx, scope, id) => holdById(tx, scope, id, true),
  change: updateHold,
  approved: approvedReleases,
  about: (row) => ({ subjects: [`recording:${row.recording}`, `hold:${row.id}`], fields: { hold: row.id } }),
  async ending(deps, tx, scope, { id, recording }, atMs) {
    // As placing does: another hold that is being placed, or ended, is seen whole or comes afterwards.
    await deps.evidence.erase.lock(tx, scope, recording)
    if (!(await isHeld(tx, scope, recording, id))) {
      await deps.evidence.erase.markHeld(tx, scope, recording, false)
      await giveDeadline(deps, tx, scope, recording, atMs)
    }
    return {}
  },
}

export const {
  ask: askRelease,
  approve: approveRelease,
  refuse: refuseRelease,
  endWitnessed: releaseWitnessed,
} = lettingGo(holds)

export async function notify(deps: RetentionDeps, scope: Scope, id: string, notice: Notice): Promise<void> {
  await step(deps, holds, scope, id, {
    kind: 'hold.notified',
    from: ['in-force', 'asked', 'approved'],
    judge: () => demand(deps, scope, 'hold.place', id),
    fields: { ...notice },
    change: (entry) => ({
      notice: JSON.stringify(notice),
      notice_by: scope.actor.id,
      notice_name: scope.actor.name,
      notice_at: deps.clock.nowMs(),
      notice_entry: entry,
    }),
  })
}

/** Two people let it go: it leaves as if it held no evidence, and never sooner than a number of days from now. */
async function giveDeadline(deps: RetentionDeps, tx: Db, scope: Scope, recording: string, atMs: number): Promise<void> {
  const kept = await findRetained(tx, scope, recording)
  if (kept === null || kept.leaves_at !== null) {
    return
  }
  const { rules } = await rulebookOf(tx, scope, pe2026)
  const timeZone = timeZoneOf(deps)
  const capturedAt = countsFrom(kept.captured_at, kept.sealed_at)
  const plain = leavesAt(pe2026, rules.none, { capturedAt, closedAt: null }, timeZone)
  const notice = endOfTerm(atMs, { unit: 'day', count: legalNumber(pe2026, 'after-release') }, timeZone)
  await changeRetained(tx, scope, recording, { leaves_at: Math.max(plain ?? 0, notice) })
}
