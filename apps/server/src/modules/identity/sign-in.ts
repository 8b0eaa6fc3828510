import { equal } from '@sereno/proof'
import { sql } from 'kysely'
import type { Db } from '../../kernel/database.ts'
import { Refusal } from '../../kernel/errors.ts'
import type { IdentityDeps } from './door.ts'
import { isFresh } from './factors.ts'
import { hashPassword, isOutdated, isPassword } from './password.ts'
import { tokenHash, type Vault } from './secrets.ts'
import { actorOf, hasEnded, type Sessions } from './sessions.ts'
import { attempts, countWrongCode, forgetAttempts, lockLink, saveAttempts, useLink } from './sign-in-store.ts'
import { type AccountRow, accountById, accountBySignIn, changeAccount, lockAccount } from './store.ts'
import { type Attempts, failed, nameAndSourceLimit, nameLimit, sourceLimit, waitMs } from './throttle.ts'
import { matchingStep } from './totp.ts'

export type SignedIn = { readonly account: AccountRow; readonly session: string; readonly token: string }

/** Wrong codes after which an outside account's link is worth nothing. */
const mostWrongCodes = 5

type Subject = { readonly key: Uint8Array; readonly before: Attempts | null }
type Try = { readonly name: Subject; readonly source: Subject; readonly both: Subject }

/**
 * Signing in. Order of effects:
 *
 * 1. Count the attempt as failed, committed before anything is compared: a thousand guesses at once are a thousand
 *    attempts. Crash: one failure too many is counted.
 * 2. Compare password and code; a wrong one ends here. An unknown name takes the same time and gets the same answer.
 * 3. One transaction: the code's step is used up, the session and its entry begin, the attempts are forgotten.
 *    Crash before its commit: nobody is signed in. After: a session that nobody holds the token of; it ends by itself.
 */
export function createSignIn(deps: IdentityDeps & { readonly sessions: Sessions; readonly vault: Vault }) {
  const { database, clock, ids, ledger } = deps

  async function begin(municipality: string, name: string, source: string): Promise<Try> {
    const lower = name.trim().toLowerCase()
    return database.transaction(async (tx) => {
      // Guesses of one name come one after the other.
      await sql`select pg_advisory_xact_lock(hashtextextended(${`sign-in:${lower}`}, 0))`.execute(tx)
      const of = async (text: string): Promise<Subject> => {
        const key = tokenHash(text)
        return { key, before: await attempts(tx, municipality, key) }
      }
      const tried = {
        name: await of(`name:${lower}`),
        source: await of(`source:${source}`),
        both: await of(`both:${lower}:${source}`),
      }
      const nowMs = clock.nowMs()
      const nameWaitMs = Math.max(waitMs(tried.name.before, nowMs), waitMs(tried.both.before, nowMs))
      const sourceWaitMs = waitMs(tried.source.before, nowMs)
      if (nameWaitMs > 0 || sourceWaitMs > 0) {
        const code = nameWaitMs > 0 ? 'access.locked' : 'request.too-many'
        throw new Refusal(code, { retryAfterSeconds: Math.ceil(Math.max(nameWaitMs, sourceWaitMs) / 1000) })
      }
      await saveAttempts(tx, municipality, tried.name.key, failed(tried.name.before, nameLimit, nowMs))
      await saveAttempts(tx, municipality, tried.source.key, failed(tried.source.before, sourceLimit, nowMs))
      await saveAttempts(tx, municipality, tried.both.key, failed(tried.both.before, nameAndSourceLimit, nowMs))
      return tried
    })
  }

  /** Forgets the counted attempt alone, or (`all`) every failure of the name. */
  async function takeBack(tx: Db, municipality: string, tried: Try, all: boolean): Promise<void> {
    await forgetAttempts(tx, municipality, [tried.name.key, tried.source.key, tried.both.key])
    for (const { key, before } of all ? [tried.source] : [tried.name, tried.source, tried.both]) {
      if (before !== null) {
        await saveAttempts(tx, municipality, key, before)
      }
    }
  }

  /** An account that has just been locked is an entry; names that do not exist are only counted. */
  async function noteFailure(account: AccountRow | null, tried: Try): Promise<void> {
    const nowMs = clock.nowMs()
    const after = failed(tried.both.before, nameAndSourceLimit, nowMs)
    if (account !== null && after.failures === nameAndSourceLimit.free) {
      await database.transaction((tx) =>
        ledger.append(tx, {
          municipality: account.municipality,
          kind: 'account.locked',
          coarse: 'access',
          subjects: [`person:${account.id}`],
          actor: actorOf(account, null),
          allowed: false,
          fields: { failures: String(after.failures) },
        }),
      )
    }
  }

  /** The step of the right code, null when the account has no second factor. Throws on a missing or wrong code. */
  async function stepFor(account: AccountRow, code: string | undefined): Promise<number | null> {
    if (account.second_factor === null) {
      return null
    }
    if (code === undefined || code === '') {
      throw new Refusal('access.second-factor-required')
    }
    const secret = await deps.vault.open(account.id, account.second_factor)
    const step = matchingStep(secret, code, { nowMs: clock.nowMs(), lastStep: account.second_factor_step })
    if (step === null) {
      throw new Refusal('access.wrong-code')
    }
    return step
  }

  /** Under the account's lock: closed meanwhile, or the same code used by another request, is refused. */
  async function useStep(tx: Db, account: AccountRow, step: number | null): Promise<AccountRow> {
    const now = await lockAccount(tx, account.municipality, account.id)
    if (now === null || now.closed_at !== null) {
      throw new Refusal('access.wrong-credentials')
    }
    if (step !== null) {
      if (now.second_factor_step !== null && step <= now.second_factor_step) {
        throw new Refusal('access.wrong-code')
      }
      await changeAccount(tx, now.municipality, now.id, { second_factor_step: step })
    }
    return now
  }

  async function judgeCode(municipality: string, account: AccountRow, code: string | undefined, tried: Try) {
    try {
      return await stepFor(account, code)
    } catch (error) {
      if (error instanceof Refusal && error.code === 'access.second-factor-required') {
        // Asked, not failed. Earlier failures stay: or codes could be guessed between two such questions.
        await database.transaction((tx) => takeBack(tx, municipality, tried, false))
      } else if (error instanceof Refusal) {
        await noteFailure(account, tried)
      }
      throw error
    }
  }

  async function byPassword(
    municipality: string,
    given: { readonly signIn: string; readonly password: string; readonly code?: string | undefined },
    source: string,
  ): Promise<SignedIn> {
    const tried = await begin(municipality, given.signIn, source)
    const account = await accountBySignIn(database.db, municipality, given.signIn.trim())
    const isRight = await isPassword(account?.password ?? null, given.password)
    if (account === null || hasEnded(account, clock.nowMs()) || !isRight) {
      await noteFailure(account, tried)
      throw new Refusal('access.wrong-credentials')
    }
    const step = await judgeCode(municipality, account, given.code, tried)
    const renewed =
      account.password !== null && isOutdated(account.password)
        ? await hashPassword(given.password, ids.bytes(16))
        : null
    return database.transaction(async (tx) => {
      const now = await useStep(tx, account, step)
      if (renewed !== null) {
        await changeAccount(tx, municipality, now.id, { password: renewed })
      }
      await takeBack(tx, municipality, tried, true)
      const { id, token } = await deps.sessions.open(tx, now, { method: 'password', source, strong: step !== null })
      return { account: now, session: id, token }
    })
  }

  /**
   * Whoever changes what protects their account proves it again, counted like signing in: a session somebody left open
   * or stole is not enough. An account without a password has nothing to prove by one. Whoever has a passkey proves that
   * (`provenAt`, within five minutes), or a code: a password that was fished out of them is not enough.
   */
  async function prove(
    account: AccountRow,
    given: { readonly password?: string | undefined; readonly code?: string | undefined },
    source: string,
    provenAt: number | null,
  ): Promise<void> {
    if (account.has_passkey && isFresh(provenAt, clock.nowMs())) {
      return
    }
    if (account.has_passkey && account.second_factor === null) {
      throw new Refusal('access.fresh-factor-required')
    }
    if (account.password === null && account.second_factor === null) {
      return
    }
    const { municipality } = account
    const tried = await begin(municipality, account.sign_in, source)
    if (account.password !== null && !(await isPassword(account.password, given.password ?? ''))) {
      await noteFailure(account, tried)
      throw new Refusal('access.wrong-credentials')
    }
    const step = await judgeCode(municipality, account, given.code, tried)
    await database.transaction(async (tx) => {
      await useStep(tx, account, step)
      await takeBack(tx, municipality, tried, true)
    })
  }

  /** A code of the second factor alone, counted: proves a session that is open already. */
  async function proveCode(account: AccountRow, code: string | undefined, source: string): Promise<void> {
    if (account.second_factor === null) {
      throw new Refusal('access.wrong-code')
    }
    const tried = await begin(account.municipality, account.sign_in, source)
    const step = await judgeCode(account.municipality, account, code, tried)
    await database.transaction(async (tx) => {
      await useStep(tx, account, step)
      await takeBack(tx, account.municipality, tried, true)
    })
  }

  /** Counts a guess: forgotten when `check` answers, kept when it refuses. */
  async function counted<T>(account: AccountRow, source: string, check: () => Promise<T>): Promise<T> {
    const tried = await begin(account.municipality, account.sign_in, source)
    try {
      const answer = await check()
      await database.transaction((tx) => takeBack(tx, account.municipality, tried, false))
      return answer
    } catch (error) {
      await noteFailure(account, tried)
      throw error
    }
  }

  async function byLink(token: string, code: string | undefined, source: string): Promise<SignedIn> {
    const hash = tokenHash(token)
    const found = await database.transaction((tx) => readLink(tx, hash))
    const account = await accountById(database.db, found.municipality, found.account)
    if (account === null || hasEnded(account, clock.nowMs())) {
      throw new Refusal('access.link-expired')
    }
    if (found.code_hash !== null) {
      return byCode(account, { token, code, hash, codeHash: found.code_hash }, source)
    }
    const tried = account.second_factor === null ? null : await begin(found.municipality, account.sign_in, source)
    const step = tried === null ? null : await judgeCode(found.municipality, account, code, tried)
    return database.transaction(async (tx) => {
      await readLink(tx, hash)
      const now = await useStep(tx, account, step)
      await useLink(tx, hash, clock.nowMs())
      if (tried !== null) {
        await takeBack(tx, found.municipality, tried, true)
      }
      const opened = await deps.sessions.open(tx, now, {
        method: 'link',
        source,
        enteredBy: found.made_by,
        strong: step !== null,
      })
      return { account: now, session: opened.id, token: opened.token }
    })
  }

  /**
   * An outside account: the link and the code that was told by another way. A wrong code is counted and committed
   * before it is compared with anything else, so the link dies with its fifth, whoever tries.
   */
  async function byCode(
    account: AccountRow,
    given: {
      readonly token: string
      readonly code: string | undefined
      readonly hash: Uint8Array
      readonly codeHash: Uint8Array
    },
    source: string,
  ): Promise<SignedIn> {
    const { municipality } = account
    if (given.code === undefined || given.code === '') {
      throw new Refusal('access.second-factor-required')
    }
    const tried = await begin(municipality, account.sign_in, source)
    if (!equal(tokenHash(`${given.token}.${given.code.trim()}`), given.codeHash)) {
      await database.transaction((tx) => countWrongCode(tx, given.hash))
      await noteFailure(account, tried)
      throw new Refusal('access.wrong-code')
    }
    return database.transaction(async (tx) => {
      await readLink(tx, given.hash)
      const now = await useStep(tx, account, null)
      await useLink(tx, given.hash, clock.nowMs())
      await takeBack(tx, municipality, tried, true)
      const opened = await deps.sessions.open(tx, now, { method: 'link', source })
      return { account: now, session: opened.id, token: opened.token }
    })
  }

  async function readLink(tx: Db, hash: Uint8Array) {
    const link = await lockLink(tx, hash)
    if (link === null || link.wrong_codes >= mostWrongCodes) {
      throw new Refusal('access.link-expired')
    }
    if (link.used_at !== null) {
      throw new Refusal('access.link-used')
    }
    if (link.expires_at <= clock.nowMs()) {
      throw new Refusal('access.link-expired')
    }
    return link
  }

  return { byPassword, byLink, prove, proveCode, counted }
}
