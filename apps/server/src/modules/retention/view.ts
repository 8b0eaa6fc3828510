/** Rows as the contract shows them. */
import type {
  BatchItem,
  DestructionBatch,
  Freeze as FreezeShape,
  Hold as HoldShape,
  Leaving,
  RetentionChange,
} from '@sereno/contracts'
import type { Static } from 'typebox'
import type { Scope } from '../../kernel/actor.ts'
import { aboutApproval } from './batch.ts'
import type { RetentionDeps } from './door.ts'
import { mayDo } from './four-eyes.ts'
import type { Notice } from './hold.ts'
import { standing } from './letting-go.ts'
import { pe2026 } from './profile-pe-2026.ts'
import type { Simulated, Wish } from './simulate.ts'
import type { ActaLine, BatchSummary } from './store-batches.ts'
import type { LeavingRow } from './store-retained.ts'
import type { ChangeRow, FreezeRow, HoldRow, ItemRow, LettingGo } from './tables.ts'

type Person = { readonly name: string; readonly at: number; readonly entry: string }

function person(name: string | null, at: number | null, entry: string | null): Person | null {
  return name === null || at === null || entry === null ? null : { name, at, entry }
}

export function changeView(deps: RetentionDeps, scope: Scope, row: ChangeRow): Static<typeof RetentionChange> {
  const open = row.state === 'proposed' || row.state === 'approved'
  return {
    id: row.id,
    number: row.number,
    wish: JSON.parse(row.wish) as Wish,
    reason: row.reason,
    simulation: JSON.parse(row.simulation) as Simulated,
    state: row.state,
    proposed: { name: row.proposed_name, at: row.proposed_at, entry: row.proposed_entry },
    decided: person(row.decided_name, row.decided_at, row.decided_entry),
    takesEffectAt: row.takes_effect_at,
    inForceAt: row.in_force_at,
    may: [
      ...(row.state === 'proposed'
        ? mayDo(deps, scope, row.id, ['retention.approve'], { proposer: row.proposed_by })
        : []),
      ...(open ? mayDo(deps, scope, row.id, ['retention.propose']) : []),
    ],
  }
}

function ending(row: LettingGo) {
  const asked = person(row.asked_name, row.asked_at, row.asked_entry)
  const approved = person(row.approved_name, row.approved_at, row.approved_entry)
  return asked === null ? null : { reason: row.ending_reason ?? '', asked, approved }
}

const holdStates = {
  'in-force': 'held',
  asked: 'release-asked',
  approved: 'release-approved',
  ended: 'released',
} as const

export function holdView(deps: RetentionDeps, scope: Scope, row: HoldRow): Static<typeof HoldShape> {
  const basis = pe2026.bases.find(({ id }) => id === row.basis)
  const at = standing(row)
  const noted = person(row.notice_name, row.notice_at, row.notice_entry)
  return {
    id: row.id,
    recording: { id: row.recording, code: row.code },
    reason: row.reason,
    basis: row.basis,
    sources: [...(basis?.sources ?? [])],
    state: holdStates[at],
    placed: { name: row.placed_name, at: row.placed_at, entry: row.placed_entry },
    mustNotify: basis?.mustNotify ?? false,
    notification: row.notice === null || noted === null ? null : { ...(JSON.parse(row.notice) as Notice), noted },
    release: ending(row),
    releasedAt: row.ended_at,
    may: [
      ...(at === 'ended' ? [] : mayDo(deps, scope, row.id, ['hold.place', 'retention.propose'])),
      ...(at === 'asked' ? mayDo(deps, scope, row.id, ['retention.approve'], { proposer: row.asked_by }) : []),
    ],
  }
}

export function freezeView(deps: RetentionDeps, scope: Scope, row: FreezeRow): Static<typeof FreezeShape> {
  return {
    id: row.id,
    kind: row.kind,
    reference: row.reference,
    since: row.opened_at,
    closedAt: row.ended_at,
    until: row.until_at,
    closing: ending(row),
    may: [
      ...(row.ended_at === null ? mayDo(deps, scope, row.id, ['hold.place']) : []),
      ...(standing(row) === 'asked'
        ? mayDo(deps, scope, row.id, ['retention.approve'], { proposer: row.asked_by })
        : []),
    ],
  }
}

export function leavingView(row: LeavingRow): Static<typeof Leaving> {
  return {
    recording: row.recording,
    code: row.code,
    device: row.device_code,
    category: row.category,
    capturedAt: row.captured_at,
    sizeBytes: row.size_bytes,
    leavesAt: row.leaves_at,
    held: row.held,
    frozen: row.frozen,
  }
}

export function batchView(
  deps: RetentionDeps,
  scope: Scope,
  row: BatchSummary,
  acta: ActaLine | undefined,
  items: readonly ItemRow[],
): Static<typeof DestructionBatch> {
  const may = {
    proposed: () => mayDo(deps, scope, row.id, ['destruction.review', 'hold.place']),
    reviewed: () => [
      ...mayDo(deps, scope, row.id, ['destruction.approve'], aboutApproval(row, items)),
      ...mayDo(deps, scope, row.id, ['hold.place']),
    ],
    approved: () => mayDo(deps, scope, row.id, ['hold.place']),
    running: () => [],
    done: () => [],
    stopped: () => [],
  }
  return {
    id: row.id,
    number: row.number,
    state: row.state,
    proposedAt: row.proposed_at,
    recordings: row.recordings,
    destroyed: row.destroyed,
    left: row.left,
    sizeBytes: row.size_bytes,
    schedule: row.schedule,
    reviewed: person(row.reviewed_name, row.reviewed_at, row.reviewed_entry),
    approved: person(row.approved_name, row.approved_at, row.approved_entry),
    stopped:
      row.stopped_at === null
        ? null
        : { name: row.stopped_name ?? '', at: row.stopped_at, reason: row.stopped_reason ?? '' },
    runsAt: row.runs_at,
    acta:
      acta === undefined
        ? null
        : {
            number: acta.number,
            sha256: acta.sha256,
            erasedAt: acta.erased_at,
            finalAt: acta.final_at,
            url: `/api/retention/batches/${row.id}/acta.pdf`,
          },
    may: may[row.state](),
  }
}

export function itemView(row: ItemRow): Static<typeof BatchItem> {
  return {
    recording: row.recording,
    code: row.code,
    device: row.device_code,
    category: row.category,
    capturedAt: row.captured_at,
    leavesAt: row.leaves_at,
    sizeBytes: row.size_bytes,
    manifestSha256: row.manifest_sha256,
    state: row.state,
    reason: row.reason,
    step: row.step,
  }
}
