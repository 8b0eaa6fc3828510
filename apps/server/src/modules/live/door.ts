import type { Alarm, Purpose, Unit, Watch, Watcher } from '@sereno/contracts'
import type { Static } from 'typebox'
import type { Actor, Scope } from '../../kernel/actor.ts'
import type { Checker, Cron } from '../../kernel/checker.ts'
import type { RouteTable, SocketRoute, WebSocket } from '../../kernel/http.ts'
import type { Kernel } from '../../kernel/kernel.ts'
import type { Evidence } from '../evidence/index.ts'
import type { Fleet } from '../fleet/index.ts'
import type { Identity } from '../identity/index.ts'
import type { Ledger } from '../ledger/index.ts'
import type { Tracks } from '../tracks/index.ts'
import type { DecidedWatch } from './watch.ts'

export type LiveDeps = Kernel & {
  readonly ledger: Ledger
  readonly identity: Identity
  readonly fleet: Fleet
  readonly tracks: Tracks
  readonly evidence: Evidence
}

/** What a module to the right adds to a room's snapshot: its alarms, as this reader may see them. */
export type SnapshotPart = (scope: Scope) => Promise<readonly Alarm[]>
/** Whether a phone's channel is open, and when it was last heard (epoch ms). */
export type Presence = { readonly connected: boolean; readonly seenAt: number | null }

export type GuestWatching = {
  /** In the order of `open-watch.ts`: entry, promise, the officer is told, then the grant. */
  open(
    scope: Scope,
    asked: { readonly device: string; readonly purpose: Purpose; readonly reference: string },
    decided: DecidedWatch,
  ): Promise<Static<typeof Watch>>
  renew(scope: Scope, watch: string): Promise<{ readonly expiresAt: number; readonly grant: string }>
  close(scope: Scope, watch: string): Promise<void>
  /** Ends all that an account watches, at once. */
  end(scope: Scope, account: string, why: { readonly policy: string; readonly note: string }): Promise<void>
  view(socket: WebSocket, actor: Actor, grant: string): void
}

/** What live offers to app.ts and to the modules on its right. */
export type Live = {
  readonly routes: RouteTable
  readonly sockets: readonly SocketRoute[]
  readonly timers: readonly Cron[]
  readonly check: Checker
  /** Ends the watches a crash left open, and learns the open SOS calls. Before the first request. */
  start(): Promise<void>
  /** Ends every watch with its closing entry, while database and signer are still there. */
  stop(): Promise<void>
  watchersOf(device: string): readonly Watcher[]
  presence(device: string): Presence
  units(scope: Scope): Promise<readonly Unit[]>
  /** Incidents registers its alarms here: live, on its left, must not import it. */
  registerSnapshot(part: SnapshotPart): void
  /** Watching that a module on the right has decided and bounds: a police guest of a case. */
  readonly guests: GuestWatching
}
