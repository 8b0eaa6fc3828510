/**
 * Lets a police guest see one unit live (DS 007-2020-IN art. 17.1.a). 1 decide 2 one transaction: entry and row. The
 * guest's own look, with its own entry before the first frame and shown to the officer, is `watchLive` in guest.ts.
 */
import type { BodyOf, shareOperations } from '@sereno/contracts'
import { type Scope, systemActor } from '../../kernel/actor.ts'
import { Refusal } from '../../kernel/errors.ts'
import { shareState } from './cases.ts'
import type { CasesDeps } from './door.ts'
import { demand, enterChange } from './record.ts'
import { endLive, idsOf, timesOf } from './share.ts'
import { findCase, lockOpenCase, needCase } from './store.ts'
import { insertLiveShare, lockLiveShares, lockShare } from './store-copies.ts'
import type { LiveShareRow } from './tables.ts'

type NewLive = BodyOf<(typeof shareOperations)['POST /cases/:id/live']>

export async function shareLive(
  deps: CasesDeps,
  scope: Scope,
  id: string,
  wish: NewLive,
): Promise<{ readonly live: LiveShareRow; readonly guest: string }> {
  const { db } = deps.database
  const policy = demand(deps, scope, 'case.share', await needCase(db, scope, id))
  const nowMs = deps.clock.nowMs()
  const [device, issue] = await Promise.all([
    deps.fleet.device(scope, wish.device),
    deps.fleet.issueAt(db, wish.device, nowMs),
  ])
  if (device === null) {
    throw new Refusal('device.not-found')
  }
  if (issue === null) {
    throw new Refusal('device.not-issued')
  }
  return deps.database.transaction(async (tx) => {
    const row = await lockOpenCase(tx, scope, id)
    const share = await lockShare(tx, scope, wish.share, await idsOf(tx, scope, row))
    if (shareState(timesOf(share), nowMs) !== 'open') {
      throw new Refusal('case.share-ended')
    }
    if (share.role !== 'police') {
      throw new Refusal('access.denied')
    }
    const live = deps.ids.uuid()
    const untilAt = Math.min(nowMs + wish.minutes * 60_000, share.expires_at)
    const entry = await enterChange(deps, tx, scope, row, {
      kind: 'live.shared',
      coarse: 'live',
      policy,
      subjects: [`device:${wish.device}`, `person:${share.account}`, `person:${issue.officer.id}`],
      fields: {
        live,
        share: share.id,
        device: device.code,
        officer: issue.officer.code,
        reason: wish.reason.trim(),
        until: String(untilAt),
      },
    })
    const made: LiveShareRow = {
      municipality: scope.municipality,
      id: live,
      case_id: row.id,
      share: share.id,
      device: wish.device,
      device_code: device.code,
      officer_name: issue.officer.name,
      reason: wish.reason.trim(),
      opened_at: nowMs,
      opened_by: scope.actor.name,
      until_at: untilAt,
      ended_at: null,
      end_reason: null,
      entry,
    }
    await insertLiveShare(tx, made)
    return { live: made, guest: share.name }
  })
}

export async function revokeLive(
  deps: CasesDeps,
  scope: Scope,
  id: string,
  wish: { readonly live: string; readonly reason: string },
): Promise<void> {
  const policy = demand(deps, scope, 'case.share', await needCase(deps.database.db, scope, id))
  await deps.database.transaction(async (tx) => {
    const row = await needCase(tx, scope, id)
    const family = await idsOf(tx, scope, row)
    const [live] = await lockLiveShares(tx, { live: wish.live })
    if (live === undefined || !family.includes(live.case_id)) {
      throw new Refusal('case.not-found')
    }
    const { account } = await lockShare(tx, scope, live.share, family)
    await endLive(deps, tx, scope, row, { live, account, reason: 'revoked', policy, note: wish.reason.trim() })
  })
}

/** Live shares whose time is over. Their watches ended by themselves at that instant. */
export async function expireLive(deps: CasesDeps): Promise<void> {
  await deps.database.transaction(async (tx) => {
    for (const live of await lockLiveShares(tx, { dueAt: deps.clock.nowMs() })) {
      const scope: Scope = { municipality: live.municipality, actor: systemActor(live.municipality) }
      const row = await findCase(tx, scope, live.case_id)
      const share = await lockShare(tx, scope, live.share, [live.case_id])
      if (row !== null) {
        const end = { live, account: share.account, reason: 'expired' as const, note: 'Venció su plazo.' }
        await endLive(deps, tx, scope, row, { ...end, policy: 'invitado-hasta-su-plazo' })
      }
    }
  })
}
