/** Proceedings that freeze a recording while they are open. Both steps are one transaction with their entry. */
import type { FreezeKind } from '@sereno/contracts'
import type { Scope } from '../../kernel/actor.ts'
import { Refusal } from '../../kernel/errors.ts'
import type { HeldBack, RetentionDeps } from './door.ts'
import { demand, timeZoneOf } from './four-eyes.ts'
import { pe2026 } from './profile-pe-2026.ts'
import { rulebookOf } from './rulebook.ts'
import { countsFrom, freezeUntil, leavesAt } from './rules.ts'
import { addFreeze, freezeById, freezes, freezesOf, holdsOf, updateFreeze } from './store-holds.ts'
import { changeRetained, findRetained } from './store-retained.ts'
import type { FreezeRow } from './tables.ts'

/** What holds a recording back at this moment, whoever says so. Empty: nothing does. */
export async function heldBack(deps: RetentionDeps, scope: Scope, recording: string): Promise<readonly HeldBack[]> {
  const { db } = deps.database
  const nowMs = deps.clock.nowMs()
  const holds = (await holdsOf(db, scope, recording)).filter(({ state }) => state !== 'released')
  const own = (await freezesOf(db, scope, recording)).filter((row) => freezes(row, nowMs))
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
      (row) => row.closed_at === null && row.kind === wish.kind && row.reference === wish.reference,
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
      closed_at: null,
      closed_entry: null,
      until_at: null,
    }
    await addFreeze(tx, row)
    return row
  })
}

export async function close(deps: RetentionDeps, scope: Scope, id: string, reason: string): Promise<FreezeRow> {
  const policy = demand(deps, scope, 'hold.place', id)
  return deps.database.transaction(async (tx) => {
    const row = await freezeById(tx, scope, id, true)
    if (row === null) {
      throw new Refusal('retention.not-found')
    }
    if (row.closed_at !== null) {
      throw new Refusal('retention.already-decided')
    }
    const atMs = deps.clock.nowMs()
    const timeZone = timeZoneOf(deps)
    const entry = await deps.ledger.append(tx, {
      municipality: scope.municipality,
      kind: 'freeze.closed',
      coarse: 'custody',
      subjects: [`recording:${row.recording}`],
      actor: scope.actor,
      policy,
      fields: { freeze: id, proceeding: row.kind, reference: row.reference, reason },
    })
    const change = {
      closed_at: atMs,
      closed_entry: entry.id,
      until_at: freezeUntil(pe2026, row.kind, atMs, timeZone),
    }
    await updateFreeze(tx, scope, id, change)
    const kept = await findRetained(tx, scope, row.recording)
    const others = (await freezesOf(tx, scope, row.recording)).filter((one) => one.id !== id && freezes(one, atMs))
    const rule = kept === null ? null : (await rulebookOf(tx, scope, pe2026)).rules[kept.category]
    if (kept !== null && rule !== null && rule.afterClosing !== null && others.length === 0) {
      // The rule itself says when a closed proceeding lets go: no shortening, its own text.
      const at = leavesAt(
        pe2026,
        rule,
        { capturedAt: countsFrom(kept.captured_at, kept.sealed_at), closedAt: atMs },
        timeZone,
      )
      await changeRetained(tx, scope, row.recording, { leaves_at: at })
    }
    return { ...row, ...change }
  })
}
