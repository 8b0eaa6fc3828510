/**
 * A batch for destruction until it runs. Each line is one transaction with its entry; a crash leaves it at the line before:
 *
 *  1. propose   by schedule: what is over its deadline and held back by nothing
 *  2. review    the first person: names the approved records schedule, leaves out what must stay
 *  3. approve   the second person, never the first; the cooling-off begins
 *  4. stop      by anybody who may hold, until it runs; what was in it is proposed again later
 */
import { createHash } from 'node:crypto'
import { type Scope, systemActor } from '../../kernel/actor.ts'
import type { Db } from '../../kernel/database.ts'
import { Refusal } from '../../kernel/errors.ts'
import type { RetentionDeps, RetentionSettings } from './door.ts'
import { demand } from './four-eyes.ts'
import { heldBack } from './freeze.ts'
import { pe2026 } from './profile-pe-2026.ts'
import { rulebookOf } from './rulebook.ts'
import { addBatch, batchById, hasOpenProposal, itemsOf, updateBatch, updateItem } from './store-batches.ts'
import { changeRetained, dueNow } from './store-retained.ts'
import type { BatchRow, ItemRow, RetainedRow } from './tables.ts'

const hourMs = 3_600_000

type ProposeDeps = Pick<RetentionDeps, 'database' | 'clock' | 'ids' | 'ledger' | 'freezesOf'>

/** One proposal waits for review at a time: what comes due meanwhile is in the next. */
export async function proposeDue(deps: ProposeDeps, settings: RetentionSettings, municipality: string): Promise<void> {
  const scope = { municipality, actor: systemActor(municipality) }
  const { db } = deps.database
  if (await hasOpenProposal(db, scope)) {
    return
  }
  const due: RetainedRow[] = []
  const limit = settings.batchMaximum
  // Cases are asked after the page is read: on until the batch is full, however many of the oldest are in open ones.
  for (let after: RetainedRow | null = null, isMore = true; isMore && due.length < limit; ) {
    const page: readonly RetainedRow[] = await dueNow(db, scope, deps.clock.nowMs(), { after, limit })
    for (const row of page) {
      if (due.length < limit && (await heldBack(deps, scope, row.recording)).length === 0) {
        due.push(row)
      }
    }
    after = page.at(-1) ?? null
    isMore = page.length === limit
  }
  if (due.length > 0) {
    await deps.database.transaction((tx) => addProposal(deps, tx, scope, due))
  }
}

async function addProposal(deps: ProposeDeps, tx: Db, scope: Scope, due: readonly RetainedRow[]): Promise<void> {
  const id = deps.ids.uuid()
  const { municipality } = scope
  const number = await deps.ledger.counter(tx, 'destruction-batch', municipality)
  const entry = await deps.ledger.append(tx, {
    municipality,
    kind: 'destruction.proposed',
    coarse: 'custody',
    subjects: [`batch:${id}`],
    actor: scope.actor,
    fields: { number: String(number), ...listed(due) },
  })
  const row: BatchRow = {
    municipality,
    id,
    number,
    state: 'proposed',
    proposed_at: deps.clock.nowMs(),
    proposed_entry: entry.id,
    schedule: null,
    reviewed_by: null,
    reviewed_name: null,
    reviewed_roles: null,
    reviewed_at: null,
    reviewed_entry: null,
    approved_by: null,
    approved_name: null,
    approved_at: null,
    approved_entry: null,
    runs_at: null,
    stopped_name: null,
    stopped_at: null,
    stopped_reason: null,
    stopped_entry: null,
    done_at: null,
  }
  await addBatch(
    tx,
    row,
    due.map((one) => itemOf(id, one)),
  )
  for (const { recording } of due) {
    await changeRetained(tx, scope, recording, { batch: id })
  }
}

/** What the entry commits to of a list too long for it: how many, and the hash of their ids in order. */
function listed(items: readonly { readonly recording: string }[]): { recordings: string; list: string } {
  const ids = items.map(({ recording }) => recording).sort()
  return { recordings: String(ids.length), list: createHash('sha256').update(ids.join('\n')).digest('hex') }
}

function itemOf(batch: string, row: RetainedRow): ItemRow {
  return {
    municipality: row.municipality,
    batch,
    recording: row.recording,
    code: row.code,
    device_code: row.device_code,
    category: row.category,
    captured_at: row.captured_at,
    leaves_at: row.leaves_at ?? 0,
    size_bytes: row.size_bytes,
    manifest_sha256: row.manifest_sha256,
    state: 'waiting',
    reason: null,
    step: 0,
    entry: null,
    erased_at: null,
    final_at: null,
    objects: null,
    tombstone_entry: null,
  }
}

async function needBatch(tx: Db, scope: Scope, id: string, states: readonly BatchRow['state'][]): Promise<BatchRow> {
  const row = await batchById(tx, scope, id, true)
  if (row === null) {
    throw new Refusal('retention.not-found')
  }
  if (!states.includes(row.state)) {
    throw new Refusal(
      row.state === 'running' || row.state === 'done' ? 'retention.under-way' : 'retention.already-decided',
    )
  }
  return row
}

type Review = {
  readonly schedule: string
  readonly leaveOut: readonly { readonly recording: string; readonly reason: string }[]
}

export async function review(
  deps: RetentionDeps,
  settings: RetentionSettings,
  scope: Scope,
  id: string,
  wish: Review,
): Promise<void> {
  await deps.database.transaction(async (tx) => {
    const row = await needBatch(tx, scope, id, ['proposed'])
    const policy = demand(deps, scope, 'destruction.review', id)
    const items = await itemsOf(tx, scope, id)
    const nowMs = deps.clock.nowMs()
    for (const { recording, reason } of wish.leaveOut) {
      if (items.some((item) => item.recording === recording)) {
        await leaveOut(tx, scope, { batch: id, recording }, reason, nowMs + settings.postponedMs)
      }
    }
    const left = new Set(wish.leaveOut.map(({ recording }) => recording))
    const stays = items.filter(({ recording }) => !left.has(recording))
    const entry = await deps.ledger.append(tx, {
      municipality: scope.municipality,
      kind: 'destruction.reviewed',
      coarse: 'custody',
      subjects: [`batch:${id}`],
      actor: scope.actor,
      policy,
      fields: { number: String(row.number), schedule: wish.schedule, leftOut: String(left.size), ...listed(stays) },
    })
    await updateBatch(tx, scope, id, {
      // With nothing left there is nothing to approve.
      state: stays.length === 0 ? 'stopped' : 'reviewed',
      schedule: wish.schedule,
      reviewed_by: scope.actor.id,
      reviewed_name: scope.actor.name,
      reviewed_roles: scope.actor.roles.join(' '),
      reviewed_at: nowMs,
      reviewed_entry: entry.id,
      ...(stays.length > 0
        ? {}
        : {
            stopped_name: scope.actor.name,
            stopped_at: nowMs,
            stopped_reason: wish.leaveOut[0]?.reason ?? '',
            stopped_entry: entry.id,
          }),
    })
  })
}

/** A recording leaves the batch and is kept; it is not proposed again before `untilMs`. */
export async function leaveOut(
  tx: Db,
  scope: Scope,
  item: { readonly batch: string; readonly recording: string },
  reason: string,
  untilMs: number,
): Promise<void> {
  await updateItem(tx, scope, item, { state: 'left-out', reason })
  await changeRetained(tx, scope, item.recording, { batch: null, postponed_until: untilMs })
}

export async function approve(deps: RetentionDeps, scope: Scope, id: string): Promise<void> {
  await deps.database.transaction(async (tx) => {
    const row = await needBatch(tx, scope, id, ['reviewed'])
    const items = (await itemsOf(tx, scope, id)).filter(({ state }) => state === 'waiting')
    const policy = demand(deps, scope, 'destruction.approve', id, aboutApproval(row, items))
    const nowMs = deps.clock.nowMs()
    const { settings } = await rulebookOf(tx, scope, pe2026)
    const runsAt = nowMs + settings['cooling-hours'].value * hourMs
    const entry = await deps.ledger.append(tx, {
      municipality: scope.municipality,
      kind: 'destruction.approved',
      coarse: 'custody',
      subjects: [`batch:${id}`],
      actor: scope.actor,
      policy,
      fields: { number: String(row.number), runsAt: String(runsAt), ...listed(items) },
    })
    await updateBatch(tx, scope, id, {
      state: 'approved',
      approved_by: scope.actor.id,
      approved_name: scope.actor.name,
      approved_at: nowMs,
      approved_entry: entry.id,
      runs_at: runsAt,
    })
  })
}

/** What the policy must know to judge the second person. */
export function aboutApproval(
  row: Pick<BatchRow, 'reviewed_by' | 'reviewed_roles'>,
  items: readonly Pick<ItemRow, 'category' | 'state'>[],
): { readonly proposer: string | null; readonly needsOfficer: boolean } {
  const seen = (row.reviewed_roles ?? '').split(' ').includes('data-protection-officer')
  const restricted = items.some(({ category, state }) => category === 'restricted-place' && state !== 'left-out')
  return { proposer: row.reviewed_by, needsOfficer: restricted && !seen }
}

export async function stop(
  deps: RetentionDeps,
  settings: RetentionSettings,
  scope: Scope,
  id: string,
  reason: string,
): Promise<void> {
  await deps.database.transaction(async (tx) => {
    const row = await needBatch(tx, scope, id, ['proposed', 'reviewed', 'approved'])
    const policy = demand(deps, scope, 'hold.place', id)
    const nowMs = deps.clock.nowMs()
    const entry = await deps.ledger.append(tx, {
      municipality: scope.municipality,
      kind: 'destruction.stopped',
      coarse: 'custody',
      subjects: [`batch:${id}`],
      actor: scope.actor,
      policy,
      fields: { number: String(row.number), reason },
    })
    for (const item of await itemsOf(tx, scope, id)) {
      if (item.state === 'waiting') {
        await leaveOut(tx, scope, item, reason, nowMs + settings.postponedMs)
      }
    }
    await updateBatch(tx, scope, id, {
      state: 'stopped',
      stopped_name: scope.actor.name,
      stopped_at: nowMs,
      stopped_reason: reason,
      stopped_entry: entry.id,
    })
  })
}
