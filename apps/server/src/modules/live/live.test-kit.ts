import type { DeviceMessage, Role, RoomMessage } from '@sereno/contracts'
import { type Signer, sha256Hex, signerFromSeed, toBase64Url, utf8 } from '@sereno/proof'
import type { FastifyRequest } from 'fastify'
import { startTestInstallation, testClock } from '../../test-kit/index.ts'
import { createEvidence, evidenceMigrations } from '../evidence/index.ts'
import { createFleet, fleetMigrations } from '../fleet/index.ts'
import { createIdentity, identityMigrations } from '../identity/index.ts'
import { createLedger, ledgerMigrations } from '../ledger/index.ts'
import { createTerritory, territoryMigrations } from '../territory/index.ts'
import { createTracks, tracksMigrations } from '../tracks/index.ts'
import { createLive, liveMigrations } from './index.ts'

/** An installation with everything up to live: PostgreSQL, signer, HTTP and sockets are real; the clock is the test's. */
export type House = Awaited<ReturnType<typeof openHouse>>

export async function openHouse() {
  const clock = testClock()
  const installation = await startTestInstallation({
    clock,
    migrations: [
      ledgerMigrations,
      identityMigrations,
      territoryMigrations,
      fleetMigrations,
      tracksMigrations,
      evidenceMigrations,
      liveMigrations,
    ],
    compose(kernel) {
      const ledger = createLedger(kernel)
      const identity = createIdentity({ ...kernel, ledger })
      const territory = createTerritory({ ...kernel, ledger, identity })
      const fleet = createFleet({ ...kernel, ledger, identity, territory })
      const tracks = createTracks({ ...kernel, ledger, fleet })
      const evidence = createEvidence({ ...kernel, ledger, identity, territory, fleet, tracks })
      const live = createLive({ ...kernel, ledger, identity, fleet, tracks, evidence })
      const modules = [ledger, identity, territory, fleet, tracks, evidence, live]
      return {
        ledger,
        identity,
        live,
        routes: modules.map(({ routes }) => routes),
        sockets: live.sockets,
        permits: identity.permits,
        authenticate: async (request: FastifyRequest) => {
          const token =
            /^Device (.+)$/.exec(request.headers.authorization ?? '')?.[1] ??
            (request.query as { token?: string }).token
          return (
            (await identity.authenticate(request)) ?? (token === undefined ? null : fleet.authenticateDevice(token))
          )
        },
        async start() {
          for (const module of [ledger, identity, fleet, tracks, evidence, live]) {
            await module.start()
          }
        },
      }
    },
  })
  const { ledger, identity, live } = installation.parts
  await identity.seedDemonstration()
  await ledger.start()
  const url = await installation.listen()
  const municipality = identity.municipality()?.id ?? ''
  return {
    url,
    clock,
    municipality,
    kernel: installation.kernel,
    ledger,
    live,
    async link(role: Role): Promise<string> {
      return (await identity.linkFor(role))?.url ?? ''
    },
    settle: () => installation.events.settle(),
    close: () => installation.close(),
  }
}

// People and phones: everything through the public API and real sockets, as they come.

/** Calls the API; answers the status and the JSON of the reply. */
export type Call = (
  method: 'GET' | 'POST',
  path: string,
  body?: unknown,
) => Promise<{ readonly status: number; readonly json: Record<string, unknown> }>
export type Person = { readonly call: Call; readonly cookie: string }

export async function signIn(url: string, link: string): Promise<Person> {
  const token = new URLSearchParams(new URL(link).hash.slice(1)).get('link') ?? ''
  const response = await fetch(`${url}/api/session/link`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token }),
  })
  const cookie = response.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  if (cookie === '') {
    throw new Error(`no session: ${response.status} ${await response.text()}`)
  }
  return { cookie, call: caller(url, { cookie }) }
}

function caller(url: string, headers: Record<string, string>): Call {
  return async (method, path, body) => {
    const response = await fetch(`${url}/api${path}`, {
      method,
      headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return { status: response.status, json: (await response.json()) as Record<string, unknown> }
  }
}

export type Phone = { readonly device: string; readonly token: string; readonly signer: Signer; readonly call: Call }

let officers = 0

/** Enrols a phone and starts its shift. */
export async function phoneOnDuty(url: string, office: Person): Promise<Phone> {
  const stranger = caller(url, {})
  const must = async (answer: ReturnType<Call>): Promise<Record<string, unknown>> => {
    const { status, json } = await answer
    if (status !== 200) {
      throw new Error(`${status} ${JSON.stringify(json)}`)
    }
    return json
  }
  officers += 1
  const number = officers
  const enrolment = await must(office.call('POST', '/devices/enrolments', { kind: 'phone', simulated: true }))
  const officer = await must(office.call('POST', '/officers', { code: `S-L${number}`, name: `Rosa Quispe ${number}` }))
  const signer = await signerFromSeed(crypto.getRandomValues(new Uint8Array(32)))
  const { publicKey } = signer.key
  const proof = `sereno-enrol-v1.${enrolment.token}.${publicKey}`
  const self = await must(
    stranger('POST', '/device/enrol', {
      token: enrolment.token,
      publicKey,
      algorithm: 'ed25519',
      signature: toBase64Url(await signer.sign(utf8(proof))),
      protection: 'software',
      simulated: true,
      appVersion: 'test',
      build: await sha256Hex(utf8('test')),
    }),
  )
  const device = (self.device as { id: string }).id
  const issue = await must(office.call('POST', `/devices/${device}/issue`, { officer: officer.id }))
  const { nonce } = await must(stranger('POST', '/device/challenge', { device }))
  const signature = toBase64Url(await signer.sign(utf8(`sereno-session-v1.${device}.${nonce}`)))
  const session = await must(stranger('POST', '/device/session', { device, nonce, signature }))
  const call = caller(url, { authorization: `Device ${session.token}` })
  const check = ['battery', 'storage', 'persist', 'clock', 'gps', 'lens'].map((item) => ({
    item,
    passed: true,
    value: '',
  }))
  await must(call('POST', '/device/shift', { pin: issue.pin, check }))
  return { device, token: String(session.token), signer, call }
}

/** A WebSocket whose messages can be waited for. */
export type Line = {
  readonly texts: Record<string, unknown>[]
  readonly frames: Uint8Array[]
  /** Resolves when `done` holds of what has arrived; rejects at the deadline, or when the line closes before. */
  until(done: (line: Line) => boolean, deadlineMs?: number): Promise<void>
  closed(): { readonly code: number; readonly reason: string } | null
  send(message: string | Uint8Array): void
  close(): void
}

export function openLine(url: string, path: string, cookie?: string): Line {
  // Node's WebSocket (undici) takes headers where a browser would send its cookies by itself.
  const options = cookie === undefined ? undefined : ({ headers: { cookie } } as unknown as string[])
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/api${path}`, options)
  socket.binaryType = 'arraybuffer'
  const listeners = new Set<() => void>()
  let closed: { code: number; reason: string } | null = null
  const changed = (): void => {
    for (const listener of [...listeners]) {
      listener()
    }
  }
  const line: Line = {
    texts: [],
    frames: [],
    until: (done, deadlineMs = 10_000) =>
      new Promise((resolve, reject) => {
        const finish = (error?: Error): void => {
          clearTimeout(timer)
          listeners.delete(look)
          error === undefined ? resolve() : reject(error)
        }
        const look = (): void => {
          if (done(line)) {
            finish()
          }
        }
        const timer = setTimeout(
          () => finish(new Error(`waited in vain on ${path}: ${JSON.stringify(line.texts).slice(0, 2000)}`)),
          deadlineMs,
        )
        listeners.add(look)
        look()
      }),
    closed: () => closed,
    send: (message) => socket.send(message as Uint8Array<ArrayBuffer>),
    close: () => socket.close(),
  }
  socket.onmessage = ({ data }) => {
    if (typeof data === 'string') {
      line.texts.push(JSON.parse(data))
    } else {
      line.frames.push(new Uint8Array(data as ArrayBuffer))
    }
    changed()
  }
  socket.onclose = ({ code, reason }) => {
    closed = { code, reason }
    changed()
  }
  socket.onerror = () => undefined
  return line
}

export const has = (type: string) => (line: Line) => line.texts.some((text) => text.type === type)
export const said = <T extends DeviceMessage | RoomMessage>(line: Line, type: T['type']): T | undefined =>
  line.texts.findLast((text) => text.type === type) as T | undefined

/** A publisher that has proved its key and may send. */
export async function openPublisher(url: string, phone: Phone, recording: string): Promise<Line> {
  const line = openLine(url, `/live/publish?token=${phone.token}`)
  await line.until(({ texts }) => texts.some((text) => typeof text.nonce === 'string'))
  const nonce = String(line.texts[0]?.nonce)
  const signature = toBase64Url(await phone.signer.sign(utf8(`sereno-live-v1.${nonce}.${recording}.c1`)))
  line.send(JSON.stringify({ recording, connection: 'c1', signature }))
  await line.until(has('key-frame'))
  return line
}
