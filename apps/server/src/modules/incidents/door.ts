import type { Alarm } from '@sereno/contracts'
import type { Scope } from '../../kernel/actor.ts'
import type { Checker, Cron } from '../../kernel/checker.ts'
import type { RouteTable } from '../../kernel/http.ts'
import type { Kernel } from '../../kernel/kernel.ts'
import type { Fleet } from '../fleet/index.ts'
import type { Identity } from '../identity/index.ts'
import type { Ledger } from '../ledger/index.ts'
import type { Territory } from '../territory/index.ts'
import type { Tracks } from '../tracks/index.ts'

export type IncidentsDeps = Kernel & {
  readonly ledger: Ledger
  readonly identity: Identity
  readonly territory: Territory
  readonly fleet: Fleet
  readonly tracks: Tracks
}

export type Incidents = {
  readonly routes: RouteTable
  readonly timers: readonly Cron[]
  readonly check: Checker
  start(): Promise<void>
  /** Open alarms first, then those of the last 24 hours; everything with `all`. */
  alarms(scope: Scope, all: boolean): Promise<readonly Alarm[]>
}
