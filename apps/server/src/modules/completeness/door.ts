import type { Checker, Cron } from '../../kernel/checker.ts'
import type { PublicFile, RouteTable } from '../../kernel/http.ts'
import type { Kernel } from '../../kernel/kernel.ts'
import type { Evidence } from '../evidence/index.ts'
import type { Fleet } from '../fleet/index.ts'
import type { Identity } from '../identity/index.ts'
import type { Ledger } from '../ledger/index.ts'
import type { Retention } from '../retention/index.ts'

export type CompletenessDeps = Kernel & {
  readonly ledger: Ledger
  readonly identity: Identity
  readonly fleet: Fleet
  readonly evidence: Pick<Evidence, 'sequences' | 'expected'>
  readonly retention: Pick<Retention, 'tombstones'>
  readonly completenessSettings?: Partial<CompletenessSettings>
}

export type CompletenessSettings = {
  /** Phones deliver late and newest first: missing for less than this is no alarm. */
  readonly graceMs: number
  readonly gapsEveryMs: number
  readonly headsEveryMs: number
  readonly reconcileEveryMs: number
  /** Local hour from which the night's reconciliation runs. */
  readonly reconcileFromHour: number
  /** How fast bytes are read again. */
  readonly rereadBytesPerSecond: number
  /** Within so many days everything is read again. */
  readonly rereadDays: number
  /** An object without a row younger than this may be an upload under way. */
  readonly unacknowledgedMs: number
  /** An export is made again after this. */
  readonly exportMs: number
}

export const completenessDefaults: CompletenessSettings = {
  graceMs: 24 * 3_600_000,
  gapsEveryMs: 10 * 60_000,
  headsEveryMs: 10 * 60_000,
  reconcileEveryMs: 10 * 60_000,
  reconcileFromHour: 2,
  rereadBytesPerSecond: 20_000_000,
  rereadDays: 90,
  unacknowledgedMs: 48 * 3_600_000,
  exportMs: 60_000,
}

export type Completeness = {
  readonly routes: RouteTable
  readonly timers: readonly Cron[]
  readonly check: Checker
  /** `GET /open/completeness.json`, and each camera's enrolment: `GET /open/devices/:id`. */
  readonly files: readonly PublicFile[]
  /** Compares storage, database and ledger once, whatever the hour. */
  reconcile(municipality: string): Promise<void>
}
