/** An installation up to evidence for this module's tests: PostgreSQL, signer and HTTP are real, the clock is ours. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Role } from '@sereno/contracts'
import type { FastifyRequest } from 'fastify'
import type { Finding } from '../../kernel/checker.ts'
import { startTestInstallation, type TestClock, type TestInstallation, testClock } from '../../test-kit/index.ts'
import { createFleet, fleetMigrations } from '../fleet/index.ts'
import { createIdentity, identityMigrations } from '../identity/index.ts'
import { createLedger, type Ledger, ledgerMigrations } from '../ledger/index.ts'
import { createTerritory, territoryMigrations } from '../territory/index.ts'
import { createTracks, type Tracks, tracksMigrations } from '../tracks/index.ts'
import type { EvidenceDeps, EvidenceSettings, PackageExtras } from './deps.ts'
import { type Answered, type Call, type FakePhone, fakePhone, jsonOf, phoneClock } from './evidence.test-kit.ts'
import { createEvidence, type Evidence, evidenceMigrations } from './index.ts'

export type Json = Record<string, unknown>
export type Said = { readonly status: number; readonly code: string; readonly json: Json; readonly bytes: Uint8Array }
/** Somebody signed in. */
export type Person = { readonly id: string; readonly call: (name: string, body?: unknown) => Promise<Said> }

export type House = {
  readonly evidence: Evidence
  /** What evidence itself was given, for its parts by themselves. */
  readonly deps: EvidenceDeps
  readonly ledger: Ledger
  readonly tracks: Tracks
  readonly clock: TestClock
  readonly kernel: TestInstallation<object>['kernel']
  readonly owner: TestInstallation<object>['database']['owner']
  readonly call: Call
  readonly person: (role: Role) => Promise<Person>
  /** Enrolled, issued to a new officer, shift started. `issued: false` stops after the enrolment. */
  readonly phone: (options?: { readonly issued?: boolean }) => Promise<FakePhone>
  readonly tick: () => Promise<void>
  readonly findings: () => Promise<readonly Finding[]>
  readonly listen: () => Promise<string>
  readonly settle: () => Promise<void>
  readonly close: () => Promise<void>
}

export async function openHouse(
  settings: Partial<EvidenceSettings> = {},
  diskSpace?: () => { readonly freeBytes: number; readonly sizeBytes: number },
  packageExtras?: PackageExtras,
): Promise<House> {
  const clock = testClock()
  const installation = await startTestInstallation({
    clock,
    ...(diskSpace === undefined ? {} : { diskSpace }),
    migrations: [
      ledgerMigrations,
      identityMigrations,
      territoryMigrations,
      fleetMigrations,
      tracksMigrations,
      evidenceMigrations,
    ],
    compose(kernel) {
      mkdirSync(join(kernel.config.dataFolder, 'footage'), { recursive: true })
      const ledger = createLedger(kernel)
      const identity = createIdentity({ ...kernel, ledger })
      const territory = createTerritory(kernel)
      const fleet = createFleet({ ...kernel, ledger, identity, territory })
      const tracks = createTracks({ ...kernel, ledger, fleet })
      const evidenceDeps: EvidenceDeps = {
        ...kernel,
        ledger,
        identity,
        territory,
        fleet,
        tracks,
        evidenceSettings: settings,
        ...(packageExtras === undefined ? {} : { packageExtras }),
      }
      const evidence = createEvidence(evidenceDeps)
      return {
        ledger,
        identity,
        tracks,
        evidence,
        evidenceDeps,
        routes: [ledger, identity, territory, fleet, tracks, evidence].map(({ routes }) => routes),
        permits: identity.permits,
        timers: [...evidence.timers, ...ledger.timers, ...tracks.timers],
        authenticate: async (request: FastifyRequest) => {
          const token = /^Device (.+)$/.exec(request.headers.authorization ?? '')?.[1]
          return token === undefined ? identity.authenticate(request) : fleet.authenticateDevice(token)
        },
        async start() {
          for (const module of [ledger, identity, fleet, tracks, evidence]) {
            await module.start()
          }
        },
      }
    },
  })
  const { app, parts, events, kernel, database } = installation
  const { ledger, identity, tracks, evidence } = parts
  await identity.seedDemonstration()
  await ledger.start()

  const call: Call = async ({ method, url, headers, body }) => {
    const payload = body === undefined ? {} : { payload: typeof body === 'string' ? body : Buffer.from(body) }
    const answered = await app.inject({ method, url, headers: { ...headers }, ...payload })
    return { status: answered.statusCode, body: answered.rawPayload }
  }

  async function person(role: Role): Promise<Person> {
    const link = await identity.linkFor(role)
    const token = link?.url.split('#link=')[1]
    const signedIn = await app.inject({ method: 'POST', url: '/api/session/link', payload: { token } })
    const cookie = signedIn.cookies.find(({ name }) => name === 'sereno_session')?.value ?? ''
    const asPerson = async (name: string, body?: unknown): Promise<Said> => {
      const [method, path] = name.split(' ') as ['GET' | 'POST', string]
      const sent = body === undefined ? {} : { body: JSON.stringify(body) }
      const type = body === undefined ? {} : { 'content-type': 'application/json' }
      return saidOf(
        await call({ method, url: `/api${path}`, headers: { cookie: `sereno_session=${cookie}`, ...type }, ...sent }),
      )
    }
    const me = await asPerson('GET /session')
    return { id: String((me.json as { id?: string }).id ?? ''), call: asPerson }
  }

  let officers = 0
  async function phone({ issued = true } = {}): Promise<FakePhone> {
    officers += 1
    const office = await person('administrator')
    const enrolment = await need(office.call('POST /devices/enrolments', { kind: 'phone', simulated: true }))
    const made = await fakePhone({
      call,
      token: String(enrolment.token),
      clock: phoneClock(clock.nowMs()),
      simulated: true,
    })
    if (issued) {
      const officer = await need(office.call('POST /officers', { code: `S-E${officers}`, name: `Rosa ${officers}` }))
      const issue = await need(office.call(`POST /devices/${made.device}/issue`, { officer: officer.id }))
      const items = ['battery', 'storage', 'persist', 'clock', 'gps', 'lens']
      const check = items.map((item) => ({ item, passed: true, value: '' }))
      await need(made.api('POST', '/api/device/shift', { pin: String(issue.pin), check }).then(saidOf))
    }
    return made
  }

  return {
    evidence,
    deps: parts.evidenceDeps,
    ledger,
    tracks,
    clock,
    kernel,
    owner: database.owner,
    call,
    person,
    phone,
    tick: installation.tick,
    listen: installation.listen,
    settle: events.settle,
    async findings() {
      const found: Finding[] = []
      await evidence.check.run((finding) => found.push(finding))
      return found
    },
    close: installation.close,
  }
}

export function saidOf(answered: Answered): Said {
  const text = new TextDecoder().decode(answered.body)
  const json = text.startsWith('{') ? jsonOf<Json>(answered) : {}
  return { status: answered.status, code: String(json.code ?? ''), json, bytes: answered.body }
}

export async function need(said: Promise<Said>): Promise<Json> {
  const { status, json } = await said
  if (status !== 200) {
    throw new Error(`${status} ${JSON.stringify(json)}`)
  }
  return json
}
