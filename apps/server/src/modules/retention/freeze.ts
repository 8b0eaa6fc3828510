/**
 * Proceedings that freeze a recording while they are open. Freezing works at once and needs one person; closing needs two,
 * and the second's entry to be witnessed, as a hold's release does. Each line is one transaction with its entry:
 *
 *  1. freeze     the recording's row is locked, so that a destruction decides before or after, never meanwhile
 *  2. ask        the first person says that the proceeding ended
 *  3. approve    the second; or refuse, and it freezes on
 *  4. close      by the timer, once 3 is witnessed             crash before: still frozen, the timer comes again
 */
import type { FreezeKind } from '@sereno/contracts'
import { type Scope, systemActor } from '../../kernel/actor.ts'
import type { Db } from '../../kernel/database.ts'
import { Refusal } from '../../kernel/errors.ts'
import type { HeldBack, RetentionDeps } from './door.ts'
import { demand, timeZoneOf } from './four-eyes.ts'
import { pe2026 } from './profile-pe-2026.ts'
import { freezeUntil } from './rules.ts'
import { addFreeze, approvedClosings, freezeById, freezes, freezesOf, holdsOf, updateFreeze } from './store-holds.ts'
import type { FreezeRow } from './tables.ts'

/** What holds a recording back at this moment, whoever says so. Empty: nothing does. */
export async function heldBack(
  deps: Pick<RetentionDeps, 'database' | 'clock' | 'freezesOf'>,
  scope: Scope,
  recording: string,
): Promise<readonly HeldBack[]> {
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

const notAsked = {
  close_reason: null,
  asked_by: null,
  asked_name: null,
  asked_at: null,
  asked_entry: null,
  approved_by: null,
  approved_name: null,
  approved_at: null,
  approved_entry: null,
} as const

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
      ...notAsked,
    }
    await addFreeze(tx, row)
    return row
  })
}

/** One step of a closing: locked, judged, entered, changed. */
async function step(
  deps: RetentionDeps,
  scope: Scope,
  id: string,
  kind: string,
  judge: (row: FreezeRow) => { readonly policy: string; readonly fields: Readonly<Record<string, string>> },
  change: (entry: string) => Partial<FreezeRow>,
): Promise<FreezeRow> {
  return deps.database.transaction(async (tx) => {
    const row = await freezeById(tx, scope, id, true)
    if (row === null) {
      throw new Refusal('retention.not-found')
    }
    const { policy, fields } = judge(row)
    const entry = await deps.ledger.append(tx, {
      municipality: scope.municipality,
      kind,
      coarse: 'custody',
      subjects: [`recording:${row.recording}`],
      actor: scope.actor,
      policy,
      fields: { freeze: id, proceeding: row.kind, reference: row.reference, ...fields },
    })
    const changed = change(entry.id)
    await updateFreeze(tx, scope, id, changed)
    return { ...row, ...changed }
  })
}

function needOpen(row: FreezeRow, isReady: boolean): void {
  if (row.closed_at !== null || !isReady) {
    throw new Refusal('retention.already-decided')
  }
}

export async function askClose(deps: RetentionDeps, scope: Scope, id: string, reason: string): Promise<FreezeRow> {
  return step(
    deps,
    scope,
    id,
    'freeze.close-asked',
    (row) => {
      needOpen(row, row.asked_by === null)
      return { policy: demand(deps, scope, 'hold.place', id), fields: { reason } }
    },
    (entry) => ({
      close_reason: reason,
      asked_by: scope.actor.id,
      asked_name: scope.actor.name,
      asked_at: deps.clock.nowMs(),
      asked_entry: entry,
    }),
  )
}

export async function approveClose(deps: RetentionDeps, scope: Scope, id: string): Promise<FreezeRow> {
  return step(
    deps,
    scope,
    id,
    'freeze.close-approved',
    (row) => {
      needOpen(row, row.asked_by !== null && row.approved_by === null)
      return { policy: demand(deps, scope, 'retention.approve', id, { proposer: row.asked_by }), fields: {} }
    },
    (entry) => ({
      approved_by: scope.actor.id,
      approved_name: scope.actor.name,
      approved_at: deps.clock.nowMs(),
      approved_entry: entry,
    }),
  )
}

export async function refuseClose(deps: RetentionDeps, scope: Scope, id: string, reason: string): Promise<FreezeRow> {
  return step(
    deps,
    scope,
    id,
    'freeze.close-refused',
    (row) => {
      needOpen(row, row.asked_by !== null)
      return { policy: demand(deps, scope, 'hold.place', id), fields: { reason } }
    },
    () => notAsked,
  )
}

/** Step 4 for every freeze whose second entry is witnessed. */
export async function closeWitnessed(deps: RetentionDeps, municipality: string): Promise<void> {
  const scope = { municipality, actor: systemActor(municipality) }
  for (const { id, approved_entry: approval } of await approvedClosings(deps.database.db, scope)) {
    if (approval !== null && (await deps.ledger.witnessed(approval))) {
      await deps.database.transaction((tx) => close(deps, tx, scope, id))
    }
  }
}

async function close(deps: RetentionDeps, tx: Db, scope: Scope, id: string): Promise<void> {
  const row = await freezeById(tx, scope, id, true)
  if (row === null || row.closed_at !== null || row.approved_by === null) {
    return
  }
  const atMs = deps.clock.nowMs()
  const entry = await deps.ledger.append(tx, {
    municipality: scope.municipality,
    kind: 'freeze.closed',
    coarse: 'custody',
    subjects: [`recording:${row.recording}`],
    actor: scope.actor,
    fields: {
      freeze: id,
      proceeding: row.kind,
      reference: row.reference,
      reason: row.close_reason ?? '',
      by: `${row.asked_name ?? ''}, ${row.approved_name ?? ''}`,
    },
  })
  // The deadline stays as it is: a proceeding that anybody may name shortens nothing by having ended.
  await updateFreeze(tx, scope, id, {
    closed_at: atMs,
    closed_entry: entry.id,
    until_at: freezeUntil(pe2026, row.kind, atMs, timeZoneOf(deps)),
  })
}
