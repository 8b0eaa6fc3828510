import type { Accounts } from './accounts.ts'
import type { IdentityDeps, Municipality } from './door.ts'
import type { createOwnAccount } from './own-account.ts'
import type { Decide } from './policy/decide.ts'
import type { Sessions } from './sessions.ts'
import type { createSetUp } from './set-up.ts'
import type { createSignIn } from './sign-in.ts'
import type { Tasks } from './task.ts'

/** What the handlers of this module are made of. */
export type RouteDeps = IdentityDeps & {
  readonly accounts: Accounts
  readonly own: ReturnType<typeof createOwnAccount>
  readonly signIn: ReturnType<typeof createSignIn>
  readonly setUp: ReturnType<typeof createSetUp>
  readonly tasks: Tasks
  readonly sessions: Sessions
  readonly decide: Decide
  /** The municipality; refuses before set-up. */
  readonly home: () => Municipality
  /** Reads the municipality again, after it changed. */
  readonly settled: () => Promise<void>
  readonly startedAt: number
}
