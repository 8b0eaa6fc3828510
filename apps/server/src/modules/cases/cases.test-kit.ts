/** The whole server for this module's tests: PostgreSQL, signer, HTTP and sockets are real, the clock is ours. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Role } from '@sereno/contracts'
import { type App, composeApp, migrations } from '../../app.ts'
import type { Finding } from '../../kernel/checker.ts'
import { startTestInstallation, type TestClock, type TestInstallation, testClock } from '../../test-kit/index.ts'
import { type Call, type FakePhone, type FakeRecording, fakePhone, phoneClock } from '../evidence/evidence.test-kit.ts'

// Tests read replies of many operations; each expectation says what it wants of them.
// biome-ignore lint/suspicious/noExplicitAny: as above
export type Json = any
export type Said = { readonly status: number; readonly code: string; readonly json: Json; readonly bytes: Uint8Array }
/** Somebody signed in. */
export type Person = {
  readonly cookie: string
  readonly call: (name: string, body?: unknown) => Promise<Said>
}

export type House = {
  readonly app: App
  readonly kernel: TestInstallation<App>['kernel']
  readonly owner: TestInstallation<App>['database']['owner']
  readonly clock: TestClock
  readonly person: (role: Role) => Promise<Person>
  /** Enters by an outside account's address and code. */
  readonly guest: (entrance: { readonly url: string; readonly code: string }) => Promise<Person>
  readonly enter: (token: string, code?: string) => Promise<Said & { readonly cookie: string }>
  readonly phone: () => Promise<FakePhone>
  /** Three segments of two seconds and a stop, sealed. */
  readonly record: (phone: FakePhone, words?: string) => Promise<FakeRecording>
  readonly tick: () => Promise<void>
  readonly listen: () => Promise<string>
  readonly findings: () => Promise<readonly Finding[]>
  readonly close: () => Promise<void>
}

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

  function saidOf(answered: { readonly status: number; readonly body: Uint8Array }): Said {
    const isJson = answered.body[0] === 0x7b
    const json: Json = isJson ? JSON.parse(new TextDecoder().decode(answered.body)) : {}
    return { status: answered.status, code: String(json.code ?? ''), json, bytes: answered.body }
  }

  async function enter(token: string, code?: string): Promise<Said & { readonly cookie: string }> {
    const payload = { token, ...(code === undefined ? {} : { code }) }
    const answered = await http.inject({ method: 'POST', url: '/api/session/link', payload })
    const cookie = answered.cookies.find(({ name }) => name === 'sereno_session')?.value ?? ''
    return { ...saidOf({ status: answered.statusCode, body: answered.rawPayload }), cookie }
  }

  function withCookie(cookie: string): Person {
    return {
      cookie,
      async call(name, body) {
        const [method, path] = name.split(' ') as ['GET' | 'POST', string]
        const isBytes = body instanceof Uint8Array
        const type = isBytes ? 'application/octet-stream' : 'application/json'
        return saidOf(
          await call({
            method,
            url: `/api${path}`,
            headers: { cookie: `sereno_session=${cookie}`, ...(body === undefined ? {} : { 'content-type': type }) },
            ...(body === undefined ? {} : { body: isBytes ? body : JSON.stringify(body) }),
          }),
        )
      },
    }
  }

  async function person(role: Role): Promise<Person> {
    const link = await parts.identity.linkFor(role)
    return withCookie((await enter(link?.url.split('#link=')[1] ?? '')).cookie)
  }

  let officers = 0
  async function phone(): Promise<FakePhone> {
    officers += 1
    const office = await person('administrator')
    const enrolment = await need(office.call('POST /devices/enrolments', { kind: 'phone', simulated: true }))
    const token = String(enrolment.token)
    const made = await fakePhone({ call, token, clock: phoneClock(clock.nowMs()), simulated: true })
    const officer = await need(
      office.call('POST /officers', { code: `S-C${officers}`, name: `Rosa Ñahui ${officers}` }),
    )
    const issue = await need(office.call(`POST /devices/${made.device}/issue`, { officer: officer.id }))
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

  async function record(device: FakePhone, words = 'segment'): Promise<FakeRecording> {
    const recording = device.record()
    for (const number of [1, 2, 3]) {
      await recording.media(Buffer.alloc(3_000, `${words} ${number} ${recording.id}`))
    }
    await recording.stop()
    for (const signed of recording.signed) {
      const answered = await device.upload(signed)
      if (answered.status !== 200) {
        throw new Error(`upload: ${new TextDecoder().decode(answered.body)}`)
      }
    }
    await tick()
    await tick()
    return recording
  }

  return {
    app: parts,
    kernel,
    owner: installation.database.owner,
    clock,
    person,
    enter,
    async guest({ url, code }) {
      const entered = await enter(url.split('#link=')[1] ?? '', code)
      if (entered.status !== 200) {
        throw new Error(`the guest was not let in: ${entered.status} ${entered.code}`)
      }
      return withCookie(entered.cookie)
    },
    phone,
    record,
    tick,
    listen: installation.listen,
    async findings() {
      const found: Finding[] = []
      for (const checker of parts.checks) {
        await checker.run((finding) => found.push(finding), { full: true })
      }
      return found
    },
    close: installation.close,
  }
}

export async function need(said: Promise<Said>): Promise<Json> {
  const { status, json } = await said
  if (status !== 200) {
    throw new Error(`${status} ${JSON.stringify(json)}`)
  }
  return json
}
