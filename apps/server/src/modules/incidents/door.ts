import type { Alarm } from '@sereno/contracts'
import type { Scope } from '../../kernel/actor.ts'
import type { Checker, Cron } from '../../kernel/checker.ts'
import type { Db } from '../../kernel/database.ts'
import type { RouteTable } from '../../kernel/http.ts'
import type { Kernel } from '../../kernel/kernel.ts'
import type { Fleet } from '../fleet/index.ts'
import type { Identity } from '../identity/index.ts'
import type { Ledger } from '../ledger/index.ts'
import type { Live } from '../live/index.ts'
import type { Territory } from '../territory/index.ts'
import type { Tracks } from '../tracks/index.ts'

export type IncidentsDeps = Kernel & {
  readonly ledger: Ledger
  readonly identity: Identity
  readonly territory: Territory
  readonly fleet: Fleet
  readonly tracks: Tracks
  /** A room's first message carries the alarms. */
  readonly live: Pick<Live, 'registerSnapshot'>
}

export type Incidents = {
  readonly routes: RouteTable
  readonly timers: readonly Cron[]
  readonly check: Checker
  /** Open alarms first, then those of the last 24 hours; everything with `all`. */
  alarms(scope: Scope, all: boolean): Promise<readonly Alarm[]>
  /** Raised during the recordings, oldest first. */
  alarmsOf(scope: Scope, recordings: readonly string[]): Promise<readonly Omit<Alarm, 'may'>[]>
  /** A hand-over is due: an alarm without a device, in the caller's transaction. */
  raiseHandOver(tx: Db, scope: Scope, alarm: { readonly id: string; readonly detail: string }): Promise<void>
  /** Closes an alarm whose cause is over. */
  closeOver(tx: Db, scope: Scope, alarm: string, note: string): Promise<void>
}
