import type { Me, Role } from '@sereno/contracts'
import type { LightMyRequestResponse } from 'fastify'
import type { Static } from 'typebox'
import { systemActor } from '../../kernel/actor.ts'
import type { Finding } from '../../kernel/checker.ts'
import { startTestInstallation, type TestClock, testClock } from '../../test-kit/index.ts'
import { createLedger, type Ledger, ledgerMigrations } from '../ledger/index.ts'
import { createIdentity, type Identity, identityMigrations } from './index.ts'
import { codeAt, stepOf } from './totp.ts'

export type Place = {
  readonly identity: Identity
  readonly ledger: Ledger
  readonly clock: TestClock
  readonly owner: Awaited<ReturnType<typeof startTestInstallation>>['database']['owner']
  /** A browser: keeps its cookie. */
  readonly browser: (source?: string) => Browser
  /** Kinds of the entries that speak of somebody, oldest first. */
  readonly recorded: (account: string) => Promise<readonly string[]>
  readonly findings: () => Promise<readonly Finding[]>
  /** Runs identity's timers once. */
  readonly tick: () => Promise<void>
  readonly close: () => Promise<void>
}
export type Browser = {
  readonly call: (name: string, body?: unknown) => Promise<Answer>
  readonly signIn: (role: Role) => Promise<Static<typeof Me>>
  readonly cookie: () => string
  readonly keep: (cookie: string) => void
  /** Sends another cookie along. */
  readonly also: (cookie: string) => void
}
export type Answer = {
  readonly status: number
  readonly code: string
  // The tests read replies of many operations; each expectation says what it wants of them.
  readonly body: Record<string, unknown>
  readonly response: LightMyRequestResponse
}

/** Ledger and identity behind HTTP, over a real PostgreSQL and a real signer. */
export async function openPlace(): Promise<Place> {
  const clock = testClock()
  const installation = await startTestInstallation({
    migrations: [ledgerMigrations, identityMigrations],
    clock,
    compose: (kernel) => {
      const ledger = createLedger(kernel)
      const identity = createIdentity({ ...kernel, ledger })
      return {
        ledger,
        identity,
        routes: [ledger.routes, identity.routes],
        authenticate: identity.authenticate,
        permits: identity.permits,
        timers: identity.timers,
        start: async () => {
          await ledger.start()
          await identity.start()
        },
      }
    },
  })
  const { ledger, identity } = installation.parts

  function browser(source = '192.0.2.1'): Browser {
    let cookie = ''
    let others = ''
    async function call(name: string, body?: unknown): Promise<Answer> {
      const [method = 'GET', path = '/'] = name.split(' ')
      const response = await installation.app.inject({
        method: method as 'GET' | 'POST' | 'DELETE',
        url: `/api${path}`,
        remoteAddress: source,
        headers: cookie === '' && others === '' ? {} : { cookie: `sereno_session=${cookie}; ${others}` },
        ...(body === undefined ? {} : { payload: body as object }),
      })
      const set = response.cookies.find((candidate) => candidate.name === 'sereno_session')
      cookie = set === undefined ? cookie : set.value
      const answer = response.json<Record<string, unknown>>()
      return { status: response.statusCode, code: String(answer.code ?? ''), body: answer, response }
    }
    return {
      call,
      async signIn(role) {
        const link = await identity.linkFor(role)
        const { status, body } = await call('POST /session/link', { token: link?.url.split('#link=')[1] })
        if (status !== 200) {
          throw new Error(`could not sign in as ${role}: ${JSON.stringify(body)}`)
        }
        return body as Static<typeof Me>
      },
      cookie: () => cookie,
      also: (value) => {
        others = value
      },
      keep: (value) => {
        cookie = value
      },
    }
  }

  return {
    identity,
    ledger,
    clock,
    owner: installation.database.owner,
    browser,
    async recorded(account) {
      const municipality = identity.municipality()?.id ?? ''
      const scope = { municipality, actor: systemActor(municipality) }
      const entries = await ledger.entriesOf(scope, `person:${account}`)
      return entries.map(({ kind }) => kind).reverse()
    },
    async findings() {
      const found: Finding[] = []
      await identity.check.run((finding) => found.push(finding))
      return found
    },
    tick: installation.tick,
    close: installation.close,
  }
}

/** The code an authenticator app shows for a secret typed by hand (base32). */
export function codeFor(secret: string, nowMs: number): string {
  const bits = [...secret].map((letter) =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'),
  )
  const bytes = bits.join('').match(/.{8}/g) ?? []
  return codeAt(
    Uint8Array.from(bytes, (byte) => Number.parseInt(byte, 2)),
    stepOf(nowMs),
  )
}
