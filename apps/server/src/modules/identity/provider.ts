/**
 * Signing in at a municipal identity provider (OpenID Connect Core 1.0, code flow with PKCE, RFC 7636). What comes from
 * outside is who somebody is, never what they may do: roles are given here. A second factor proven there does not count
 * here either: roles that demand one ask for ours.
 *
 * Leaving: 1. state, nonce and verifier are kept for ten minutes, bound to the browser by a cookie, 2. the browser goes.
 * Coming back: 1. the attempt is taken away, whatever comes of it, 2. the provider answers for the code, and signature,
 * issuer, audience, nonce and state are checked, 3. one transaction: the account is found (or made), the session opens with
 * its entry. A crash before its commit: nobody is signed in.
 */
import type { accessOperations, BodyOf } from '@sereno/contracts'
import { equal, toBase64Url, utf8 } from '@sereno/proof'
import type { FastifyReply, FastifyRequest } from 'fastify'
import * as oidc from 'openid-client'
import { type Actor, type Scope, systemActor } from '../../kernel/actor.ts'
import type { Db } from '../../kernel/database.ts'
import { Refusal, Unavailable } from '../../kernel/errors.ts'
import type { Accounts } from './accounts.ts'
import type { IdentityDeps } from './door.ts'
import {
  insertProviderAttempt,
  type ProviderRow,
  providerOf,
  removeProvider,
  saveProvider,
  takeProviderAttempt,
  underWayFrom,
} from './factor-store.ts'
import { tokenHash, type Vault } from './secrets.ts'
import { hasEnded, type Sessions } from './sessions.ts'
import type { SignedIn } from './sign-in.ts'
import { type AccountRow, accountByProvider, accountBySignIn, changeAccount, lockAccount } from './store.ts'

type Wished = NonNullable<BodyOf<(typeof accessOperations)['POST /installation/access/provider']>['provider']>

const attemptMs = 10 * 60_000
const mostUnderWay = 60
const answerWithinSeconds = 10
const cookieName = 'sereno_provider'

export type Provider = ReturnType<typeof createProvider>

export function createProvider(
  deps: IdentityDeps & {
    readonly accounts: Accounts
    readonly sessions: Sessions
    readonly vault: Vault
    /** The web address people use. */
    readonly origin: () => string
  },
) {
  const { database, clock, ids, ledger } = deps
  const redirectUri = () => `${deps.origin()}/sign-in`

  async function reach(row: Pick<ProviderRow, 'issuer' | 'client_id'>, secret: string | null) {
    const issuer = new URL(row.issuer)
    const isHere = ['127.0.0.1', 'localhost', '[::1]'].includes(issuer.hostname)
    if (issuer.protocol !== 'https:' && !isHere) {
      throw new Refusal('request.invalid', { where: 'body/provider/issuer', message: 'https' })
    }
    try {
      return await oidc.discovery(
        issuer,
        row.client_id,
        undefined,
        secret === null ? oidc.None() : oidc.ClientSecretBasic(secret),
        { timeout: answerWithinSeconds, ...(isHere ? { execute: [oidc.allowInsecureRequests] } : {}) },
      )
    } catch (error) {
      deps.log.warn({ error: String(error) }, 'identity provider')
      throw new Unavailable('identity provider')
    }
  }

  async function configured(municipality: string) {
    const row = await providerOf(database.db, municipality)
    if (row === null) {
      throw new Refusal('access.provider-unknown')
    }
    const secret =
      row.client_secret === null
        ? null
        : new TextDecoder().decode(await deps.vault.open(`provider:${municipality}`, row.client_secret))
    return { row, client: await reach(row, secret) }
  }

  async function begin(municipality: string, source: string, reply: FastifyReply): Promise<{ url: string }> {
    const nowMs = clock.nowMs()
    if ((await underWayFrom(database.db, municipality, source, nowMs)) >= mostUnderWay) {
      throw new Refusal('request.too-many', { retryAfterSeconds: attemptMs / 1000 })
    }
    const { client } = await configured(municipality)
    const [state, nonce, browser] = [ids.token(32), ids.token(32), ids.token(32)]
    const verifier = toBase64Url(ids.bytes(32))
    await insertProviderAttempt(database.db, {
      state_hash: tokenHash(state),
      municipality,
      browser_hash: tokenHash(browser),
      nonce,
      verifier,
      source,
      expires_at: nowMs + attemptMs,
    })
    // Strict: it comes back with our own page's request, not with the provider's redirect.
    reply.setCookie(cookieName, browser, {
      httpOnly: true,
      sameSite: 'strict',
      secure: deps.config.secure,
      path: '/api/session/provider',
      maxAge: attemptMs / 1000,
    })
    const url = oidc.buildAuthorizationUrl(client, {
      redirect_uri: redirectUri(),
      scope: 'openid profile email',
      state,
      nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    })
    return { url: url.href }
  }

  async function finish(municipality: string, query: string, request: FastifyRequest, reply: FastifyReply) {
    reply.clearCookie(cookieName, { path: '/api/session/provider' })
    const given = new URLSearchParams(query)
    const state = given.get('state') ?? ''
    const attempt = await takeProviderAttempt(database.db, municipality, tokenHash(state), clock.nowMs())
    const browser = tokenHash(request.cookies[cookieName] ?? '')
    if (attempt === null || !equal(new Uint8Array(attempt.browser_hash), browser)) {
      throw new Refusal('access.provider-refused')
    }
    const { row, client } = await configured(municipality)
    const claims = await claimsOf(client, given, { state, nonce: attempt.nonce, verifier: attempt.verifier })
    return enter(municipality, row, claims, request.ip)
  }

  async function claimsOf(
    client: oidc.Configuration,
    query: URLSearchParams,
    expected: { readonly state: string; readonly nonce: string; readonly verifier: string },
  ): Promise<oidc.IDToken> {
    try {
      const back = new URL(redirectUri())
      back.search = query.toString()
      const tokens = await oidc.authorizationCodeGrant(client, back, {
        expectedState: expected.state,
        expectedNonce: expected.nonce,
        pkceCodeVerifier: expected.verifier,
        idTokenExpected: true,
      })
      const claims = tokens.claims()
      if (claims !== undefined) {
        return claims
      }
    } catch (error) {
      deps.log.warn({ error: String(error) }, 'identity provider')
    }
    throw new Refusal('access.provider-refused')
  }

  /** Once an account has come from there, its subject counts and its name no more: names are given to others. */
  async function enter(
    municipality: string,
    row: ProviderRow,
    claims: oidc.IDToken,
    source: string,
  ): Promise<SignedIn> {
    const subject = `${claims.iss} ${claims.sub}`
    const name = nameIn(claims, row.claim)
    const opened = await database.transaction(async (tx) => {
      const found =
        (await accountByProvider(tx, municipality, subject)) ??
        (name === null ? null : await accountBySignIn(tx, municipality, name))
      const account = found === null ? await made(tx, row, claims, name) : await lockAccount(tx, municipality, found.id)
      if (account === null || hasEnded(account, clock.nowMs()) || account.bound_case !== null) {
        throw new Refusal('access.no-account')
      }
      if (account.provider_subject !== null && account.provider_subject !== subject) {
        throw new Refusal('access.no-account')
      }
      if (account.provider_subject === null) {
        await changeAccount(tx, municipality, account.id, { provider_subject: subject })
        await deps.accounts.record(tx, systemActor(municipality), account, {
          kind: 'account.provider-bound',
          fields: { issuer: claims.iss, provider: row.name },
        })
      }
      // Committed all the same: an administrator finds the account and gives it a role.
      if (account.roles.length === 0) {
        return null
      }
      const session = await deps.sessions.open(tx, account, { method: 'provider', source })
      return { account, session: session.id, token: session.token }
    })
    if (opened === null) {
      throw new Refusal('access.awaits-roles')
    }
    return opened
  }

  async function made(tx: Db, row: ProviderRow, claims: oidc.IDToken, name: string | null): Promise<AccountRow> {
    if (!row.creates_accounts || name === null) {
      throw new Refusal('access.no-account')
    }
    const called = typeof claims.name === 'string' && claims.name.trim() !== '' ? claims.name : name
    return deps.accounts.create(tx, systemActor(row.municipality), row.municipality, {
      name: called.slice(0, 120),
      signIn: name,
      roles: [],
    })
  }

  /** The provider is asked for its description before it is kept: a typing error shows at once. */
  async function change(scope: Scope, actor: Actor, wished: Wished | null, policy: string): Promise<void> {
    const { municipality } = scope
    const before = await providerOf(database.db, municipality)
    const secret = wished?.clientSecret
    if (wished !== null) {
      await reach({ issuer: wished.issuer, client_id: wished.clientId }, secret ?? null)
    }
    const sealed =
      secret === undefined || secret === ''
        ? (before?.client_secret ?? null)
        : await deps.vault.seal(`provider:${municipality}`, utf8(secret))
    await database.transaction(async (tx) => {
      await ledger.append(tx, {
        municipality,
        kind: wished === null ? 'installation.provider-removed' : 'installation.provider-changed',
        coarse: 'installation',
        subjects: [`municipality:${municipality}`],
        actor,
        policy,
        fields: {
          issuer: wished?.issuer ?? '',
          before: before?.issuer ?? '',
          claim: wished?.claim ?? '',
          createsAccounts: String(wished?.createsAccounts ?? false),
        },
      })
      if (wished === null) {
        await removeProvider(tx, municipality)
        return
      }
      await saveProvider(tx, {
        municipality,
        name: wished.name.trim(),
        issuer: wished.issuer,
        client_id: wished.clientId,
        client_secret: sealed,
        claim: wished.claim,
        creates_accounts: wished.createsAccounts,
        changed_at: clock.nowMs(),
      })
    })
  }

  return { begin, finish, change, redirectUri, of: (municipality: string) => providerOf(database.db, municipality) }
}

/** An address that its provider has not confirmed says nothing about who somebody is. */
function nameIn(claims: oidc.IDToken, claim: string): string | null {
  const value = claims[claim]
  if (claim === 'email' && claims.email_verified !== true) {
    return null
  }
  return typeof value === 'string' && value.trim() !== '' && value.length <= 120 ? value.trim() : null
}
