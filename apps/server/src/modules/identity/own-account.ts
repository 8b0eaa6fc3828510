import type { Actor, Scope } from '../../kernel/actor.ts'
import type { Db } from '../../kernel/database.ts'
import { Refusal } from '../../kernel/errors.ts'
import type { Accounts } from './accounts.ts'
import type { IdentityDeps } from './door.ts'
import { hashPassword, isWeak } from './password.ts'
import type { Vault } from './secrets.ts'
import type { Sessions } from './sessions.ts'
import type { createSignIn } from './sign-in.ts'
import { type AccountRow, accountById, changeAccount, changeSession } from './store.ts'
import { matchingStep, otpauthUri, secretBytes, toBase32 } from './totp.ts'

export type Proof = { readonly password?: string | undefined; readonly code?: string | undefined }

/**
 * What a person does with their own account. Each is an entry of the ledger (I-3). Password and second factor change
 * only for whoever proves the current ones; `source` is where the attempt is counted.
 */
export function createOwnAccount(
  deps: IdentityDeps & {
    readonly accounts: Accounts
    readonly sessions: Sessions
    readonly vault: Vault
    readonly signIn: ReturnType<typeof createSignIn>
  },
) {
  const { database, clock, ids, accounts } = deps

  async function need(actor: Actor) {
    const account = await accountById(database.db, actor.municipality, actor.id)
    if (account === null || account.closed_at !== null) {
      throw new Refusal('account.not-found')
    }
    return account
  }

  /** The account, once whoever changes it has proven themselves. */
  async function proven(scope: Scope, proof: Proof, source: string): Promise<AccountRow> {
    const account = await need(scope.actor)
    const { session } = scope.actor
    const provenAt = session === null ? null : (await deps.sessions.times(session)).provenAt
    await deps.signIn.prove(account, proof, source, provenAt)
    return account
  }

  async function noteProven(tx: Db, actor: Actor): Promise<void> {
    if (actor.session !== null) {
      await changeSession(tx, actor.session, { strong_at: clock.nowMs() })
    }
  }

  /** A code, in a session that is open already: it counts as proven from now on. */
  async function proveCode(scope: Scope, code: string | undefined, source: string): Promise<void> {
    await deps.signIn.proveCode(await need(scope.actor), code, source)
    await noteProven(database.db, scope.actor)
  }

  /** Other sessions end: whoever knew the old password is out. */
  async function setPassword(scope: Scope, next: string, proof: Proof, source: string): Promise<void> {
    const account = await proven(scope, proof, source)
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
  async function beginSecondFactor(
    scope: Scope,
    issuer: string,
    proof: Proof,
    source: string,
  ): Promise<{ secret: string; uri: string }> {
    const account = await proven(scope, proof, source)
    const secret = ids.bytes(secretBytes)
    const sealed = await deps.vault.seal(account.id, secret)
    await changeAccount(database.db, account.municipality, account.id, { second_factor_next: sealed })
    return { secret: toBase32(secret), uri: otpauthUri(secret, issuer, account.sign_in) }
  }

  /** The secret under confirmation was begun with a proof; guesses of its code are counted. */
  async function confirmSecondFactor(scope: Scope, code: string, source: string): Promise<void> {
    const known = await need(scope.actor)
    const sealed = known.second_factor_next
    const step = await deps.signIn.counted(known, source, async () => {
      const secret = sealed === null ? null : await deps.vault.open(known.id, sealed)
      const found = secret === null ? null : matchingStep(secret, code, { nowMs: clock.nowMs(), lastStep: null })
      if (found === null) {
        throw new Refusal('access.wrong-code')
      }
      return found
    })
    await database.transaction(async (tx) => {
      const account = await accounts.open(tx, scope, scope.actor.id)
      await changeAccount(tx, account.municipality, account.id, {
        second_factor: sealed,
        second_factor_next: null,
        second_factor_step: step,
      })
      await noteProven(tx, scope.actor)
      await deps.sessions.endAll(tx, account.id, scope.actor.session)
      await accounts.record(tx, scope.actor, account, { kind: 'account.second-factor-added' })
    })
  }

  async function setLanguage(scope: Scope, language: 'es' | 'en'): Promise<void> {
    await changeAccount(database.db, scope.municipality, scope.actor.id, { language })
  }

  return { proven, proveCode, setPassword, beginSecondFactor, confirmSecondFactor, setLanguage }
}
