/** Which officer the holder of an account is: what is recorded by that officer is their own. */
import type { Scope } from '../../kernel/actor.ts'
import type { Db } from '../../kernel/database.ts'
import { Refusal } from '../../kernel/errors.ts'
import { type Accounts, taken } from './accounts.ts'
import type { IdentityDeps } from './door.ts'
import type { Sessions } from './sessions.ts'
import { type AccountRow, changeAccount } from './store.ts'

type OfficerDeps = Pick<IdentityDeps, 'officer'> & { readonly accounts: Accounts; readonly sessions: Sessions }
type Named = { readonly code: string; readonly name: string }

/**
 * Joins the account to an officer, or parts them. The ban on one's own recordings follows at once: what was opened before
 * ends with its session. Parting lifts a ban, so the public log counts it as a weakening.
 *
 * One transaction: the row, the end of the sessions, the entry.
 */
export async function changeOfficer(
  deps: OfficerDeps,
  tx: Db,
  scope: Scope,
  id: string,
  { officer, reason }: { readonly officer: string | null; readonly reason: string },
): Promise<AccountRow> {
  const policy = deps.accounts.demand(scope, id, 'officer')
  const account = await deps.accounts.open(tx, scope, id)
  if (account.bound_case !== null) {
    throw new Refusal('access.denied')
  }
  const spokenOf = officer ?? account.officer
  if (spokenOf === null || officer === account.officer) {
    return account
  }
  const named = await officerNamed(deps, scope, spokenOf)
  try {
    await changeAccount(tx, account.municipality, id, { officer })
  } catch (error) {
    throw taken(error)
  }
  await deps.sessions.endAll(tx, id, null)
  await deps.accounts.record(tx, scope.actor, account, {
    kind: officer === null ? 'account.officer-parted' : 'account.officer-joined',
    coarse: account.officer === null ? 'person' : 'weakening',
    policy,
    officers: [account.officer, officer].filter((one) => one !== null),
    fields: {
      ...(account.officer === null ? {} : { from: account.officer }),
      ...(officer === null ? {} : { officer }),
      officerCode: named.code,
      officerName: named.name,
      reason,
    },
  })
  return { ...account, officer }
}

/** The officer, or `officer.not-found`. */
export async function officerNamed(deps: Pick<IdentityDeps, 'officer'>, scope: Scope, officer: string): Promise<Named> {
  const found = await deps.officer?.(scope, officer)
  if (found === undefined || found === null) {
    throw new Refusal('officer.not-found')
  }
  return found
}
