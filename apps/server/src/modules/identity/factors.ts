/** Which roles must prove a second factor, and whether a session has. */
import { type Role, roles } from '@sereno/contracts'
import type { Actor, Scope } from '../../kernel/actor.ts'
import { Refusal } from '../../kernel/errors.ts'
import type { IdentityDeps } from './door.ts'
import type { AccountRow, SessionRow } from './store.ts'
import { changeStrongRoles } from './store.ts'

/** Those who hold evidence, people or the installation in their hands. */
export const strongByDefault: readonly Role[] = ['administrator', 'custodian', 'data-protection-officer']
/** How long a proof is fresh enough for what is done once in a while. */
export const freshMs: number = 5 * 60_000

/** @param chosen the municipality's own list, null for the default. A demonstration signs in by its links. */
export function demandedRoles(chosen: readonly Role[] | null, fictitious: boolean): readonly Role[] {
  return chosen ?? (fictitious ? [] : strongByDefault)
}

/**
 * Whether the session may do nothing yet but prove a factor (or set one): its account's roles demand one, or the account
 * has one and came in around it, by a link or from the identity provider.
 */
export function isFactorDemanded(
  account: Pick<AccountRow, 'roles' | 'has_passkey' | 'second_factor'>,
  session: Pick<SessionRow, 'strong_at'>,
  demanded: readonly Role[],
): boolean {
  const hasOne = account.has_passkey || account.second_factor !== null
  return session.strong_at === null && (hasOne || account.roles.some((role) => demanded.includes(role)))
}

export function isFresh(provenAt: number | null, nowMs: number): boolean {
  return provenAt !== null && nowMs - provenAt <= freshMs
}

/**
 * 1. The entry, public as a weakening when a role leaves the list. 2. The change, in the same transaction.
 * A crash before the commit: neither; after it: both.
 */
export async function changeDemands(
  deps: Pick<IdentityDeps, 'database' | 'ledger'>,
  scope: Scope,
  actor: Actor,
  change: { readonly before: readonly Role[]; readonly roles: readonly Role[]; readonly reason: string },
  policy: string,
): Promise<readonly Role[]> {
  const after = roles.filter((role) => change.roles.includes(role))
  if (after.some((role) => ['police', 'prosecutor', 'defence'].includes(role))) {
    // An outside account enters with a link and a code told by another way; it has nothing to set a factor with.
    throw new Refusal('request.invalid', { where: 'body/roles' })
  }
  const isWeaker = change.before.some((role) => !after.includes(role))
  await deps.database.transaction(async (tx) => {
    await deps.ledger.append(tx, {
      municipality: scope.municipality,
      kind: 'installation.factors-changed',
      coarse: isWeaker ? 'weakening' : 'installation',
      subjects: [`municipality:${scope.municipality}`],
      actor,
      policy,
      fields: { before: change.before.join(' '), roles: after.join(' '), reason: change.reason },
    })
    await changeStrongRoles(tx, scope.municipality, after)
  })
  return after
}
