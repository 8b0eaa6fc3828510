/**
 * Opens a case, and puts recordings into it. Opening, in one transaction: 1 number · 2 entry · 3 row · 4 its recordings,
 * each with its entry. A crash before the commit leaves nothing and the number free; after it, the case is there.
 */
import type { BodyOf, CaseKind, caseOperations } from '@sereno/contracts'
import type { Scope } from '../../kernel/actor.ts'
import type { Db } from '../../kernel/database.ts'
import { Refusal } from '../../kernel/errors.ts'
import { codeOf } from './cases.ts'
import type { CasesDeps } from './door.ts'
import { demand, enter, enterChange } from './record.ts'
import {
  addRecording,
  changeCase,
  insertCase,
  lockOpenCase,
  needCase,
  refreshSearch,
  removeRecording,
} from './store.ts'
import type { CaseRow } from './tables.ts'

type NewCase = BodyOf<(typeof caseOperations)['POST /cases']>

/** A clock that is a little ahead is no lie. */
const aheadMs = 5 * 60_000

export async function openCase(deps: CasesDeps, scope: Scope, wish: NewCase): Promise<CaseRow> {
  const openedAt = deps.clock.nowMs()
  const id = deps.ids.uuid()
  const policy = demand(deps, scope, 'case.write', { id, kind: wish.kind })
  needPast(wish.knownAt, openedAt)
  const views = await Promise.all((wish.recordings ?? []).map((recording) => needRecording(deps, scope, recording)))
  return deps.database.transaction(async (tx) => {
    const number = await deps.ledger.counter(tx, 'case', scope.municipality)
    const code = codeOf(number, openedAt, deps.identity.municipality()?.timeZone ?? 'UTC')
    const named = { id, code, root: id }
    const { id: entry } = await enter(deps, tx, scope, named, {
      kind: 'case.opened',
      policy,
      fields: {
        number: String(number),
        caseKind: wish.kind,
        ...(wish.knownAt === undefined ? {} : { knownAt: String(wish.knownAt) }),
      },
    })
    const row: CaseRow = {
      municipality: scope.municipality,
      ...named,
      number,
      title: wish.title.trim(),
      kind: wish.kind,
      summary: wish.summary?.trim() ?? null,
      tags: tagsOf(wish.tags ?? []),
      state: 'open',
      custodian: scope.actor.id,
      custodian_name: scope.actor.name,
      opened_at: openedAt,
      opened_by: scope.actor.name,
      changed_at: openedAt,
      closed_at: null,
      closed_because: null,
      known_at: wish.knownAt ?? null,
      handed_over_at: null,
      clock_stage: 0,
      clock_alarm: null,
      entry,
    }
    await insertCase(tx, row)
    // In order of id: two cases opened at once about the same recordings wait for each other one way only.
    for (const view of views.toSorted((left, right) => (left.id < right.id ? -1 : 1))) {
      await put(deps, tx, scope, row, { view, policy, why: null })
    }
    await refreshSearch(tx, id)
    return row
  })
}

export async function addToCase(
  deps: CasesDeps,
  scope: Scope,
  id: string,
  wish: { readonly recording: string; readonly why?: string },
): Promise<void> {
  const policy = demand(deps, scope, 'case.write', await needCase(deps.database.db, scope, id))
  const view = await needRecording(deps, scope, wish.recording)
  await deps.database.transaction(async (tx) => {
    const row = await lockOpenCase(tx, scope, id)
    if (!(await put(deps, tx, scope, row, { view, policy, why: wish.why?.trim() ?? null }))) {
      throw new Refusal('case.already-there')
    }
  })
}

/** Takes out what was added by mistake: the row stays, with its reason; its freeze ends. */
export async function removeFromCase(
  deps: CasesDeps,
  scope: Scope,
  id: string,
  wish: { readonly recording: string; readonly reason: string },
): Promise<void> {
  const policy = demand(deps, scope, 'case.write', await needCase(deps.database.db, scope, id))
  await deps.database.transaction(async (tx) => {
    const row = await lockOpenCase(tx, scope, id)
    const because = wish.reason.trim()
    if (!(await removeRecording(tx, row.root, wish.recording, { at: deps.clock.nowMs(), because }))) {
      throw new Refusal('case.not-found')
    }
    await enterChange(deps, tx, scope, row, {
      kind: 'case.recording-removed',
      policy,
      subjects: [`recording:${wish.recording}`],
      fields: { reason: because },
    })
  })
}

type RecordingView = Awaited<ReturnType<typeof needRecording>>

async function put(
  deps: CasesDeps,
  tx: Db,
  scope: Scope,
  row: CaseRow,
  { view, policy, why }: { readonly view: RecordingView; readonly policy: string; readonly why: string | null },
): Promise<boolean> {
  // Locked until the commit: a destruction is decided before this, and refuses it, or after, and sees the case.
  const locked = await deps.evidence.erase.lock(tx, scope, view.id)
  if (locked === null || locked.destroyedAt !== null) {
    throw new Refusal(locked === null ? 'recording.not-found' : 'recording.destroyed')
  }
  const added = await addRecording(tx, {
    municipality: scope.municipality,
    case_id: row.id,
    recording: view.id,
    officer: view.officer?.id ?? null,
    quadrant: view.quadrant?.id ?? null,
    about: [view.code, view.device.code, view.officer?.code, view.officer?.name, view.quadrant?.code, view.note]
      .filter((word) => word !== null && word !== undefined)
      .join(' '),
    started_at: view.startedAt,
    ended_at: view.endedAt ?? deps.clock.nowMs(),
    added_at: deps.clock.nowMs(),
    added_by: scope.actor.name,
    why,
    removed_at: null,
    removed_because: null,
  })
  if (added) {
    await enterChange(deps, tx, scope, row, {
      kind: 'case.recording-added',
      policy,
      subjects: [`recording:${view.id}`],
      fields: { recordingCode: view.code, ...(why === null ? {} : { why }) },
    })
  }
  return added
}

/** What the reader may find can go into a case; a destroyed recording has nothing to keep. */
async function needRecording(deps: CasesDeps, scope: Scope, recording: string) {
  const view = await deps.evidence.recording(scope, recording)
  if (view === null) {
    throw new Refusal('recording.not-found')
  }
  if (view.destroyed) {
    throw new Refusal('recording.destroyed')
  }
  return view
}

/** A crime or offence became known: from here 24 hours run. Known earlier than thought moves it; later never. */
export async function noteKnowledge(
  deps: CasesDeps,
  scope: Scope,
  id: string,
  wish: { readonly knownAt: number; readonly how: string },
): Promise<void> {
  const policy = demand(deps, scope, 'case.write', await needCase(deps.database.db, scope, id))
  needPast(wish.knownAt, deps.clock.nowMs())
  await deps.database.transaction(async (tx) => {
    const row = await lockOpenCase(tx, scope, id)
    if (row.known_at !== null && wish.knownAt >= row.known_at) {
      throw new Refusal('case.already-there')
    }
    await changeCase(tx, scope, id, { known_at: wish.knownAt })
    await enterChange(deps, tx, scope, row, {
      kind: 'case.knowledge',
      policy,
      fields: { knownAt: String(wish.knownAt), before: String(row.known_at ?? ''), how: wish.how.trim() },
    })
  })
}

function needPast(atMs: number | undefined, nowMs: number): void {
  if (atMs !== undefined && atMs > nowMs + aheadMs) {
    throw new Refusal('request.invalid', { where: 'body/knownAt', message: 'in the future' })
  }
}

export function tagsOf(tags: readonly string[]): string[] {
  return [...new Set(tags.map((tag) => tag.trim().toLowerCase()).filter((tag) => tag !== ''))]
}

export type Changes = {
  readonly title?: string
  readonly kind?: CaseKind
  readonly summary?: string
  readonly tags?: readonly string[]
}
