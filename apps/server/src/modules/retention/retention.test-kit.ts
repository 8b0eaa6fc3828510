/** The whole server for this module's tests: PostgreSQL, signer and HTTP are real, the clock is ours. */
import { createHash } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Category, Role } from '@sereno/contracts'
import { type App, composeApp, migrations } from '../../app.ts'
import type { Finding } from '../../kernel/checker.ts'
import { startTestInstallation, type TestClock, type TestInstallation, testClock } from '../../test-kit/index.ts'
import {
  type Call,
  type FakePhone,
  type FakeRecording,
  fakePhone,
  jsonOf,
  phoneClock,
} from '../evidence/evidence.test-kit.ts'

type Json = Record<string, unknown>
export type Said<T = Json> = {
  readonly status: number
  readonly code: string
  readonly json: T
  readonly bytes: Uint8Array
}
export type Person = <T = Json>(name: string, body?: unknown) => Promise<Said<T>>

export type House = {
  readonly app: App
  readonly kernel: TestInstallation<App>['kernel']
  readonly owner: TestInstallation<App>['database']['owner']
  readonly clock: TestClock
  readonly call: Call
  readonly person: (role: Role) => Promise<Person>
  readonly phone: () => Promise<FakePhone>
  /** Records two segments now and seals them. Answers the recording's id. */
  readonly record: (phone: FakePhone, category?: Category) => Promise<string>
  /** What was recorded, to go on signing for it. */
  readonly recorded: (id: string) => FakeRecording
  readonly tick: () => Promise<void>
  readonly findings: () => Promise<readonly Finding[]>
  readonly close: () => Promise<void>
}

export const dayMs = 86_400_000

export async function openHouse(): Promise<House> {
  const clock = testClock()
  const installation = await startTestInstallation({
    clock,
    migrations,
    compose(kernel) {
      mkdirSync(join(kernel.config.dataFolder, 'footage'), { recursive: true })
      return composeApp(kernel)
    },
  })
  const { app: http, parts, kernel, events } = installation
  await parts.identity.seedDemonstration()
  await parts.start()

  const call: Call = async ({ method, url, headers, body }) => {
    const payload = body === undefined ? {} : { payload: typeof body === 'string' ? body : Buffer.from(body) }
    const answered = await http.inject({ method, url, headers: { ...headers }, ...payload })
    return { status: answered.statusCode, body: answered.rawPayload }
  }

  async function person(role: Role): Promise<Person> {
    const link = await parts.identity.linkFor(role)
    const token = link?.url.split('#link=')[1]
    const signedIn = await http.inject({ method: 'POST', url: '/api/session/link', payload: { token } })
    const cookie = signedIn.cookies.find(({ name }) => name === 'sereno_session')?.value ?? ''
    return async <T>(name: string, body?: unknown): Promise<Said<T>> => {
      const [method, path] = name.split(' ') as ['GET' | 'POST', string]
      const answered = await call({
        method,
        url: `/api${path}`,
        headers: {
          cookie: `sereno_session=${cookie}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const isJson = new TextDecoder().decode(answered.body.subarray(0, 1)) === '{'
      const json = isJson ? jsonOf<T>(answered) : ({} as T)
      return { status: answered.status, code: String((json as Json).code ?? ''), json, bytes: answered.body }
    }
  }

  let officers = 0
  async function phone(): Promise<FakePhone> {
    officers += 1
    const office = await person('administrator')
    const enrolment = await need(office('POST /devices/enrolments', { kind: 'phone', simulated: true }))
    const token = String(enrolment.token)
    const made = await fakePhone({ call, token, clock: phoneClock(clock.nowMs()), simulated: true })
    const officer = await need(office('POST /officers', { code: `S-R${officers}`, name: `Rosa ${officers}` }))
    const issue = await need(office(`POST /devices/${made.device}/issue`, { officer: officer.id }))
    const items = ['battery', 'storage', 'persist', 'clock', 'gps', 'lens']
    const check = items.map((item) => ({ item, passed: true, value: '' }))
    const started = await made.api('POST', '/api/device/shift', { pin: String(issue.pin), check })
    if (started.status !== 200) {
      throw new Error(`the shift did not start: ${new TextDecoder().decode(started.body)}`)
    }
    return made
  }

  async function tick(): Promise<void> {
    await installation.tick()
    await events.settle()
  }

  const made = new Map<string, FakeRecording>()
  async function record(device: FakePhone, category?: Category): Promise<string> {
    const recording = device.record()
    made.set(recording.id, recording)
    await recording.media(createHash('sha256').update(recording.id).digest())
    await recording.media(createHash('sha512').update(recording.id).digest())
    await recording.stop()
    for (const signed of recording.signed) {
      const answered = await device.upload(signed)
      if (answered.status !== 200) {
        throw new Error(`upload: ${new TextDecoder().decode(answered.body)}`)
      }
    }
    if (category !== undefined) {
      await device.api('POST', `/api/device/recordings/${recording.id}/category`, { category })
    }
    await tick()
    await tick()
    return recording.id
  }

  return {
    app: parts,
    kernel,
    owner: installation.database.owner,
    clock,
    call,
    person,
    phone,
    record,
    recorded(id) {
      const recording = made.get(id)
      if (recording === undefined) {
        throw new Error('nobody recorded that')
      }
      return recording
    },
    tick,
    async findings() {
      const found: Finding[] = []
      for (const check of parts.checks.filter(({ name }) => ['ledger', 'evidence', 'retention'].includes(name))) {
        await check.run((finding) => found.push(finding), { full: true })
      }
      return found
    },
    close: installation.close,
  }
}

export async function need<T>(said: Promise<Said<T>>): Promise<T> {
  const { status, json } = await said
  if (status !== 200) {
    throw new Error(`${status} ${JSON.stringify(json)}`)
  }
  return json
}
