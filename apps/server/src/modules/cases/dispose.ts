/** What decides a case's fate: merge, transfer, close, reopen. Each with a reason, in one transaction with its entry. */
import type { Scope } from '../../kernel/actor.ts'
import type { Db } from '../../kernel/database.ts'
import { Refusal } from '../../kernel/errors.ts'
import { isReserved } from './cases.ts'
import type { CasesDeps } from './door.ts'
import { demand, enter, enterChange } from './record.ts'
import { endSharesIn } from './share.ts'
import {
  changeCase,
  familyOf,
  lockCase,
  lockOpenCase,
  moveRoot,
  needCase,
  recordingsOf,
  refreshSearch,
} from './store.ts'
import type { CaseRow } from './tables.ts'

/**
 * Merges `other` into the case. No row moves: the other case stands for ever with all it has, says where it went, and
 * is read through the one that goes on. Guests were let into one of the two, not into both: the shares of both end, and
 * who shall see the whole gets another. What is closed to commanders is not merged with what they read.
 */
export async function mergeCase(
  deps: CasesDeps,
  scope: Scope,
  id: string,
  wish: { readonly other: string; readonly reason: string },
): Promise<void> {
  const { db } = deps.database
  const policy = demand(deps, scope, 'case.manage', await needCase(db, scope, id))
  demand(deps, scope, 'case.manage', await needCase(db, scope, wish.other))
  if (id === wish.other) {
    throw new Refusal('case.already-there')
  }
  await deps.database.transaction(async (tx) => {
    // In one order always, so that two merges of the same pair do not wait for each other for ever.
    const [first, second] = [id, wish.other].sort() as [string, string]
    const locked = [await lockOpenCase(tx, scope, first), await lockOpenCase(tx, scope, second)]
    const [into, from] = (first === id ? locked : locked.toReversed()) as [CaseRow, CaseRow]
    if (isReserved(into.kind) !== isReserved(from.kind)) {
      throw new Refusal('case.reserved')
    }
    const reason = wish.reason.trim()
    for (const side of [...(await familyOf(tx, scope, into.root)), ...(await familyOf(tx, scope, from.root))]) {
      await endSharesIn(deps, tx, scope, side, { because: reason, policy })
    }
    await stopClock(deps, tx, scope, from, `Unido a ${into.code}.`)
    await moveRoot(tx, scope, from.id, into.id)
    await changeCase(tx, scope, from.id, { changed_at: deps.clock.nowMs() })
    const known = [into.known_at, from.known_at].filter((at) => at !== null)
    await changeCase(tx, scope, into.id, {
      // The clock of whichever was known first goes on; a hand-over of one of them was not one of all.
      known_at: known.length === 0 ? null : Math.min(...known),
      handed_over_at: from.known_at !== null && from.handed_over_at === null ? null : into.handed_over_at,
    })
    await enter(deps, tx, scope, from, { kind: 'case.merged', policy, fields: { into: into.code, reason } })
    await enterChange(deps, tx, scope, into, {
      kind: 'case.took-in',
      policy,
      subjects: [`case:${from.id}`],
      fields: { from: from.code, reason },
    })
  })
}

export async function transferCase(
  deps: CasesDeps,
  scope: Scope,
  id: string,
  wish: { readonly custodian: string; readonly reason: string },
): Promise<void> {
  const policy = demand(deps, scope, 'case.manage', await needCase(deps.database.db, scope, id))
  const person = await deps.identity.person(deps.database.db, scope.municipality, wish.custodian)
  if (person === null || !person.roles.includes('custodian')) {
    throw new Refusal('account.not-found')
  }
  await deps.database.transaction(async (tx) => {
    const row = await lockOpenCase(tx, scope, id)
    if (row.custodian === person.id) {
      throw new Refusal('case.already-there')
    }
    await changeCase(tx, scope, id, { custodian: person.id, custodian_name: person.name })
    await enterChange(deps, tx, scope, row, {
      kind: 'case.transferred',
      policy,
      subjects: [`person:${person.id}`],
      fields: { from: row.custodian, to: person.id, reason: wish.reason.trim() },
    })
  })
}

/** Closes: its shares end, its freeze is released, its clock stops. */
export async function closeCase(deps: CasesDeps, scope: Scope, id: string, reason: string): Promise<void> {
  const policy = demand(deps, scope, 'case.manage', await needCase(deps.database.db, scope, id))
  await deps.database.transaction(async (tx) => {
    const row = await lockOpenCase(tx, scope, id)
    const because = reason.trim()
    for (const one of await familyOf(tx, scope, row.root)) {
      await endSharesIn(deps, tx, scope, one, { because, policy })
    }
    await stopClock(deps, tx, scope, row, `Caso ${row.code} cerrado: ${because}`)
    await changeCase(tx, scope, id, { state: 'closed', closed_at: deps.clock.nowMs(), closed_because: because })
    await enterChange(deps, tx, scope, row, { kind: 'case.closed', policy, fields: { reason: because } })
  })
}

/**
 * Reopens: what it holds is frozen again as when it was put in. Each recording is locked until the commit, so a destruction
 * was decided before, and the entry names what is gone, or comes after, sees the open case and is refused.
 */
export async function reopenCase(deps: CasesDeps, scope: Scope, id: string, reason: string): Promise<void> {
  const policy = demand(deps, scope, 'case.manage', await needCase(deps.database.db, scope, id))
  await deps.database.transaction(async (tx) => {
    const row = await lockCase(tx, scope, id)
    if (row.state === 'open') {
      throw new Refusal('case.not-closed')
    }
    if (row.state === 'merged') {
      throw new Refusal('case.closed')
    }
    // The escalation begins again from where the clock is now.
    await changeCase(tx, scope, id, { state: 'open', closed_at: null, closed_because: null, clock_stage: 0 })
    const { frozen, gone } = await freezeAgain(deps, tx, scope, row)
    await enterChange(deps, tx, scope, row, {
      kind: 'case.reopened',
      policy,
      subjects: [...frozen, ...gone].map((recording) => `recording:${recording}`),
      fields: { reason: reason.trim(), frozen: String(frozen.length), destroyed: gone.join(' ') },
    })
    await refreshSearch(tx, row.root)
  })
}

async function freezeAgain(
  deps: CasesDeps,
  tx: Db,
  scope: Scope,
  row: CaseRow,
): Promise<{ readonly frozen: readonly string[]; readonly gone: readonly string[] }> {
  const frozen: string[] = []
  const gone: string[] = []
  const inCase = (await recordingsOf(tx, row.root)).map(({ recording }) => recording)
  // In order of id, as a case is opened: two that share recordings wait for each other one way only.
  for (const recording of inCase.toSorted()) {
    const locked = await deps.evidence.erase.lock(tx, scope, recording)
    ;(locked === null || locked.destroyedAt !== null ? gone : frozen).push(recording)
  }
  return { frozen, gone }
}

/** The alarm of a case's clock is over: handed over, closed or merged. */
export async function stopClock(deps: CasesDeps, tx: Db, scope: Scope, row: CaseRow, note: string): Promise<void> {
  if (row.clock_alarm !== null) {
    await deps.incidents.closeOver(tx, scope, row.clock_alarm, note)
    await changeCase(tx, scope, row.id, { clock_alarm: null })
  }
}
