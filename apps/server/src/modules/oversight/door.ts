import type { Checker, Cron } from '../../kernel/checker.ts'
import type { RouteTable } from '../../kernel/http.ts'
import type { Kernel } from '../../kernel/kernel.ts'
import type { Evidence } from '../evidence/index.ts'
import type { Fleet } from '../fleet/index.ts'
import type { Identity } from '../identity/index.ts'
import type { Ledger } from '../ledger/index.ts'

export type OversightDeps = Kernel & {
  readonly ledger: Ledger
  readonly identity: Identity
  readonly fleet: Fleet
  readonly evidence: Evidence
}
export type Oversight = { readonly routes: RouteTable; readonly timers: readonly Cron[]; readonly check: Checker }

export const minuteMs = 60_000
const hourMs: number = 60 * minuteMs
/** An emergency opening is reviewed within this. */
export const reviewWithinMs: number = 72 * hourMs
/** Accounts and roles are gone through this often, and within two weeks of the day. */
export const privilegesEveryMs: number = 182 * 24 * hourMs
export const privilegesWithinMs: number = 14 * 24 * hourMs
