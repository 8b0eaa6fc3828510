/**
 * Shares: outside accounts bound to one case until an instant. Making one, in one transaction: 1 the account, bound
 * 2 the entry 3 the row 4 its address and code. A crash before the commit leaves nobody who could enter. Who may not
 * export gets no entrance to a share of their own (they could enter as the guest), and shares no copies. Ending one:
 * 1 what it watches live ends 2 account closed, sessions ended, row ended, entry, in one transaction. From its commit
 * on every request of the guest is refused; what was being sent is cut with the session.
 */
import type { BodyOf, shareOperations } from '@sereno/contracts'
import { type Actor, type Scope, systemActor } from '../../kernel/actor.ts'
import { afterCommit, type Db } from '../../kernel/database.ts'
import { Refusal } from '../../kernel/errors.ts'
import { shareLongestMs, shareState } from './cases.ts'
import type { CasesDeps } from './door.ts'
import { demand, enter, enterChange } from './record.ts'
import { familyOf, findCase, lockOpenCase, needCase } from './store.ts'
import {
  changeShare,
  endLiveShare,
  insertShare,
  lockLiveShares,
  lockShare,
  openShares,
  saveGivers,
  sharesDue,
} from './store-copies.ts'
import type { CaseRow, LiveShareRow, ShareRow } from './tables.ts'

export type Entrance = { readonly url: string; readonly code: string; readonly expiresAt: number }
type NewShare = BodyOf<(typeof shareOperations)['POST /cases/:id/shares']>

export async function shareCase(
  deps: CasesDeps,
  scope: Scope,
  id: string,
  wish: NewShare,
): Promise<{ readonly share: ShareRow; readonly entrance: Entrance | null }> {
  const policy = demand(deps, scope, 'case.share', await needCase(deps.database.db, scope, id))
  const mayExport = deps.identity.permits(scope.actor, 'recording.export')
  if (wish.download && !mayExport) {
    throw new Refusal('access.denied')
  }
  const nowMs = deps.clock.nowMs()
  if (wish.expiresAt <= nowMs || wish.expiresAt > nowMs + shareLongestMs) {
    throw new Refusal('request.invalid', { where: 'body/expiresAt', message: 'within a year from now' })
  }
  return deps.database.transaction(async (tx) => {
    const row = await lockOpenCase(tx, scope, id)
    const share = deps.ids.uuid()
    const name = wish.name.trim()
    const account = await deps.identity.createAccount(tx, scope, {
      name,
      // Nobody signs in by it: it only has to be unlike any other.
      signIn: `invitado-${share}`,
      roles: [wish.role],
      bound: { case: row.id, untilMs: wish.expiresAt },
    })
    const entry = await enterChange(deps, tx, scope, row, {
      kind: 'case.shared',
      policy,
      subjects: [`person:${account.id}`],
      fields: {
        share,
        guestRole: wish.role,
        office: wish.office.trim(),
        basis: wish.basis.trim(),
        download: String(wish.download),
        until: String(wish.expiresAt),
      },
    })
    const made: ShareRow = {
      municipality: scope.municipality,
      id: share,
      case_id: row.id,
      account: account.id,
      role: wish.role,
      name,
      office: wish.office.trim(),
      basis: wish.basis.trim(),
      download: wish.download,
      created_at: nowMs,
      created_by: scope.actor.name,
      expires_at: wish.expiresAt,
      ended_at: null,
      ended_because: null,
      revoked: false,
      last_seen_at: null,
      last_session: null,
      looks: 0,
      entry,
      given_by: [giverOf(scope.actor)],
    }
    await insertShare(tx, made)
    return { share: made, entrance: mayExport ? await deps.identity.guestLink(tx, scope, account.id) : null }
  })
}

/** Enough to ask the policies again in this name, and nothing that opens a session. */
function giverOf(actor: Actor): Actor {
  return { ...actor, session: null }
}

/** Address and code open the guest's account to whoever holds both: not to who shared it and may not export. */
function needOther(deps: CasesDeps, actor: Actor, share: ShareRow): void {
  const isMaker = share.given_by[0] === undefined || share.given_by[0].id === actor.id
  if ((share.download || isMaker) && !deps.identity.permits(actor, 'recording.export')) {
    throw new Refusal('case.second-person')
  }
}

/** An address and code: the first, where another person hands it out; or one got lost, or the guest comes back. */
export async function newEntrance(deps: CasesDeps, scope: Scope, id: string, share: string): Promise<Entrance> {
  const policy = demand(deps, scope, 'case.share', await needCase(deps.database.db, scope, id))
  return deps.database.transaction(async (tx) => {
    const row = await lockOpenCase(tx, scope, id)
    const found = await lockShare(tx, scope, share, await idsOf(tx, scope, row))
    if (shareState(timesOf(found), deps.clock.nowMs()) !== 'open') {
      throw new Refusal('case.share-ended')
    }
    needOther(deps, scope.actor, found)
    if (!found.given_by.some(({ id: giver }) => giver === scope.actor.id)) {
      await saveGivers(tx, found.id, [...found.given_by, giverOf(scope.actor)])
    }
    await enter(deps, tx, scope, row, {
      kind: 'case.entrance-made',
      policy,
      subjects: [`person:${found.account}`],
      fields: { share },
    })
    return deps.identity.guestLink(tx, scope, found.account)
  })
}

export async function revokeShare(
  deps: CasesDeps,
  scope: Scope,
  id: string,
  wish: { readonly share: string; readonly reason: string },
): Promise<void> {
  const policy = demand(deps, scope, 'case.share', await needCase(deps.database.db, scope, id))
  await deps.database.transaction(async (tx) => {
    const row = await needCase(tx, scope, id)
    const found = await lockShare(tx, scope, wish.share, await idsOf(tx, scope, row))
    if (found.ended_at === null) {
      await endShare(deps, tx, scope, row, found, { because: wish.reason.trim(), policy, revoked: true })
    }
  })
}

/** All of a case's own shares end with it. */
export async function endSharesIn(
  deps: CasesDeps,
  tx: Db,
  scope: Scope,
  row: CaseRow,
  why: { readonly because: string; readonly policy: string },
): Promise<void> {
  for (const share of await openShares(tx, [row.id])) {
    await endShare(deps, tx, scope, row, share, { ...why, revoked: true })
  }
}

type End = { readonly because: string; readonly policy: string; readonly revoked: boolean }

async function endShare(
  deps: CasesDeps,
  tx: Db,
  scope: Scope,
  row: Pick<CaseRow, 'id' | 'code' | 'root'>,
  share: ShareRow,
  { because, policy, revoked }: End,
): Promise<void> {
  for (const live of await lockLiveShares(tx, { share: share.id })) {
    await endLive(deps, tx, scope, row, { live, account: share.account, reason: 'share-ended', policy, note: because })
  }
  await deps.identity.closeAccount(tx, scope, share.account, { reason: because, policy })
  await changeShare(tx, share.id, { ended_at: deps.clock.nowMs(), ended_because: because, revoked })
  await enterChange(deps, tx, scope, row, {
    kind: revoked ? 'case.share-revoked' : 'case.share-expired',
    policy,
    subjects: [`person:${share.account}`],
    fields: { share: share.id, reason: because },
  })
}

/** Ends a live share in the caller's transaction; what is being watched under it ends as soon as that is committed. */
export async function endLive(
  deps: CasesDeps,
  tx: Db,
  scope: Scope,
  row: Pick<CaseRow, 'id' | 'code'>,
  end: {
    readonly live: LiveShareRow
    readonly account: string
    readonly reason: NonNullable<LiveShareRow['end_reason']>
    readonly policy: string
    readonly note: string
  },
): Promise<void> {
  const { live, account, reason, policy, note } = end
  await endLiveShare(tx, live.id, { at: deps.clock.nowMs(), reason })
  await enter(deps, tx, scope, row, {
    kind: 'live.unshared',
    coarse: 'live',
    policy,
    subjects: [`device:${live.device}`, `person:${account}`],
    fields: { live: live.id, reason, note },
  })
  afterCommit(tx, () => {
    deps.live.guests.end(scope, account, { policy, note }).catch((error: unknown) => {
      deps.log.error({ err: error, live: live.id }, 'cases: a live view that was ended waits to be written')
    })
  })
}

const byTime = 'invitado-hasta-su-plazo'
const timeIsOver = 'Venció su plazo.'

/** Ends what has run out of time. The guest was refused from that instant on; this closes and records it. */
export async function expireShares(deps: CasesDeps): Promise<void> {
  const nowMs = deps.clock.nowMs()
  for (const due of await sharesDue(deps.database.db, nowMs)) {
    const scope: Scope = { municipality: due.municipality, actor: systemActor(due.municipality) }
    await deps.database.transaction(async (tx) => {
      const row = await findCase(tx, scope, due.case_id)
      const share = await lockShare(tx, scope, due.id, [due.case_id])
      if (row !== null && share.ended_at === null) {
        await endShare(deps, tx, scope, row, share, { because: timeIsOver, policy: byTime, revoked: false })
      }
    })
  }
}

export async function idsOf(db: Db, scope: Scope, row: Pick<CaseRow, 'root'>): Promise<readonly string[]> {
  return (await familyOf(db, scope, row.root)).map(({ id }) => id)
}

export function timesOf(row: ShareRow): Parameters<typeof shareState>[0] {
  return { expiresAt: row.expires_at, endedAt: row.ended_at, revoked: row.revoked }
}
