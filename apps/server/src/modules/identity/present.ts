import type { Account, Me } from '@sereno/contracts'
import type { Static } from 'typebox'
import type { Actor } from '../../kernel/actor.ts'
import type { Municipality } from './door.ts'
import type { Decide } from './policy/decide.ts'
import { isOwn, permissionsOf } from './policy/permissions.ts'
import type { AccountRow } from './store.ts'

/** An account as its readers see it, with what this one may do to it. */
export function presentAccount(row: AccountRow, reader: Actor, decide: Decide): Static<typeof Account> {
  const resource = { type: 'Account', id: row.id, attributes: { municipality: row.municipality } }
  const may: string[] = []
  if (row.closed_at === null && decide(reader, 'account.write', resource).allowed) {
    // An outside account is made, let in and ended by its case; here it can only be closed.
    may.push(...(row.bound_case === null ? ['account.write', 'account.link', 'account.close'] : ['account.close']))
    if (row.bound_case === null && decide(reader, 'account.write', resource, { change: 'roles' }).allowed) {
      may.push('account.roles')
    }
    if (row.bound_case === null && decide(reader, 'account.write', resource, { change: 'officer' }).allowed) {
      may.push('account.officer')
    }
  }
  return {
    id: row.id,
    name: row.name,
    signIn: row.sign_in,
    roles: [...row.roles],
    officer: row.officer,
    active: row.closed_at === null,
    secondFactor: row.second_factor !== null || row.has_passkey,
    lastSeenAt: row.seen_at,
    may,
  }
}

export function presentMe(
  account: Static<typeof Account>,
  language: string,
  municipality: Municipality,
  given: {
    readonly session: { readonly startedAt: number; readonly idleAt: number; readonly endsAt: number }
    readonly factor: Static<typeof Me>['factor']
  },
): Static<typeof Me> {
  const { id, name, timeZone, fictitious } = municipality
  return {
    account,
    municipality: { id, name, timeZone, fictitious },
    permissions: [...permissionsOf(account.roles)].filter((permission) => !given.factor.demanded || isOwn(permission)),
    ...given,
    language: language === 'en' ? 'en' : 'es',
  }
}
