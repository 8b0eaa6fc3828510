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
import { countsFrom, freezeUntil, leavesAt } from './rules.ts'
import { addFreeze, approvedClosings, freezeById, freezes, freezesOf, holdsOf, updateFreeze } from './store-holds.ts'
import { changeRetained, findRetained } from './store-retained.ts'
import type { FreezeRow } from './tables.ts'

/** What holds a recording back at this moment, whoever says so. Empty: nothing does. */
export async function heldBack(
  deps: Pick<RetentionDeps, 'database' | 'clock' | 'freezesOf'>,
  scope: Scope,
  recording: string,
): Promise<readonly HeldBack[]> {
  const { db } = deps.database
  const nowMs = deps.clock.nowMs()
  const holds = (await holdsOf(db, scope, recording)).filter((row) => row.ended_at === null)
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
  async ended(deps, tx, scope, { id, recording, kind }, atMs) {
    await updateFreeze(tx, scope, id, { until_at: freezeUntil(pe2026, kind, atMs, timeZoneOf(deps)) })
    if (kind === 'complaint') {
      await letGoSooner(deps, tx, scope, recording, atMs)
    }
  },
}

/**
 * What was kept for a complaint goes a year after the complaint closed, when that is sooner (decision 0030). Only where
 * the category itself is that of complaints, as the profile has it, and nothing else freezes the recording: an invented
 * proceeding shortens nothing of what is kept for another reason.
 */
async function letGoSooner(deps: RetentionDeps, tx: Db, scope: Scope, recording: string, atMs: number): Promise<void> {
  const kept = await findRetained(tx, scope, recording)
  if (kept === null || kept.leaves_at === null || kept.batch !== null) {
    return
  }
  const { rules } = await rulebookOf(tx, scope, pe2026)
  const { keep, afterClosing } = rules[kept.category]
  const others = (await freezesOf(tx, scope, recording)).filter((row) => freezes(row, atMs))
  if (afterClosing === null || others.length > 0) {
    return
  }
  const capturedAt = countsFrom(kept.captured_at, kept.sealed_at)
  const at = leavesAt(pe2026, { keep, afterClosing }, { capturedAt, closedAt: atMs }, timeZoneOf(deps))
  if (at !== null && at < kept.leaves_at) {
    await changeRetained(tx, scope, recording, { leaves_at: at })
  }
}

export const {
  ask: askClose,
  approve: approveClose,
  refuse: refuseClose,
  endWitnessed: closeWitnessed,
} = lettingGo(proceedings)
