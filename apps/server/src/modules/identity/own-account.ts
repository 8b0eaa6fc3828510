import type { Actor, Scope } from '../../kernel/actor.ts'
import { Refusal } from '../../kernel/errors.ts'
import type { Accounts } from './accounts.ts'
import type { IdentityDeps } from './door.ts'
import { hashPassword, isPassword, isWeak } from './password.ts'
import type { Vault } from './secrets.ts'
import type { Sessions } from './sessions.ts'
import { accountById, changeAccount } from './store.ts'
import { matchingStep, otpauthUri, secretBytes, toBase32 } from './totp.ts'

/** What a person does with their own account. Each is an entry of the ledger (I-3). */
export function createOwnAccount(
  deps: IdentityDeps & { readonly accounts: Accounts; readonly sessions: Sessions; readonly vault: Vault },
) {
  const { database, clock, ids, accounts } = deps

  async function need(actor: Actor) {
    const account = await accountById(database.db, actor.municipality, actor.id)
    if (account === null || account.closed_at !== null) {
      throw new Refusal('account.not-found')
    }
    return account
  }

  /** Other sessions end: whoever knew the old password is out. */
  async function setPassword(scope: Scope, next: string, current: string | undefined): Promise<void> {
    const account = await need(scope.actor)
    if (account.password !== null && !(await isPassword(account.password, current ?? ''))) {
      throw new Refusal('access.wrong-credentials')
    }
    if (isWeak(next, [account.name, account.sign_in])) {
      throw new Refusal('account.weak-password')
    }
    const password = await hashPassword(next, ids.bytes(16))
    await database.transaction(async (tx) => {
      await changeAccount(tx, account.municipality, account.id, { password })
      await deps.sessions.endAll(tx, account.id, scope.actor.session)
      await accounts.record(tx, scope.actor, account, { kind: 'account.password-changed' })
    })
  }

  /** The secret, shown once. The one in use stays in force until a code of the new one is confirmed. */
  async function beginSecondFactor(scope: Scope, issuer: string): Promise<{ secret: string; uri: string }> {
    const account = await need(scope.actor)
    const secret = ids.bytes(secretBytes)
    const sealed = await deps.vault.seal(account.id, secret)
    await changeAccount(database.db, account.municipality, account.id, { second_factor_next: sealed })
    return { secret: toBase32(secret), uri: otpauthUri(secret, issuer, account.sign_in) }
  }

  async function confirmSecondFactor(scope: Scope, code: string): Promise<void> {
    const { second_factor_next: sealed } = await need(scope.actor)
    const secret = sealed === null ? null : await deps.vault.open(scope.actor.id, sealed)
    const step = secret === null ? null : matchingStep(secret, code, { nowMs: clock.nowMs(), lastStep: null })
    if (step === null) {
      throw new Refusal('access.wrong-code')
    }
    await database.transaction(async (tx) => {
      const account = await accounts.open(tx, scope, scope.actor.id)
      await changeAccount(tx, account.municipality, account.id, {
        second_factor: sealed,
        second_factor_next: null,
        second_factor_step: step,
      })
      await deps.sessions.endAll(tx, account.id, scope.actor.session)
      await accounts.record(tx, scope.actor, account, { kind: 'account.second-factor-added' })
    })
  }

  async function setLanguage(scope: Scope, language: 'es' | 'en'): Promise<void> {
    await changeAccount(database.db, scope.municipality, scope.actor.id, { language })
  }

  return { setPassword, beginSecondFactor, confirmSecondFactor, setLanguage }
}
