/**
 * Holds: a recording is held back from destruction. Placing one works at once and needs one person; letting go needs two,
 * and the second's entry to be witnessed. In this order, each line one transaction with its entry:
 *
 *  1. place       the recording's row is locked, so that a destruction decides before or after, never meanwhile
 *  2. notify      number, date and receipt of the notice to the police
 *  3. ask         the first person
 *  4. approve     the second; or refuse, and the hold stays
 *  5. release     by the timer, once 4 is witnessed            crash before: still held, the timer comes again
 */
import { type Scope, systemActor } from '../../kernel/actor.ts'
import type { Db } from '../../kernel/database.ts'
import { Refusal } from '../../kernel/errors.ts'
import type { Retainable } from '../evidence/index.ts'
import { endOfTerm } from './calendar.ts'
import type { RetentionDeps } from './door.ts'
import { demand, timeZoneOf } from './four-eyes.ts'
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

/** Step 1 within the caller's transaction, for a recording that the caller has read or locked. */
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
    state: 'held',
    placed_by: scope.actor.id,
    placed_name: scope.actor.name,
    placed_at: deps.clock.nowMs(),
    placed_entry: entry.id,
    ...nothingYet,
  })
  await deps.evidence.erase.markHeld(tx, scope, recording.id, true)
  return id
}

const nothingYet = {
  notice: null,
  notice_by: null,
  notice_name: null,
  notice_at: null,
  notice_entry: null,
  release_reason: null,
  asked_by: null,
  asked_name: null,
  asked_at: null,
  asked_entry: null,
  approved_by: null,
  approved_name: null,
  approved_at: null,
  approved_entry: null,
  released_at: null,
  released_entry: null,
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

/** One step of a hold: locked, judged, entered, changed. */
async function step(
  deps: RetentionDeps,
  scope: Scope,
  id: string,
  kind: string,
  judge: (row: HoldRow) => { readonly policy: string; readonly fields: Readonly<Record<string, string>> },
  change: (entry: string, row: HoldRow) => Partial<HoldRow>,
): Promise<void> {
  await deps.database.transaction(async (tx) => {
    const row = await holdById(tx, scope, id, true)
    if (row === null) {
      throw new Refusal('retention.not-found')
    }
    const { policy, fields } = judge(row)
    const entry = await deps.ledger.append(tx, {
      municipality: scope.municipality,
      kind,
      coarse: 'custody',
      subjects: [`recording:${row.recording}`, `hold:${id}`],
      actor: scope.actor,
      policy,
      fields: { hold: id, ...fields },
    })
    await updateHold(tx, scope, id, change(entry.id, row))
  })
}

const needState = (row: HoldRow, state: HoldRow['state']): void => {
  if (row.state !== state) {
    throw new Refusal('retention.already-decided')
  }
}

export async function notify(deps: RetentionDeps, scope: Scope, id: string, notice: Notice): Promise<void> {
  await step(
    deps,
    scope,
    id,
    'hold.notified',
    (row) => {
      if (row.state === 'released') {
        throw new Refusal('retention.already-decided')
      }
      return { policy: demand(deps, scope, 'hold.place', id), fields: { ...notice } }
    },
    (entry) => ({
      notice: JSON.stringify(notice),
      notice_by: scope.actor.id,
      notice_name: scope.actor.name,
      notice_at: deps.clock.nowMs(),
      notice_entry: entry,
    }),
  )
}

export async function askRelease(deps: RetentionDeps, scope: Scope, id: string, reason: string): Promise<void> {
  await step(
    deps,
    scope,
    id,
    'hold.release-asked',
    (row) => {
      needState(row, 'held')
      return { policy: demand(deps, scope, 'retention.propose', id), fields: { reason } }
    },
    (entry) => ({
      state: 'release-asked',
      release_reason: reason,
      asked_by: scope.actor.id,
      asked_name: scope.actor.name,
      asked_at: deps.clock.nowMs(),
      asked_entry: entry,
    }),
  )
}

export async function approveRelease(deps: RetentionDeps, scope: Scope, id: string): Promise<void> {
  await step(
    deps,
    scope,
    id,
    'hold.release-approved',
    (row) => {
      needState(row, 'release-asked')
      return { policy: demand(deps, scope, 'retention.approve', id, { proposer: row.asked_by }), fields: {} }
    },
    (entry) => ({
      state: 'release-approved',
      approved_by: scope.actor.id,
      approved_name: scope.actor.name,
      approved_at: deps.clock.nowMs(),
      approved_entry: entry,
    }),
  )
}

export async function refuseRelease(deps: RetentionDeps, scope: Scope, id: string, reason: string): Promise<void> {
  await step(
    deps,
    scope,
    id,
    'hold.release-refused',
    (row) => {
      if (row.state !== 'release-asked' && row.state !== 'release-approved') {
        throw new Refusal('retention.already-decided')
      }
      return { policy: demand(deps, scope, 'retention.propose', id), fields: { reason } }
    },
    () => ({
      state: 'held',
      release_reason: null,
      asked_by: null,
      asked_name: null,
      asked_at: null,
      asked_entry: null,
      approved_by: null,
      approved_name: null,
      approved_at: null,
      approved_entry: null,
    }),
  )
}

/** Step 5 for every hold whose second entry is witnessed. */
export async function releaseWitnessed(deps: RetentionDeps, municipality: string): Promise<void> {
  const scope = { municipality, actor: systemActor(municipality) }
  for (const { id, approved_entry: approval } of await approvedReleases(deps.database.db, scope)) {
    if (approval !== null && (await deps.ledger.witnessed(approval))) {
      await deps.database.transaction((tx) => release(deps, tx, scope, id))
    }
  }
}

async function release(deps: RetentionDeps, tx: Db, scope: Scope, id: string): Promise<void> {
  const row = await holdById(tx, scope, id, true)
  if (row?.state !== 'release-approved') {
    return
  }
  const entry = await deps.ledger.append(tx, {
    municipality: scope.municipality,
    kind: 'hold.released',
    coarse: 'custody',
    subjects: [`recording:${row.recording}`, `hold:${id}`],
    actor: scope.actor,
    fields: { hold: id, reason: row.release_reason ?? '', by: `${row.asked_name ?? ''}, ${row.approved_name ?? ''}` },
  })
  const atMs = deps.clock.nowMs()
  await updateHold(tx, scope, id, { state: 'released', released_at: atMs, released_entry: entry.id })
  if (await isHeld(tx, scope, row.recording)) {
    return
  }
  await deps.evidence.erase.markHeld(tx, scope, row.recording, false)
  const kept = await findRetained(tx, scope, row.recording)
  if (kept !== null && kept.leaves_at === null) {
    // Two people let it go: it leaves as if it held no evidence, and never sooner than this many days from now.
    const { rules } = await rulebookOf(tx, scope, pe2026)
    const timeZone = timeZoneOf(deps)
    const plain = leavesAt(
      pe2026,
      rules.none,
      { capturedAt: countsFrom(kept.captured_at, kept.sealed_at), closedAt: null },
      timeZone,
    )
    const notice = endOfTerm(atMs, { unit: 'day', count: legalNumber(pe2026, 'after-release') }, timeZone)
    await changeRetained(tx, scope, row.recording, { leaves_at: Math.max(plain ?? 0, notice) })
  }
}
