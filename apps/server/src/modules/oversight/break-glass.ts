/**
 * Breaking the glass: a recording opened by a role that no policy opens it to. In order:
 *
 *  1. a second factor was proven in this session within five minutes            crash: nobody saw anything
 *  2. the policy decides who may break the glass at all; a refusal is an entry
 *  3. one transaction: the headline with its reason, and the review that it demands     crash after: a review of a look
 *                                                                                       that nobody had; it says so
 *  4. the look, as everybody's, under the policy that allowed it                crash: as after 3
 */
import type { BodyOf, oversightOperations, ReplyOf } from '@sereno/contracts'
import type { Scope } from '../../kernel/actor.ts'
import { Refusal } from '../../kernel/errors.ts'
import { type OversightDeps, reviewWithinMs } from './door.ts'
import { insertGlass } from './store.ts'

type BreakGlass = (typeof oversightOperations)['POST /recordings/:id/break-glass']

/** Spaces are no reason: counted without those around it. */
const shortestReason = 20

export async function breakGlass(
  deps: OversightDeps,
  scope: Scope,
  id: string,
  wish: BodyOf<BreakGlass>,
): Promise<ReplyOf<BreakGlass>> {
  const { actor, municipality } = scope
  const reason = wish.reason.trim()
  if (reason.length < shortestReason) {
    throw new Refusal('request.invalid', { where: 'body/reason' })
  }
  await deps.identity.requireFresh(actor)
  const recording = await deps.evidence.recording(scope, id)
  if (recording === null) {
    throw new Refusal('recording.not-found')
  }
  const officer = recording.officer?.id
  const decision = deps.identity.decide(actor, 'recording.break-glass', {
    type: 'Recording',
    id,
    attributes: { ...(officer === undefined ? {} : { officer }), quarantined: recording.quarantined },
  })
  const nowMs = deps.clock.nowMs()
  const subjects = [`recording:${id}`, `person:${actor.id}`, ...(officer === undefined ? [] : [`officer:${officer}`])]
  await deps.database.transaction(async (tx) => {
    const entry = await deps.ledger.append(tx, {
      municipality,
      kind: 'recording.glass-broken',
      coarse: 'access',
      subjects,
      actor,
      purpose: wish.purpose,
      policy: decision.policy,
      allowed: decision.allowed,
      fields: { reason, reviewBy: String(nowMs + reviewWithinMs) },
    })
    if (decision.allowed) {
      await insertGlass(tx, {
        id: deps.ids.uuid(),
        municipality,
        recording: id,
        account: actor.id,
        account_name: actor.name,
        role: actor.roles.join(' '),
        purpose: wish.purpose,
        reason,
        entry: entry.id,
        opened_at: nowMs,
        due_at: nowMs + reviewWithinMs,
        outcome: null,
        note: null,
        reviewed_by: null,
        reviewed_by_name: null,
        reviewed_at: null,
      })
    }
  })
  if (!decision.allowed) {
    throw new Refusal(decision.code)
  }
  return deps.evidence.offer.looks.open(scope, id, { purpose: wish.purpose }, { policy: decision.policy })
}
