import { type Actor, type Scope, systemActor } from '../../kernel/actor.ts'
import { Refusal } from '../../kernel/errors.ts'
import type { LiveDeps } from './door.ts'
import type { Counts } from './relay.ts'
import { closeWatchRow, lockOpenWatch, watchesLeftOpen } from './store.ts'
import {
  type CloseReason,
  countsOf,
  dueToClose,
  extendForSos,
  lookMs,
  type OpenWatch,
  toWatcher,
  type WatchRow,
  watchLivesMs,
} from './watch.ts'

/** One account watches at most this many devices at once: what one person can look at, and what the dock holds. */
export const watchesPerAccount = 4

/** Told when who watches a device has changed: the phone, the unit on the map and the wished stream follow. */
export type WatchersChanged = (municipality: string, device: string) => void

/** Who ends a watch, under which policy, and what they say about it. */
export type Closer = { readonly actor: Actor; readonly policy?: string; readonly note?: string }
type Ending = {
  readonly watch: Pick<WatchRow, 'municipality' | 'id' | 'device' | 'account' | 'entry'>
  readonly reason: CloseReason
  /** Null when nobody can know. */
  readonly counts: Counts | null
  readonly by: Closer
}

export type Watches = ReturnType<typeof createWatches>

/** The open watches of this process and how they end. How they begin is in `open-watch.ts`. */
export function createWatches(
  deps: Pick<LiveDeps, 'database' | 'ledger' | 'events' | 'clock' | 'log'>,
  changed: WatchersChanged,
  hasCalled: (device: string) => boolean,
) {
  const open = new Map<string, OpenWatch>()
  const opening = new Map<string, number>()
  // Ended for the viewer, not yet written: the database was away. Tried again at each sweep, known to the next start.
  const unwritten = new Map<string, Ending>()

  const ofDevice = (device: string) => [...open.values()].filter((watch) => watch.device === device)

  /**
   * Ends a watch. 1. Frames stop and the viewer is told: at once, whatever the database does. 2. One transaction
   * closes the row, appends the closing entry with its counts, and tells the modules to the right. A crash or a lost
   * database before 2 leaves the row open: this process tries again each second, the next one closes it at its start
   * with counts unknown.
   */
  async function close(id: string, reason: CloseReason, by: Closer): Promise<void> {
    const watch = open.get(id)
    if (watch !== undefined) {
      open.delete(id)
      watch.viewer?.end(reason)
      const ending = { watch, reason, counts: countsOf(watch), by }
      changed(watch.municipality, watch.device)
      unwritten.set(id, ending)
      await write(ending)
    }
  }

  const closeBySystem = (watch: OpenWatch, reason: CloseReason) =>
    close(watch.id, reason, { actor: systemActor(watch.municipality) })

  async function write(ending: Ending): Promise<void> {
    await closeInDatabase(deps, ending)
    unwritten.delete(ending.watch.id)
  }

  return {
    /**
     * Reserves one of the account's places while its watch is being opened. Watches whose viewer has gone make room
     * first: reloading a page must not lock its operator out.
     */
    async reserve(account: string): Promise<() => void> {
      const own = () => [...open.values()].filter((watch) => watch.account === account)
      const taken = () => own().length + (opening.get(account) ?? 0)
      const detached = own().filter((watch) => watch.detachedAt !== null)
      while (taken() >= watchesPerAccount) {
        const gone = detached.shift()
        if (gone === undefined) {
          throw new Refusal('live.too-many', { limit: watchesPerAccount })
        }
        await closeBySystem(gone, 'left')
      }
      opening.set(account, (opening.get(account) ?? 0) + 1)
      return () => void opening.set(account, (opening.get(account) ?? 1) - 1)
    },
    /** A watch whose entry is committed begins to live. */
    begin(row: WatchRow, expiresAt: number, untilMs = Number.MAX_SAFE_INTEGER): OpenWatch {
      const watch: OpenWatch = {
        ...row,
        expiresAt: Math.min(expiresAt, untilMs),
        lapsesAt: Math.min(row.openedAt + lookMs, untilMs),
        detachedAt: null,
        viewer: null,
        earlier: { sent: 0, dropped: 0 },
      }
      open.set(row.id, watch)
      changed(row.municipality, row.device)
      return watch
    },
    get: (id: string) => open.get(id) ?? null,
    /** The caller's own open watch, or `live.not-watching`. */
    own(scope: Scope, id: string): OpenWatch {
      const watch = open.get(id)
      if (watch === undefined || watch.municipality !== scope.municipality || watch.account !== scope.actor.id) {
        throw new Refusal('live.not-watching')
      }
      return watch
    },
    inScope: (scope: Scope) => [...open.values()].filter((watch) => watch.municipality === scope.municipality),
    /** Another minute, never beyond the end of the look. A look that is over is closed: `live.not-watching`. */
    async renew(watch: OpenWatch): Promise<void> {
      const nowMs = deps.clock.nowMs()
      extendForSos(watch, hasCalled(watch.device), nowMs)
      const reason = dueToClose(watch, nowMs)
      if (reason === 'lapsed') {
        await closeBySystem(watch, reason)
        throw new Refusal('live.not-watching')
      }
      watch.expiresAt = Math.min(nowMs + watchLivesMs, watch.lapsesAt)
    },
    close,
    watchersOf: (device: string) => ofDevice(device).map(toWatcher),
    countOf: (device: string) => ofDevice(device).length,
    closeAllOf: (device: string, reason: CloseReason) =>
      allOf(ofDevice(device).map((watch) => closeBySystem(watch, reason))),
    /** Ends what an account watches: its right is over. */
    closeAccount: (account: string, by: Closer) =>
      allOf(
        [...open.values()].filter((watch) => watch.account === account).map((watch) => close(watch.id, 'revoked', by)),
      ),
    closeSession: (session: string) =>
      allOf(
        [...open.values()]
          .filter((watch) => watch.session === session)
          .map((watch) => closeBySystem(watch, 'session-ended')),
      ),
    async sweep(): Promise<void> {
      const nowMs = deps.clock.nowMs()
      const retried = [...unwritten.values()]
      for (const watch of open.values()) {
        extendForSos(watch, hasCalled(watch.device), nowMs)
      }
      const due = [...open.values()].map((watch) => ({ watch, reason: dueToClose(watch, nowMs) }))
      await allOf([
        ...due.map(({ watch, reason }) => reason !== null && closeBySystem(watch, reason)),
        ...retried.map(write),
      ])
    },
    closeAll: (reason: CloseReason) => allOf([...open.values()].map((watch) => closeBySystem(watch, reason))),
    /** What a process that died left open: ended, its counts honestly unknown. */
    async closeLeftOpen(): Promise<number> {
      const left = await watchesLeftOpen(deps.database.db)
      for (const watch of left) {
        const by = { actor: systemActor(watch.municipality) }
        await closeInDatabase(deps, { watch, reason: 'server-restart', counts: null, by })
      }
      return left.length
    },
  }
}

/** Waits for all of them even when one fails, then throws the first failure. */
async function allOf(work: readonly (Promise<void> | false)[]): Promise<void> {
  const failed = (await Promise.allSettled(work)).find((result) => result.status === 'rejected')
  if (failed !== undefined) {
    throw failed.reason
  }
}

async function closeInDatabase(
  deps: Pick<LiveDeps, 'database' | 'ledger' | 'events' | 'clock'>,
  { watch, reason, counts, by }: Ending,
): Promise<void> {
  const { municipality, id, device, account } = watch
  const scope = { municipality, actor: by.actor }
  const at = deps.clock.nowMs()
  await deps.database.transaction(async (tx) => {
    if (!(await lockOpenWatch(tx, scope, id))) {
      return
    }
    const { id: entry } = await deps.ledger.append(tx, {
      municipality,
      kind: reason === 'revoked' ? 'live.revoked' : 'live.closed',
      coarse: 'live',
      subjects: [`device:${device}`, `watch:${id}`, `person:${account}`],
      actor: by.actor,
      policy: by.policy,
      at,
      fields: {
        watch: id,
        opening: watch.entry,
        reason,
        framesSent: counts === null ? 'unknown' : String(counts.sent),
        framesDropped: counts === null ? 'unknown' : String(counts.dropped),
        ...(by.note === undefined ? {} : { note: by.note }),
      },
    })
    await closeWatchRow(tx, scope, id, { at, reason, entry, counts })
    await deps.events.publish(tx, 'watch.closed', municipality, { watch: id, device, account })
  })
}
