import { type GuestRole, guestRoles, type Role } from '@sereno/contracts'
import type { Actor, Scope } from '../../kernel/actor.ts'
import { brokenConstraint, type Db } from '../../kernel/database.ts'
import { Refusal } from '../../kernel/errors.ts'
import type { IdentityDeps, NewAccount } from './door.ts'
import { revokePasskeys } from './factor-store.ts'
import { hashPassword, isWeak } from './password.ts'
import type { Decide } from './policy/decide.ts'
import { tokenHash } from './secrets.ts'
import type { Sessions } from './sessions.ts'
import { insertLink, voidLinks } from './sign-in-store.ts'
import {
  type AccountChange,
  type AccountRow,
  changeAccount,
  insertAccount,
  lockAccount,
  openAccountsWith,
} from './store.ts'

/** A link to an account that exists: handed over at once. */
export const linkMs: number = 15 * 60_000
/** A link for somebody's first sign-in, and the demonstration's: it waits for its reader. */
export const firstLinkMs: number = 24 * 60 * 60_000
/** An outside account's: it goes to an office that opens its mail during the week. */
export const guestLinkMs: number = 72 * 60 * 60_000

/** Told by another way than the link: eight digits, five tries. */
const codeDigits = 8

export type Accounts = ReturnType<typeof createAccounts>

/** Accounts and their changes. Each change is an entry of the ledger in its own transaction (I-3). */
export function createAccounts(deps: IdentityDeps & { readonly sessions: Sessions; readonly decide: Decide }) {
  const { clock, ids, ledger } = deps

  async function record(
    tx: Db,
    actor: Actor,
    account: Pick<AccountRow, 'id' | 'municipality'>,
    {
      officers = [],
      ...entry
    }: {
      readonly kind: string
      readonly coarse?: 'person' | 'weakening'
      readonly officers?: readonly string[]
      readonly policy?: string
      readonly fields?: Readonly<Record<string, string>>
    },
  ): Promise<void> {
    await ledger.append(tx, {
      municipality: account.municipality,
      coarse: 'person',
      subjects: [`person:${account.id}`, ...officers.map((id) => `officer:${id}`)],
      actor,
      ...entry,
    })
  }

  /** The account under lock, or `account.not-found`; closed ones do not change any more. */
  async function open(tx: Db, scope: Scope, id: string): Promise<AccountRow> {
    const account = await lockAccount(tx, scope.municipality, id)
    if (account === null || account.closed_at !== null) {
      throw new Refusal('account.not-found')
    }
    return account
  }

  /** @returns the deciding policy. Throws the refusal of the policies. */
  function demand(scope: Scope, id: string, change?: 'roles' | 'officer' | 'close'): string {
    const resource = { type: 'Account', id, attributes: { municipality: scope.municipality } }
    const decision = deps.decide(scope.actor, 'account.write', resource, change === undefined ? {} : { change })
    if (!decision.allowed) {
      throw new Refusal(decision.code)
    }
    return decision.policy
  }

  /** Somebody must be able to make accounts: the last administrator stays one. */
  async function keepAnAdministrator(tx: Db, account: AccountRow): Promise<void> {
    if (account.roles.includes('administrator')) {
      const all = await openAccountsWith(tx, account.municipality, 'administrator', true)
      if (!all.some(({ id }) => id !== account.id)) {
        throw new Refusal('account.last-administrator')
      }
    }
  }

  async function create(
    tx: Db,
    actor: Actor,
    municipality: string,
    given: NewAccount & { readonly password?: string; readonly demonstration?: boolean; readonly policy?: string },
  ): Promise<AccountRow> {
    if (given.roles.some(isGuestRole) !== (given.bound !== undefined)) {
      throw new Refusal('access.denied')
    }
    if (given.password !== undefined && isWeak(given.password, [given.name, given.signIn])) {
      throw new Refusal('account.weak-password')
    }
    const row: AccountRow = {
      id: ids.uuid(),
      municipality,
      name: given.name.trim(),
      sign_in: given.signIn.trim(),
      roles: [...new Set(given.roles)],
      officer: given.officer ?? null,
      language: 'es',
      demonstration: given.demonstration ?? false,
      password: given.password === undefined ? null : await hashPassword(given.password, ids.bytes(16)),
      second_factor: null,
      second_factor_next: null,
      second_factor_step: null,
      created_at: clock.nowMs(),
      seen_at: null,
      closed_at: null,
      bound_case: given.bound?.case ?? null,
      bound_until: given.bound?.untilMs ?? null,
      has_passkey: false,
      provider_subject: null,
    }
    try {
      await insertAccount(tx, row)
    } catch (error) {
      throw taken(error)
    }
    await record(tx, actor, row, {
      kind: 'account.created',
      officers: row.officer === null ? [] : [row.officer],
      ...(given.policy === undefined ? {} : { policy: given.policy }),
      fields: {
        name: row.name,
        signIn: row.sign_in,
        roles: row.roles.join(' '),
        ...(row.officer === null ? {} : { officer: row.officer }),
        ...(given.bound === undefined ? {} : { case: given.bound.case, until: String(given.bound.untilMs) }),
      },
    })
    return row
  }

  async function changeRoles(
    tx: Db,
    scope: Scope,
    id: string,
    change: { readonly roles: readonly Role[]; readonly reason: string },
  ): Promise<AccountRow> {
    const policy = demand(scope, id, 'roles')
    const account = await open(tx, scope, id)
    const roles = [...new Set(change.roles)]
    if (account.bound_case !== null || roles.some(isGuestRole)) {
      throw new Refusal('access.denied')
    }
    if (!roles.includes('administrator')) {
      await keepAnAdministrator(tx, account)
    }
    await changeAccount(tx, account.municipality, id, { roles })
    // Roles are read at every request; what was opened under the old ones (rooms, watches) ends with its session.
    await deps.sessions.endAll(tx, id, null)
    await record(tx, scope.actor, account, {
      kind: 'account.roles-changed',
      coarse: watchesLess(account.roles, roles) ? 'weakening' : 'person',
      policy,
      fields: { from: account.roles.join(' '), roles: roles.join(' '), reason: change.reason },
    })
    return { ...account, roles }
  }

  async function close(tx: Db, scope: Scope, id: string, reason: string): Promise<AccountRow> {
    return closeBy(tx, scope, id, { reason, policy: demand(scope, id, 'close') })
  }

  /** Closes what the caller has decided to close: an outside account ends with its share. */
  async function closeBy(
    tx: Db,
    scope: Scope,
    id: string,
    { reason, policy }: { readonly reason: string; readonly policy: string },
  ): Promise<AccountRow> {
    const account = await open(tx, scope, id)
    await keepAnAdministrator(tx, account)
    const closedAt = clock.nowMs()
    await changeAccount(tx, account.municipality, id, {
      closed_at: closedAt,
      password: null,
      second_factor: null,
      has_passkey: false,
    })
    await revokePasskeys(tx, account.municipality, id, closedAt)
    await voidLinks(tx, id, closedAt)
    await deps.sessions.endAll(tx, id, null)
    await record(tx, scope.actor, account, {
      kind: 'account.closed',
      coarse: watchesLess(account.roles, []) ? 'weakening' : 'person',
      policy,
      fields: { reason },
    })
    return { ...account, closed_at: closedAt, second_factor: null }
  }

  async function link(tx: Db, actor: Actor, municipality: string, id: string, validMs: number): Promise<string> {
    const account = await lockAccount(tx, municipality, id)
    // Whoever makes links for accounts must not be able to enter as an outside one: its link needs a code.
    if (account === null || account.closed_at !== null || account.bound_case !== null) {
      throw new Refusal('account.not-found')
    }
    const token = await insert(tx, actor, account, { validMs, code: null })
    return `${deps.config.origin()}/#link=${token}`
  }

  async function insert(
    tx: Db,
    actor: Actor,
    account: AccountRow,
    { validMs, code }: { readonly validMs: number; readonly code: string | null },
  ): Promise<string> {
    const nowMs = clock.nowMs()
    const token = ids.token(32)
    await voidLinks(tx, account.id, nowMs)
    await insertLink(tx, {
      token_hash: tokenHash(token),
      municipality: account.municipality,
      account: account.id,
      created_at: nowMs,
      expires_at: nowMs + validMs,
      used_at: null,
      code_hash: code === null ? null : tokenHash(`${token}.${code}`),
      wrong_codes: 0,
      made_by: actor.kind === 'person' ? actor.name : null,
    })
    await record(tx, actor, account, { kind: 'account.link-made', fields: { expiresAt: String(nowMs + validMs) } })
    return token
  }

  /**
   * The address and the code of an outside account; each is worth nothing without the other, both once. Whoever needs them
   * again has not the device any more that entered without: its passkeys end.
   */
  async function guestLink(
    tx: Db,
    scope: Scope,
    id: string,
  ): Promise<{ readonly url: string; readonly code: string; readonly expiresAt: number }> {
    const account = await open(tx, scope, id)
    if (account.bound_until === null) {
      throw new Refusal('account.not-found')
    }
    const validMs = Math.min(guestLinkMs, account.bound_until - clock.nowMs())
    if (validMs <= 0) {
      throw new Refusal('case.share-ended')
    }
    const revoked = await revokePasskeys(tx, account.municipality, id, clock.nowMs())
    if (revoked.length > 0) {
      await changeAccount(tx, account.municipality, id, { has_passkey: false })
      await record(tx, scope.actor, account, {
        kind: 'account.passkey-revoked',
        fields: { passkeys: String(revoked.length), reason: 'entrance' },
      })
    }
    const code = digits(ids.bytes(8))
    const token = await insert(tx, scope.actor, account, { validMs, code })
    return { url: `${deps.config.origin()}/guest#link=${token}`, code, expiresAt: clock.nowMs() + validMs }
  }

  async function removeSecondFactor(tx: Db, scope: Scope, id: string, reason: string): Promise<AccountRow> {
    const policy = demand(scope, id)
    const account = await open(tx, scope, id)
    const change: AccountChange = {
      second_factor: null,
      second_factor_next: null,
      second_factor_step: null,
      has_passkey: false,
    }
    const revoked = await revokePasskeys(tx, account.municipality, id, clock.nowMs())
    await changeAccount(tx, account.municipality, id, change)
    await deps.sessions.endAll(tx, id, null)
    await record(tx, scope.actor, account, {
      kind: 'account.second-factor-removed',
      policy,
      fields: { reason, passkeys: String(revoked.length) },
    })
    return { ...account, ...change }
  }

  return { create, changeRoles, close, closeBy, link, guestLink, removeSecondFactor, record, demand, open }
}

/** A sign-in name belongs to one account, an officer to one open account. */
export function taken(error: unknown): unknown {
  switch (brokenConstraint(error)) {
    case 'account_by_officer':
      return new Refusal('account.officer-taken')
    case 'account_by_sign_in':
      return new Refusal('account.name-taken')
    default:
      return error
  }
}

/**
 * Whoever watches over the others may be sent away, never in silence: the public log counts such an entry as a weakening,
 * which needs nobody's opening to be seen. Nor narrowed in silence: an administrator approves no change of witnesses, whatever
 * else the account is.
 */
function watchesLess(before: readonly Role[], after: readonly Role[]): boolean {
  const runsMachines = !before.includes('administrator') && after.includes('administrator')
  return before.includes('overseer') && (!after.includes('overseer') || runsMachines)
}

function isGuestRole(role: Role): role is GuestRole {
  return guestRoles.some((guest) => guest === role)
}

/** Eight digits of 64 random bits: the bias is below one in 10^11. */
function digits(bytes: Uint8Array): string {
  const number = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0)
  return String(number % 10n ** BigInt(codeDigits)).padStart(codeDigits, '0')
}
