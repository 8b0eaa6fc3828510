/**
 * Passkeys (WebAuthn Level 3): discoverable, with the person verified by the device, so that one stands for password and
 * code together. The server keeps public keys; a challenge is answered once.
 *
 * Keeping one: 1. the challenge is taken away, 2. the answer is verified, 3. one transaction: passkey, session proven, the
 * account's other sessions ended, entry. A crash before its commit leaves a passkey on the device that opens nothing.
 * Using one: 1. the challenge is taken away, 2. the answer is verified under the passkey's lock, 3. the same transaction
 * moves its counter and opens (or proves) the session with its entry.
 */
import type { accessOperations, BodyOf, ReplyOf } from '@sereno/contracts'
import { fromBase64Url, toBase64Url, utf8 } from '@sereno/proof'
import { verifyAuthenticationResponse, verifyRegistrationResponse } from '@simplewebauthn/server'
import type { Scope } from '../../kernel/actor.ts'
import type { Db } from '../../kernel/database.ts'
import { Refusal } from '../../kernel/errors.ts'
import type { Accounts } from './accounts.ts'
import type { IdentityDeps } from './door.ts'
import {
  changePasskey,
  insertChallenge,
  insertPasskey,
  lockPasskey,
  type PasskeyRow,
  passkeysOf,
  takeChallenge,
  underWayFrom,
} from './factor-store.ts'
import type { RelyingParty } from './relying-party.ts'
import { tokenHash } from './secrets.ts'
import { actorOf, hasEnded, type Sessions } from './sessions.ts'
import type { SignedIn } from './sign-in.ts'
import { type AccountRow, accountById, changeAccount, changeSession, lockAccount } from './store.ts'

type Operations = typeof accessOperations
export type Answer = BodyOf<Operations['POST /session/passkey']>
export type NewPasskey = BodyOf<Operations['POST /me/passkeys']>
export type PasskeyView = ReplyOf<Operations['POST /me/passkeys']>

export const challengeMs: number = 5 * 60_000
/** Begun and not finished, of one source: a control room shares an address. */
const mostUnderWay = 60
/** ES256, EdDSA, RS256 (COSE): what phones, keys and computers make. */
const algorithms = [-7, -8, -257]
const mostPasskeys = 20

export type Passkeys = ReturnType<typeof createPasskeys>

export function createPasskeys(
  deps: IdentityDeps & {
    readonly accounts: Accounts
    readonly sessions: Sessions
    /** Where passkeys belong, or null where they do not work. */
    readonly party: () => RelyingParty | null
  },
) {
  const { database, clock, ids, ledger } = deps

  function party(): RelyingParty {
    const found = deps.party()
    if (found === null) {
      throw new Refusal('access.passkey-unavailable')
    }
    return found
  }

  async function challenge(municipality: string, account: string | null, source: string) {
    const { id: rpId } = party()
    const nowMs = clock.nowMs()
    if (account === null && (await underWayFrom(database.db, municipality, source, nowMs)) >= mostUnderWay) {
      throw new Refusal('request.too-many', { retryAfterSeconds: challengeMs / 1000 })
    }
    const text = toBase64Url(ids.bytes(32))
    await insertChallenge(database.db, {
      challenge_hash: tokenHash(text),
      municipality,
      account,
      source,
      expires_at: nowMs + challengeMs,
    })
    return { challenge: text, rpId, timeoutMs: challengeMs }
  }

  async function begin(account: AccountRow, rpName: string, source: string) {
    const held = await passkeysOf(database.db, account.municipality, account.id)
    return {
      ...(await challenge(account.municipality, account.id, source)),
      rpName,
      userId: toBase64Url(utf8(account.id)),
      userName: account.sign_in,
      userDisplayName: account.name,
      exclude: held.map(({ id }) => id),
      algorithms,
    }
  }

  /** The challenge inside what the device signed; taken, whatever comes of it. Its account, null for a sign-in. */
  async function taken(
    municipality: string,
    clientDataJSON: string,
  ): Promise<{ text: string; account: string | null }> {
    const text = challengeIn(clientDataJSON)
    const row = text === null ? null : await takeChallenge(database.db, municipality, tokenHash(text), clock.nowMs())
    if (text === null || row === null) {
      throw new Refusal('access.passkey-refused')
    }
    return { text, account: row.account }
  }

  async function keep(scope: Scope, given: NewPasskey): Promise<PasskeyView> {
    const { id: rpId, origin } = party()
    const { text, account: owner } = await taken(scope.municipality, given.passkey.response.clientDataJSON)
    if (owner !== scope.actor.id) {
      throw new Refusal('access.passkey-refused')
    }
    const info = await verified(() =>
      verifyRegistrationResponse({
        response: given.passkey as Parameters<typeof verifyRegistrationResponse>[0]['response'],
        expectedChallenge: text,
        expectedOrigin: origin,
        expectedRPID: rpId,
        requireUserVerification: true,
        supportedAlgorithmIDs: algorithms,
      }).then(({ registrationInfo }) => registrationInfo),
    )
    const row: PasskeyRow = {
      id: info.credential.id,
      municipality: scope.municipality,
      account: scope.actor.id,
      name: given.name.trim(),
      public_key: info.credential.publicKey,
      counter: info.credential.counter,
      transports: [...(info.credential.transports ?? [])],
      synced: info.credentialBackedUp,
      created_at: clock.nowMs(),
      used_at: null,
      revoked_at: null,
    }
    await database.transaction(async (tx) => {
      const account = await deps.accounts.open(tx, scope, scope.actor.id)
      const held = await passkeysOf(tx, scope.municipality, account.id)
      if (held.length >= mostPasskeys || (await lockPasskey(tx, scope.municipality, row.id)) !== null) {
        throw new Refusal('access.passkey-refused')
      }
      await insertPasskey(tx, row)
      await changeAccount(tx, scope.municipality, account.id, { has_passkey: true })
      if (scope.actor.session !== null) {
        await changeSession(tx, scope.actor.session, { strong_at: row.created_at })
      }
      await deps.sessions.endAll(tx, account.id, scope.actor.session)
      await deps.accounts.record(tx, scope.actor, account, {
        kind: 'account.passkey-added',
        fields: { passkey: fingerprint(row.id), name: row.name, synced: String(row.synced) },
      })
    })
    return viewOf(row)
  }

  /**
   * Verifies an answer and moves the counter, then runs `use` in the same transaction. A counter that went back means a
   * copied key: an entry, and the passkey is revoked.
   */
  async function using<T>(
    municipality: string,
    answer: Answer,
    demanded: string | null,
    use: (tx: Db, account: AccountRow) => Promise<T>,
  ): Promise<T> {
    const { id: rpId, origin } = party()
    const { text, account: asked } = await taken(municipality, answer.response.clientDataJSON)
    if (asked !== null && asked !== demanded) {
      throw new Refusal('access.passkey-refused')
    }
    const outcome = await database.transaction(async (tx) => {
      const row = await lockPasskey(tx, municipality, answer.id)
      const account = row === null ? null : await lockAccount(tx, municipality, row.account)
      const isTheirs = demanded === null || account?.id === demanded
      if (row === null || account === null || !isTheirs || row.revoked_at !== null) {
        throw new Refusal('access.passkey-refused')
      }
      if (hasEnded(account, clock.nowMs())) {
        throw new Refusal('access.passkey-refused')
      }
      const info = await verified(() =>
        verifyAuthenticationResponse({
          response: answer as Parameters<typeof verifyAuthenticationResponse>[0]['response'],
          expectedChallenge: text,
          expectedOrigin: origin,
          expectedRPID: rpId,
          requireUserVerification: true,
          // Judged below, where it can be recorded: the library compares with what it is told.
          credential: { id: row.id, publicKey: new Uint8Array(row.public_key), counter: 0 },
        }).then(({ verified: isRight, authenticationInfo }) => (isRight ? authenticationInfo : undefined)),
      )
      const wentBack = (info.newCounter > 0 || row.counter > 0) && info.newCounter <= row.counter
      if (wentBack) {
        await copied(tx, account, row)
        return null
      }
      await changePasskey(tx, municipality, row.id, {
        counter: info.newCounter,
        used_at: clock.nowMs(),
        synced: info.credentialBackedUp,
      })
      return { value: await use(tx, account) }
    })
    if (outcome === null) {
      throw new Refusal('access.passkey-refused')
    }
    return outcome.value
  }

  async function copied(tx: Db, account: AccountRow, row: PasskeyRow): Promise<void> {
    await changePasskey(tx, account.municipality, row.id, { revoked_at: clock.nowMs() })
    await settle(tx, account)
    await deps.sessions.endAll(tx, account.id, null)
    await ledger.append(tx, {
      municipality: account.municipality,
      kind: 'account.passkey-copied',
      coarse: 'access',
      subjects: [`person:${account.id}`],
      actor: actorOf(account, null),
      allowed: false,
      fields: { passkey: fingerprint(row.id), name: row.name },
    })
  }

  /** Whether any is left. */
  async function settle(tx: Db, account: AccountRow): Promise<boolean> {
    const left = (await passkeysOf(tx, account.municipality, account.id)).length > 0
    await changeAccount(tx, account.municipality, account.id, { has_passkey: left })
    return left
  }

  async function signIn(municipality: string, answer: Answer, source: string): Promise<SignedIn> {
    return using(municipality, answer, null, async (tx, account) => {
      const opened = await deps.sessions.open(tx, account, { method: 'passkey', source, strong: true })
      return { account, session: opened.id, token: opened.token }
    })
  }

  /** Proves the session again. */
  async function prove(scope: Scope, answer: Answer): Promise<void> {
    await using(scope.municipality, answer, scope.actor.id, async (tx) => {
      if (scope.actor.session !== null) {
        await changeSession(tx, scope.actor.session, { strong_at: clock.nowMs() })
      }
    })
  }

  /** `mustKeepOne`: the account's roles demand a factor, and there is no code. */
  async function revoke(scope: Scope, id: string, mustKeepOne: (account: AccountRow) => boolean): Promise<void> {
    await database.transaction(async (tx) => {
      const account = await deps.accounts.open(tx, scope, scope.actor.id)
      const row = await lockPasskey(tx, scope.municipality, id)
      if (row === null || row.account !== account.id || row.revoked_at !== null) {
        throw new Refusal('access.passkey-refused')
      }
      await changePasskey(tx, scope.municipality, id, { revoked_at: clock.nowMs() })
      if (!(await settle(tx, account)) && mustKeepOne(account)) {
        throw new Refusal('access.passkey-last')
      }
      await deps.sessions.endAll(tx, account.id, scope.actor.session)
      await deps.accounts.record(tx, scope.actor, account, {
        kind: 'account.passkey-revoked',
        fields: { passkey: fingerprint(id), name: row.name },
      })
    })
  }

  async function list(municipality: string, account: string): Promise<PasskeyView[]> {
    const row = await accountById(database.db, municipality, account)
    return row === null ? [] : (await passkeysOf(database.db, municipality, account)).map(viewOf)
  }

  return { challenge, begin, keep, signIn, prove, revoke, list }
}

const viewOf = (row: PasskeyRow): PasskeyView => ({
  id: row.id,
  name: row.name,
  synced: row.synced,
  createdAt: row.created_at,
  usedAt: row.used_at,
})

/** How entries name a passkey: enough to tell two apart, not enough to ask a device for it. */
const fingerprint = (id: string): string => Buffer.from(tokenHash(id)).toString('hex').slice(0, 16)

/** What the library finds wrong is one refusal: which check failed helps only whoever forges. */
async function verified<T>(verify: () => Promise<T | undefined>): Promise<T> {
  const info = await verify().catch(() => undefined)
  if (info === undefined) {
    throw new Refusal('access.passkey-refused')
  }
  return info
}

function challengeIn(clientDataJSON: string): string | null {
  try {
    const bytes = fromBase64Url(clientDataJSON)
    const data: unknown = bytes === null ? null : JSON.parse(new TextDecoder().decode(bytes))
    const text = typeof data === 'object' && data !== null && 'challenge' in data ? data.challenge : null
    return typeof text === 'string' ? text : null
  } catch {
    return null
  }
}
