import type { Scope } from '../../kernel/actor.ts'
import type { Checker, Cron } from '../../kernel/checker.ts'
import type { RouteTable, SocketRoute } from '../../kernel/http.ts'
import type { Kernel } from '../../kernel/kernel.ts'
import type { Evidence } from '../evidence/index.ts'
import type { Fleet } from '../fleet/index.ts'
import type { Identity } from '../identity/index.ts'
import type { Incidents } from '../incidents/index.ts'
import type { Intake } from '../intake/index.ts'
import type { Ledger } from '../ledger/index.ts'
import type { Live } from '../live/index.ts'

export type CasesDeps = Kernel & {
  readonly ledger: Ledger
  readonly identity: Identity
  readonly fleet: Fleet
  readonly evidence: Evidence
  readonly intake: Intake
  readonly live: Live
  readonly incidents: Incidents
}

/** Why a recording may not be erased, and the case that says so. */
export type Freeze = { readonly reason: 'case'; readonly reference: string }

export type Cases = {
  readonly routes: readonly RouteTable[]
  readonly sockets: readonly SocketRoute[]
  readonly timers: readonly Cron[]
  readonly check: Checker
  /** Open cases that contain the recording: while there is one, retention destroys nothing of it. */
  freezesOf(scope: Scope, recording: string): Promise<readonly Freeze[]>
  /** Whether an open case has this number. */
  isOpen(scope: Scope, code: string): Promise<boolean>
  /** One fictitious case over the demonstration's first sealed recordings. Does nothing when a case exists. */
  seedDemonstration(municipality: string): Promise<boolean>
}
