import type { Purpose, Watcher } from '@sereno/contracts'
import type { Counts } from './relay.ts'

/** A watch lives this long unless renewed (design §4). */
export const watchLivesMs = 60_000
/** Renewed or not, it ends this long after it began: going on is a deed with a ledger entry of its own. */
export const lookMs = 15 * 60_000
/** A viewer whose connection broke may come back within this; a closed page must not stand as a watcher for long. */
export const detachedLivesMs = 15_000

export type CloseReason =
  | 'closed'
  | 'revoked'
  | 'expired'
  | 'lapsed'
  | 'not-allowed'
  | 'left'
  | 'session-ended'
  | 'shift-ended'
  | 'device-revoked'
  | 'not-opened'
  | 'server-restart'
  | 'server-stop'

/** A watch as the database keeps it. */
export type WatchRow = {
  readonly municipality: string
  readonly id: string
  readonly device: string
  readonly account: string
  readonly accountName: string
  readonly accountRole: string
  readonly session: string | null
  readonly purpose: Purpose
  readonly reference: string | null
  readonly policy: string
  readonly entry: string
  readonly openedAt: number
}
/** An open watch in memory: what moves while it is open. `viewer` is null before the first frame and while detached. */
export type OpenWatch = WatchRow & {
  expiresAt: number
  /** The end that no renewal moves; only an open SOS does, for a watch that was opened for it. */
  lapsesAt: number
  detachedAt: number | null
  viewer: { counts(): Counts; end(reason: string): void } | null
  /** Of viewers that came and went under this watch. */
  earlier: Counts
}

/** What a watch shows the officer who is being watched. */
export function toWatcher(watch: WatchRow): Watcher {
  return {
    name: watch.accountName,
    role: watch.accountRole,
    purpose: watch.purpose,
    reference: watch.reference,
    sinceMs: watch.openedAt,
  }
}

/** Pictures sent and dropped under a watch so far, over all its connections. */
export function countsOf(watch: OpenWatch): Counts {
  const now = watch.viewer?.counts() ?? { sent: 0, dropped: 0 }
  return { sent: watch.earlier.sent + now.sent, dropped: watch.earlier.dropped + now.dropped }
}

/** A watch opened for an SOS goes on while its alarm is open, and as long as any other watch after it. */
export function extendForSos(watch: OpenWatch, hasCalled: boolean, nowMs: number): void {
  if (watch.purpose === 'sos' && hasCalled) {
    watch.lapsesAt = nowMs + lookMs
  }
}

/** Why an open watch has to end now, or null. */
export function dueToClose(watch: OpenWatch, nowMs: number): CloseReason | null {
  if (nowMs >= watch.lapsesAt) {
    return 'lapsed'
  }
  if (nowMs >= watch.expiresAt) {
    return 'expired'
  }
  return watch.detachedAt !== null && nowMs - watch.detachedAt >= detachedLivesMs ? 'left' : null
}

/**
 * A look that a module on the right has decided: a police guest of a case. It ends at `untilMs` however often it is
 * renewed, and its entries name `subjects` too.
 */
export type DecidedWatch = {
  readonly policy: string
  readonly untilMs: number
  readonly subjects: readonly string[]
}
