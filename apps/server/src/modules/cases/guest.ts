/**
 * What an outside account may do: look at the recordings of its one case, and copy them where its share says so. Who is
 * asked is always the policy (`cases.cedar`); here it is told which case the thing is in. What is refused is an entry
 * before the refusal; what is allowed is an entry before the first byte (I-3).
 */
import type { Permission } from '@sereno/contracts'
import type { Scope } from '../../kernel/actor.ts'
import { Refusal } from '../../kernel/errors.ts'
import type { Live } from '../live/index.ts'
import { shareState } from './cases.ts'
import type { CasesDeps } from './door.ts'
import { begin, needDerivative, type Opened, through } from './open-derivative.ts'
import { enter } from './record.ts'
import { idsOf, timesOf } from './share.ts'
import { hasRecording, needCase } from './store.ts'
import { changeShare, countLook, findLiveShare, shareOfAccount } from './store-copies.ts'
import type { CaseRow, LiveShareRow, ShareRow } from './tables.ts'

export type Guest = { readonly share: ShareRow; readonly row: CaseRow }
type Thing = Readonly<Record<string, string | number | boolean>>
type Watch = Awaited<ReturnType<Live['guests']['open']>>

/** Everything a guest asks of a recording is asked for the same purpose: an authority's request. */
const purpose = 'request' as const

/** The guest's share and case. Throws `case.share-ended`, `access.denied`. */
export async function guestOf(deps: CasesDeps, scope: Scope): Promise<Guest> {
  const share = await shareOfAccount(deps.database.db, scope)
  if (share === null) {
    throw new Refusal('access.denied')
  }
  const row = await needCase(deps.database.db, scope, share.case_id)
  const guest = { share, row }
  await decide(deps, scope, guest, 'shared.read', {})
  return guest
}

/** Asks the policy about a thing of the guest's case, or (`outside`) of none; a refusal is an entry. */
async function decide(
  deps: CasesDeps,
  scope: Scope,
  guest: Guest,
  action: Permission,
  thing: Thing,
  outside = false,
): Promise<{ readonly policy: string }> {
  const { share, row } = guest
  const attributes = {
    ...thing,
    case: outside ? '' : row.id,
    download: share.download,
    revoked: row.state !== 'open' || shareState(timesOf(share), deps.clock.nowMs()) !== 'open',
  }
  const decision = deps.identity.decide(scope.actor, action, { type: 'Shared', id: row.id, attributes })
  if (!decision.allowed) {
    await enterRefusal(deps, scope, row, action, decision.policy)
    throw new Refusal(decision.code)
  }
  return decision
}

async function enterRefusal(
  deps: CasesDeps,
  scope: Scope,
  row: CaseRow,
  action: Permission,
  policy: string,
): Promise<void> {
  await deps.database.transaction((tx) =>
    enter(deps, tx, scope, row, {
      kind: 'case.guest-refused',
      coarse: 'access',
      policy,
      purpose,
      allowed: false,
      subjects: [`person:${scope.actor.id}`],
      fields: { action },
    }),
  )
}

/** The guest, if the recording is in its case and the policy lets it do `action` there. */
export async function guestAt(
  deps: CasesDeps,
  scope: Scope,
  action: 'shared.read' | 'shared.view' | 'shared.download',
  recording: string,
): Promise<Guest & { readonly policy: string }> {
  const guest = await guestOf(deps, scope)
  const isInside = await hasRecording(deps.database.db, guest.row.root, recording)
  const attributes = isInside ? await deps.evidence.offer.attributes(scope, recording) : {}
  const { policy } = await decide(deps, scope, guest, action, attributes, !isInside)
  const kept = refusedTo(deps, guest, action, { id: recording, attributes })
  if (kept !== null) {
    await enterRefusal(deps, scope, guest.row, action, kept)
    throw new Refusal('access.denied')
  }
  return { ...guest, policy }
}

/**
 * The policy by which one of those who gave the share may not do this themselves, or null: nobody enters as a guest to
 * see what is kept from them.
 */
export function refusedTo(
  deps: CasesDeps,
  { share, row }: Guest,
  action: Permission,
  recording: { readonly id: string; readonly attributes: Thing },
): string | null {
  const needed = action === 'shared.download' ? 'recording.export' : 'recording.view'
  for (const giver of share.given_by) {
    const asked = { purpose: 'case', reference: row.code, caseOpen: true } as const
    const decision = deps.identity.decide(giver, needed, { type: 'Recording', ...recording }, asked)
    if (!decision.allowed) {
      return decision.policy
    }
  }
  return null
}

/** The first reading of the case in each session is an entry; reloading the page is not another look. */
export async function enterCase(deps: CasesDeps, scope: Scope): Promise<Guest> {
  const guest = await guestOf(deps, scope)
  const { share, row } = guest
  const session = scope.actor.session ?? ''
  await deps.database.transaction(async (tx) => {
    if (share.last_session !== session) {
      await enter(deps, tx, scope, row, {
        kind: 'case.read',
        coarse: 'access',
        purpose,
        policy: 'caso-compartido-se-ve',
        subjects: [`person:${scope.actor.id}`],
        fields: { share: share.id },
      })
    }
    await changeShare(tx, share.id, { last_seen_at: deps.clock.nowMs(), last_session: session })
  })
  return guest
}

export async function lookAsGuest(deps: CasesDeps, scope: Scope, recording: string) {
  const { row, policy } = await guestAt(deps, scope, 'shared.view', recording)
  const look = await deps.evidence.offer.looks.open(scope, recording, { purpose, reference: row.code }, { policy })
  await countLook(deps.database.db, scope.actor.id)
  return { ...look, playlist: `/api/guest/looks/${look.look}/index.m3u8` }
}

/** The look again, decided again for what it opens now: a share that ended a second ago serves nothing. */
export async function lookStill(
  deps: CasesDeps,
  scope: Scope,
  look: string,
): Promise<{ readonly row: CaseRow; readonly policy: string }> {
  const { row: recording } = await deps.evidence.offer.looks.through(scope, look)
  return guestAt(deps, scope, 'shared.view', recording.id)
}

/** How a file of another camera is shown through the look; what is not shown is not sent. Decided again, as the look is. */
export async function shownStill(
  deps: CasesDeps,
  scope: Scope,
  look: string,
  sequence: number,
): Promise<'original' | 'copy'> {
  const { row: recording } = await deps.evidence.offer.looks.through(scope, look)
  await guestAt(deps, scope, 'shared.view', recording.id)
  const file = (await deps.intake.play.files(scope, recording.id)).find((one) => one.sequence === sequence)
  if (file === undefined || file.shown === 'nothing') {
    throw new Refusal('request.not-found')
  }
  return file.shown
}

export async function renewAsGuest(deps: CasesDeps, scope: Scope, look: string) {
  const { row, policy } = await lookStill(deps, scope, look)
  return deps.evidence.offer.looks.renew(scope, look, { purpose, reference: row.code }, { policy })
}

export async function exportAsGuest(deps: CasesDeps, scope: Scope, recording: string) {
  const { row, policy } = await guestAt(deps, scope, 'shared.download', recording)
  const audience = { account: scope.actor.id, case: row.code }
  const wish = { purpose, reference: row.code, positions: false, audience }
  const made = await deps.evidence.offer.exports.make(scope, recording, wish, { policy })
  await countLook(deps.database.db, scope.actor.id)
  return { ...made, url: `/api/guest/exports/${made.export}/package.zip` }
}

export async function openAsGuest(deps: CasesDeps, scope: Scope, derivative: string): Promise<Opened> {
  const guest = await guestOf(deps, scope)
  const made = await needDerivative(deps, scope, guest.row, derivative)
  const { policy } = await guestAt(deps, scope, 'shared.view', made.recording)
  return begin(deps, scope, guest.row, made, { purpose, policy, path: '/api/guest/derivatives' })
}

/** The opening again, decided again for its recording now: taken out or set apart a second ago serves nothing. */
export async function openStill(deps: CasesDeps, scope: Scope, opening: string): Promise<void> {
  const guest = await guestOf(deps, scope)
  const { id, recording } = await through(deps, scope, opening)
  await needDerivative(deps, scope, guest.row, id)
  await guestAt(deps, scope, 'shared.view', recording)
}

/** The live share, if it is this guest's and still open. */
async function liveOf(deps: CasesDeps, scope: Scope, guest: Guest, id: string): Promise<LiveShareRow | null> {
  const live = await findLiveShare(deps.database.db, scope, id)
  const family = await idsOf(deps.database.db, scope, guest.row)
  const isOwn = live !== null && live.share === guest.share.id && family.includes(live.case_id)
  const isOpen = isOwn && live.ended_at === null && deps.clock.nowMs() < live.until_at
  return isOpen ? live : null
}

export async function watchLive(deps: CasesDeps, scope: Scope, id: string): Promise<Watch> {
  const guest = await guestOf(deps, scope)
  const live = await liveOf(deps, scope, guest, id)
  const { policy } = await decide(deps, scope, guest, 'shared.live', { live: live !== null })
  if (live === null) {
    throw new Refusal('live.not-watching')
  }
  const watch = await deps.live.guests.open(
    scope,
    { device: live.device, purpose, reference: guest.row.code },
    { policy, untilMs: live.until_at, subjects: [`case:${guest.row.id}`, `person:${scope.actor.id}`] },
  )
  await countLook(deps.database.db, scope.actor.id)
  return watch
}
