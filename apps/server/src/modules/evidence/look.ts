/**
 * Looks (I-3). In this order:
 *
 *  1. the policy decides; a refused look is an entry of its own    crash: nobody saw anything
 *  2. one transaction: the entry and the look; those opened at     crash before commit: no look, nothing was served;
 *     the same time share it (kernel/group.ts)                     after: an entry of a look nobody used
 *  3. the log's signed promise of that entry                       crash: as after 2
 *  4. the answer; only now does an address exist that serves bytes
 *
 * Every request for bytes reads the look again: closed, expired or somebody else's serves nothing.
 */
import type { Purpose } from '@sereno/contracts'
import type { Actor, Scope } from '../../kernel/actor.ts'
import { Refusal } from '../../kernel/errors.ts'
import { createGroup } from '../../kernel/group.ts'
import type { Appended, NewEntry } from '../ledger/index.ts'
import { resourceOf } from './access.ts'
import { asItWas } from './as-it-was.ts'
import type { EvidenceDeps, EvidenceSettings } from './deps.ts'
import { addLooks, changeLook, findLook, findLookedAt, type LookedAt, needRecording } from './store.ts'
import type { LookRow, RecordingRow } from './tables.ts'

export type Wish = { readonly purpose: Purpose; readonly reference?: string }
export type OpenLook = {
  readonly look: string
  readonly entry: string
  readonly promise: string
  readonly policy: string
  readonly expiresAt: number
  readonly playlist: string
  readonly watermark: string
}
export type Allowed = { readonly policy: string }

/**
 * Asks the policy; what it refuses becomes an entry (`allowed` false) before the refusal is thrown. Used by looks and
 * exports alike.
 */
export async function allow(
  deps: EvidenceDeps,
  scope: Scope,
  action: 'recording.view' | 'recording.export',
  row: RecordingRow,
  wish: Wish,
): Promise<Allowed> {
  const circumstance = await deps.identity.circumstance(scope, wish)
  const decision = deps.identity.decide(scope.actor, action, resourceOf(row), circumstance)
  if (decision.allowed) {
    return { policy: decision.policy }
  }
  await deps.ledger.record({
    municipality: scope.municipality,
    kind: action === 'recording.view' ? 'recording.viewed' : 'recording.exported',
    coarse: 'access',
    subjects: [`recording:${row.id}`, `person:${scope.actor.id}`, ...officerOf(row)],
    actor: scope.actor,
    purpose: wish.purpose,
    policy: decision.policy,
    allowed: false,
    fields: referenceOf(wish),
  })
  throw new Refusal(decision.code)
}

/** By whom it was recorded: officers find here who looked at them. */
export const officerOf = (row: RecordingRow): readonly string[] =>
  row.officer === null ? [] : [`officer:${row.officer}`]

export function referenceOf(wish: Wish): Record<string, string> {
  return wish.reference === undefined ? {} : { reference: wish.reference }
}

/** A recording without a segment for this long is one whose stop never came: it must stay viewable. */
const silentMs = 10 * 60_000

/**
 * Watching what a camera is recording now is live viewing, of which the officer is told: never a look.
 * Throws `recording.not-stopped`.
 */
function needStopped(row: RecordingRow, nowMs: number): void {
  if (row.state === 'receiving' && nowMs - row.received_at < silentMs) {
    throw new Refusal('recording.not-stopped')
  }
}

/** Looks of one transaction. */
const openedTogether = 64

type Opening = {
  readonly entry: NewEntry
  readonly look: Omit<LookRow, 'entry' | 'entry_leaf'>
  /** What a module on the right decided (a guest, an emergency) is no task of the reader's. */
  readonly task: { readonly actor: Actor; readonly wish: Wish } | null
}

function viewOf(scope: Scope, row: RecordingRow, wish: Wish, policy: string, look: string): NewEntry {
  return {
    municipality: scope.municipality,
    kind: 'recording.viewed',
    coarse: 'access',
    subjects: [`recording:${row.id}`, `person:${scope.actor.id}`, ...officerOf(row)],
    actor: scope.actor,
    purpose: wish.purpose,
    policy,
    allowed: true,
    fields: { look, ...asItWas(row), ...referenceOf(wish) },
  }
}

export type Looks = {
  /** `decided` by a module on the right, which has made sure that it is allowed. */
  readonly open: (scope: Scope, recording: string, wish: Wish, decided?: Allowed) => Promise<OpenLook>
  readonly renew: (
    scope: Scope,
    look: string,
    wish: Wish,
    decided?: Allowed,
  ) => Promise<{ expiresAt: number; entry: string }>
  readonly close: (scope: Scope, look: string) => Promise<void>
  /**
   * The recording a look opens now. Throws `access.purpose-required` when it has ended, `recording.not-found`,
   * `recording.not-stopped` when the camera went on after all.
   */
  readonly through: (scope: Scope, look: string) => Promise<LookedAt>
}

export function createLooks(deps: EvidenceDeps, settings: EvidenceSettings): Looks {
  const db = deps.database.db
  const watermarkOf = createWatermark()

  const opened = createGroup<Opening, Appended>(openedTogether, (openings) =>
    deps.database.transaction(async (tx) => {
      const entries = await deps.ledger.appendAll(
        tx,
        openings.map(({ entry }) => entry),
      )
      const looks = openings.map(({ look }, place) => {
        const { id, leafHash } = entries[place] as Appended
        return { ...look, entry: id, entry_leaf: Buffer.from(leafHash).toString('hex') }
      })
      await addLooks(tx, looks)
      await deps.identity.rememberTasks(
        tx,
        openings.flatMap(({ task }) => (task === null ? [] : [task])),
      )
      return entries
    }),
  )

  async function open(scope: Scope, recording: string, wish: Wish, decided?: Allowed): Promise<OpenLook> {
    const row = await needRecording(db, scope, recording)
    const { policy } = decided ?? (await allow(deps, scope, 'recording.view', row, wish))
    if (row.destroyed_at !== null) {
      throw new Refusal('recording.destroyed')
    }
    const now = deps.clock.nowMs()
    needStopped(row, now)
    const look = deps.ids.uuid()
    const entry = await opened.add({
      entry: viewOf(scope, row, wish, policy, look),
      look: {
        municipality: scope.municipality,
        id: look,
        recording,
        account: scope.actor.id,
        account_name: scope.actor.name,
        purpose: wish.purpose,
        reference: wish.reference ?? null,
        policy,
        opened_at: now,
        expires_at: now + settings.lookMs,
        closed_at: null,
      },
      task: decided === undefined ? { actor: scope.actor, wish } : null,
    })
    return {
      look,
      entry: entry.id,
      promise: await deps.ledger.promiseOf(scope.municipality, entry.leafHash),
      policy,
      expiresAt: now + settings.lookMs,
      playlist: `/api/looks/${look}/index.m3u8`,
      watermark: watermarkOf(scope.actor.name, now, entry.id, deps.identity.municipality()?.timeZone ?? 'UTC'),
    }
  }

  async function renew(
    scope: Scope,
    id: string,
    wish: Wish,
    decided?: Allowed,
  ): Promise<{ expiresAt: number; entry: string }> {
    const look = await needLook(scope, id)
    const row = await needRecording(db, scope, look.recording)
    const { policy } = decided ?? (await allow(deps, scope, 'recording.view', row, wish))
    needStopped(row, deps.clock.nowMs())
    const expiresAt = deps.clock.nowMs() + settings.lookMs
    const entry = await deps.database.transaction(async (tx) => {
      const appended = await deps.ledger.append(tx, viewOf(scope, row, wish, policy, id))
      await changeLook(tx, scope, id, { expires_at: expiresAt, entry: appended.id })
      if (decided === undefined) {
        await deps.identity.rememberTask(tx, scope.actor, wish)
      }
      return appended.id
    })
    return { expiresAt, entry }
  }

  async function close(scope: Scope, id: string): Promise<void> {
    const look = await findLook(db, scope, id)
    if (look === null || look.closed_at !== null) {
      return
    }
    await changeLook(db, scope, id, { closed_at: deps.clock.nowMs() })
  }

  async function needLook(scope: Scope, id: string): Promise<LookRow> {
    const look = await findLook(db, scope, id)
    if (look === null) {
      throw new Refusal('recording.not-found')
    }
    if (look.closed_at !== null) {
      throw new Refusal('access.purpose-required')
    }
    return look
  }

  async function through(scope: Scope, id: string): Promise<LookedAt> {
    const found = await findLookedAt(db, scope, id)
    if (found === null) {
      throw new Refusal('recording.not-found')
    }
    const { look, row } = found
    if (look.closed_at !== null || look.expires_at <= deps.clock.nowMs()) {
      throw new Refusal('access.purpose-required')
    }
    if (row.destroyed_at !== null) {
      throw new Refusal('recording.destroyed')
    }
    needStopped(row, deps.clock.nowMs())
    return { look, row }
  }

  return { open, renew, close, through }
}

/**
 * Shown over the picture: who looks, when, and the entry that says so (its index is known a second later). A format is
 * made once for a time zone: making it takes longer than all else that a look computes.
 */
function createWatermark(): (name: string, nowMs: number, entry: string, timeZone: string) => string {
  const formats = new Map<string, Intl.DateTimeFormat>()
  return (name, nowMs, entry, timeZone) => {
    // Swedish writes ISO 8601: 2026-11-22 03:00.
    const format =
      formats.get(timeZone) ?? new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' })
    formats.set(timeZone, format)
    return `${name} · ${format.format(new Date(nowMs))} · ${entry.slice(-12)}`
  }
}
