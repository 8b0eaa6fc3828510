/**
 * Reviews: of emergency openings (within 72 h, never by whoever opened) and of everybody's privileges (every six months).
 * 1. The entry. 2. The outcome, in the same transaction. A crash before the commit: the review still waits; after it: done.
 */
import type { BodyOf, oversightOperations } from '@sereno/contracts'
import { type Scope, systemActor } from '../../kernel/actor.ts'
import { Refusal } from '../../kernel/errors.ts'
import { type OversightDeps, privilegesEveryMs, privilegesWithinMs } from './door.ts'
import {
  confirmPrivileges,
  lockGlass,
  lockPrivilegeReview,
  openPrivilegeReview,
  privilegeReviews,
  reviewGlass,
} from './store.ts'

type Operations = typeof oversightOperations

export async function decideGlass(
  deps: OversightDeps,
  scope: Scope,
  id: string,
  { outcome, note }: BodyOf<Operations['POST /reviews/glass/:id']>,
): Promise<void> {
  const { policy } = deps.identity.require(scope.actor, 'review.decide', { type: 'Review', id, attributes: {} })
  await deps.database.transaction(async (tx) => {
    const row = await lockGlass(tx, scope, id)
    if (row === null) {
      throw new Refusal('review.not-found')
    }
    if (row.outcome !== null) {
      throw new Refusal('review.already-done')
    }
    if (row.account === scope.actor.id) {
      throw new Refusal('review.own')
    }
    const nowMs = deps.clock.nowMs()
    await deps.ledger.append(tx, {
      municipality: scope.municipality,
      kind: 'access.reviewed',
      coarse: 'access',
      subjects: [`recording:${row.recording}`, `person:${row.account}`],
      actor: scope.actor,
      policy,
      fields: { opening: row.entry, outcome, note, late: String(nowMs > row.due_at) },
    })
    await reviewGlass(tx, scope, id, {
      outcome,
      note,
      reviewed_by: scope.actor.id,
      reviewed_by_name: scope.actor.name,
      reviewed_at: nowMs,
    })
  })
}

export async function decidePrivileges(deps: OversightDeps, scope: Scope, id: string, note: string): Promise<void> {
  const { policy } = deps.identity.require(scope.actor, 'review.decide', { type: 'Review', id, attributes: {} })
  const report = (await deps.identity.accountsOf(scope)).filter(({ guest }) => !guest)
  await deps.database.transaction(async (tx) => {
    const row = await lockPrivilegeReview(tx, scope, id)
    if (row === null) {
      throw new Refusal('review.not-found')
    }
    if (row.confirmed_at !== null) {
      throw new Refusal('review.already-done')
    }
    const nowMs = deps.clock.nowMs()
    await deps.ledger.append(tx, {
      municipality: scope.municipality,
      kind: 'privileges.reviewed',
      coarse: 'policy',
      subjects: [`municipality:${scope.municipality}`],
      actor: scope.actor,
      policy,
      fields: {
        review: id,
        note,
        accounts: String(report.length),
        active: String(report.filter(({ active }) => active).length),
        late: String(nowMs > row.due_at),
      },
    })
    await confirmPrivileges(tx, scope, id, {
      report,
      note,
      by: scope.actor.id,
      byName: scope.actor.name,
      atMs: nowMs,
    })
  })
}

/** Opens the next review when six months have passed since the last one, and the first one at once. */
export async function openDue(deps: OversightDeps): Promise<void> {
  const home = deps.identity.municipality()
  if (home === null) {
    return
  }
  const scope: Scope = { municipality: home.id, actor: systemActor(home.id) }
  const [last] = await privilegeReviews(deps.database.db, scope)
  const nowMs = deps.clock.nowMs()
  if (last !== undefined && (last.confirmed_at === null || nowMs - last.confirmed_at < privilegesEveryMs)) {
    return
  }
  await deps.database.transaction(async (tx) => {
    const id = deps.ids.uuid()
    const row = { id, municipality: home.id, opened_at: nowMs, due_at: nowMs + privilegesWithinMs }
    if (await openPrivilegeReview(tx, row)) {
      await deps.ledger.append(tx, {
        municipality: home.id,
        kind: 'privileges.due',
        coarse: 'policy',
        subjects: [`municipality:${home.id}`],
        actor: scope.actor,
        fields: { review: id, due: String(row.due_at) },
      })
    }
  })
}
