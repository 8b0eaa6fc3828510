import type { FreezeKind } from '@sereno/contracts'
import type { Scope } from '../../kernel/actor.ts'
import type { Checker, Cron } from '../../kernel/checker.ts'
import type { PublicFile, RouteTable } from '../../kernel/http.ts'
import type { Kernel } from '../../kernel/kernel.ts'
import type { Evidence } from '../evidence/index.ts'
import type { Identity } from '../identity/index.ts'
import type { Ledger } from '../ledger/index.ts'
import type { Tombstone } from './tombstones.ts'

export type RetentionDeps = Kernel & {
  readonly ledger: Ledger
  readonly identity: Identity
  readonly evidence: Pick<Evidence, 'erase'>
  /** What another module says holds a recording back: an open case, say. Given by `app.ts`. */
  readonly freezesOf?: (scope: Scope, recording: string) => Promise<readonly ForeignFreeze[]>
  readonly retentionSettings?: Partial<RetentionSettings>
}

export type ForeignFreeze = { readonly reason: string; readonly reference: string }

export type RetentionSettings = {
  readonly proposeEveryMs: number
  readonly advanceEveryMs: number
  readonly reconcileEveryMs: number
  /** Most recordings in one batch. */
  readonly batchMaximum: number
  /** How long a recording that a person left out of a batch is not proposed again. */
  readonly postponedMs: number
  /** Called after each numbered step of a destruction; a test stops there. */
  readonly step: (name: string) => void | Promise<void>
}

export const retentionDefaults: RetentionSettings = {
  proposeEveryMs: 10 * 60_000,
  advanceEveryMs: 5_000,
  reconcileEveryMs: 6 * 3_600_000,
  batchMaximum: 500,
  postponedMs: 30 * 24 * 3_600_000,
  step: () => undefined,
}

/** A reason why a recording may not be destroyed now. */
export type HeldBack = {
  readonly kind: 'hold' | FreezeKind
  readonly reference: string
}

export type Retention = {
  readonly routes: RouteTable
  readonly timers: readonly Cron[]
  readonly check: Checker
  /** The public list of destroyed recordings, each with its proof: `GET /log/tombstones`. */
  readonly files: readonly PublicFile[]
  /** Before the first request: destroys again what a restore brought back, finishes what a crash interrupted. */
  start(): Promise<void>
  /** Every destroyed recording with its proof. */
  tombstones(): Promise<readonly Tombstone[]>
  /** What holds a recording back now; empty when nothing does. */
  holdsOf(scope: Scope, recording: string): Promise<readonly HeldBack[]>
  /** For the demonstration: a proposed change to look at. Does nothing the second time. */
  seedDemonstration(municipality: string): Promise<void>
}
