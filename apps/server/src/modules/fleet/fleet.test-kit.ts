/** An installation up to fleet for this module's tests: PostgreSQL, signer and HTTP are real, the clock is ours. */
import { randomBytes } from 'node:crypto'
import type { BodyOf, fleetOperations, ParamsOf, ReplyOf } from '@sereno/contracts'
import { type Signer, signerFromSeed, toBase64Url, utf8 } from '@sereno/proof'
import { type Scope, systemActor } from '../../kernel/actor.ts'
import { startTestInstallation, testClock } from '../../test-kit/index.ts'
import { createIdentity, identityMigrations } from '../identity/index.ts'
import { createLedger, ledgerMigrations } from '../ledger/index.ts'
import { createTerritory, territoryMigrations } from '../territory/index.ts'
import { createFleet, fleetMigrations } from './index.ts'

type Operations = typeof fleetOperations
type Name = keyof Operations & string
/** What was answered: `body` when it was granted, `code` when it was refused. */
export type Answer<N extends Name> = {
  readonly status: number
  readonly code: string
  readonly body: ReplyOf<Operations[N]>
}
/** A body as somebody may send it, right or wrong. */
type Sent<N extends Name> = {
  readonly params?: ParamsOf<Operations[N]>
  readonly body?: Partial<BodyOf<Operations[N]>> | Readonly<Record<string, unknown>>
}
export type Caller = <N extends Name>(name: N, sent?: Sent<N>) => Promise<Answer<N>>
export type EnrolledPhone = {
  readonly signer: Signer
  readonly device: string
  readonly code: string
  readonly token: string
  readonly call: Caller
}
export type Fleethouse = Awaited<ReturnType<typeof openFleethouse>>

export const goodCheck = (['battery', 'storage', 'persist', 'clock', 'gps', 'lens'] as const).map((item) => ({
  item,
  passed: true,
  value: 'ok',
}))

export async function openFleethouse() {
  const clock = testClock()
  const concerns: { readonly device: string; readonly concern: string; readonly detail: string }[] = []
  const isReal = { now: false }
  const installation = await startTestInstallation({
    clock,
    migrations: [ledgerMigrations, identityMigrations, territoryMigrations, fleetMigrations],
    async compose(kernel) {
      const ledger = createLedger(kernel)
      const identity = createIdentity({ ...kernel, ledger })
      const territory = createTerritory({ ...kernel, ledger, identity })
      const municipality = () => {
        const known = identity.municipality()
        return known === null ? null : { ...known, fictitious: !isReal.now }
      }
      const fleet = createFleet({ ...kernel, ledger, territory, identity: { ...identity, municipality } })
      kernel.events.on('device.health', 'test.health', async (payload) => void concerns.push(payload))
      return {
        ledger,
        identity,
        territory,
        fleet,
        routes: [identity.routes, fleet.routes],
        timers: fleet.timers,
        authenticate: async (request: Parameters<typeof identity.authenticate>[0]) => {
          const [kind, token] = (request.headers.authorization ?? '').split(' ')
          return kind === 'Device' && token !== undefined
            ? fleet.authenticateDevice(token)
            : identity.authenticate(request)
        },
        permits: identity.permits,
        async start() {
          await ledger.start()
          await identity.start()
          await fleet.start()
        },
      }
    },
  })
  const { fleet, identity, ledger, territory } = installation.parts
  const municipality = (await identity.seedDemonstration()).id
  const scope: Scope = { municipality, actor: systemActor(municipality) }
  await territory.seedDemonstration(municipality)
  await fleet.seedDemonstration(municipality)

  async function inject(
    method: 'GET' | 'POST',
    path: string,
    body: unknown,
    headers: Readonly<Record<string, string>>,
  ) {
    const answered = await installation.app.inject({
      method,
      url: `/api${path}`,
      headers: { origin: installation.kernel.config.origin(), ...headers },
      ...(body === undefined ? {} : { payload: body as object }),
    })
    const cookie = String(answered.headers['set-cookie'] ?? '').split(';')[0] ?? ''
    return { status: answered.statusCode, json: answered.json() as unknown, cookie }
  }

  /** Calls by the contract's names, with these headers. */
  function caller(headers: () => Readonly<Record<string, string>>): Caller {
    return async <N extends Name>(name: N, sent: Sent<N> = {}) => {
      const [method, path = ''] = name.split(' ') as ['GET' | 'POST', string]
      const values = new Map(Object.entries(sent.params ?? {}))
      const filled = path.replaceAll(/:(\w+)/g, (_, key: string) => String(values.get(key)))
      const { status, json } = await inject(method, filled, sent.body, headers())
      const code = typeof json === 'object' && json !== null && 'code' in json ? String(json.code) : ''
      return { status, code, body: json as ReplyOf<Operations[N]> }
    }
  }

  async function signIn(role: string): Promise<Caller> {
    const link = (await identity.demonstrationLinks()).find((each) => each.role === role)
    const { status, cookie } = await inject('POST', '/session/link', { token: link?.url.split('link=')[1] }, {})
    if (status !== 200) {
      throw new Error(`${role} does not get in: ${status}`)
    }
    return caller(() => ({ cookie }))
  }

  const anybody = caller(() => ({}))

  async function openSession(signer: Signer, device: string): Promise<Answer<'POST /device/session'>> {
    const { nonce } = (await anybody('POST /device/challenge', { body: { device } })).body
    const signature = await sign(signer, `sereno-session-v1.${device}.${nonce}`)
    return anybody('POST /device/session', { body: { device, nonce, signature } })
  }

  /** A phone with its session. */
  const as = (token: string): Caller => caller(() => ({ authorization: `Device ${token}` }))

  let supervisor = await signIn('supervisor')

  async function enrolled(): Promise<EnrolledPhone> {
    const signer = await newKey()
    const opened = (await supervisor('POST /devices/enrolments', { body: {} })).body
    const self = (await anybody('POST /device/enrol', { body: await enrolBody(signer, opened.token) })).body
    const { token } = (await openSession(signer, self.device.id)).body
    return { signer, device: self.device.id, code: opened.code, token, call: as(token) }
  }

  async function officerBy(code: string): Promise<string> {
    const { officers } = (await supervisor('GET /officers')).body
    return officers.find((each) => each.code === code)?.id ?? ''
  }

  return {
    ...installation.parts,
    installation,
    clock,
    concerns,
    isReal,
    municipality,
    scope,
    db: installation.kernel.database.db,
    anybody,
    /** Somebody who may enrol, issue and revoke. */
    office: ((name, sent) => supervisor(name, sent)) as Caller,
    signIn,
    /** Hours have passed: the session is over, the next one begins. */
    async signInAgain() {
      supervisor = await signIn('supervisor')
    },
    as,
    openSession,
    enrolled,
    officerBy,
    kindsOf: async (device: string) => (await ledger.entriesOf(scope, `device:${device}`)).map(({ kind }) => kind),
    close: () => installation.close(),
  }
}

export const newKey = (): Promise<Signer> => signerFromSeed(randomBytes(32))

export async function sign(signer: Signer, message: string): Promise<string> {
  return toBase64Url(await signer.sign(utf8(message)))
}

export async function enrolBody(signer: Signer, token: string, change: Readonly<Record<string, unknown>> = {}) {
  return {
    token,
    publicKey: signer.key.publicKey,
    algorithm: 'ed25519',
    signature: await sign(signer, `sereno-enrol-v1.${token}.${signer.key.publicKey}`),
    protection: 'software',
    simulated: false,
    appVersion: '1.0.0',
    build: 'ab'.repeat(32),
    ...change,
  }
}
