import { randomBytes } from 'node:crypto'
import { ed25519Key, type Signer, signerFromSeed, toBase64Url, utf8 } from '@sereno/proof'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Scope, systemActor } from '../../kernel/actor.ts'
import { startTestInstallation, testClock } from '../../test-kit/index.ts'
import { createIdentity, identityMigrations } from '../identity/index.ts'
import { createLedger, ledgerMigrations } from '../ledger/index.ts'
import { createTerritory, territoryMigrations } from '../territory/index.ts'
import { createFleet, fleetMigrations } from './index.ts'

const clock = testClock()
const installation = await startTestInstallation({
  clock,
  migrations: [ledgerMigrations, identityMigrations, territoryMigrations, fleetMigrations],
  async compose(kernel) {
    const ledger = createLedger(kernel)
    const identity = createIdentity({ ...kernel, ledger })
    const territory = createTerritory(kernel)
    const isReal = { now: false }
    const fleet = createFleet({
      ...kernel,
      ledger,
      territory,
      identity: {
        ...identity,
        municipality: () => {
          const municipality = identity.municipality()
          return municipality === null ? null : { ...municipality, fictitious: !isReal.now }
        },
      },
    })
    const concerns: { readonly device: string; readonly concern: string; readonly detail: string }[] = []
    kernel.events.on('device.health', 'test.health', async (payload) => void concerns.push(payload))
    return {
      ledger,
      identity,
      territory,
      fleet,
      isReal,
      concerns,
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
const { fleet, identity, ledger, territory, isReal, concerns } = installation.parts
const { db } = installation.kernel.database
let municipality = ''
let scope: Scope = { municipality, actor: systemActor('') }
let cookie = ''

beforeAll(async () => {
  municipality = (await identity.seedDemonstration()).id
  scope = { municipality, actor: systemActor(municipality) }
  await territory.seedDemonstration(municipality)
  await fleet.seedDemonstration(municipality)
  cookie = await signIn('supervisor')
})
afterAll(() => installation.close())

async function signIn(role: string): Promise<string> {
  const link = (await identity.demonstrationLinks()).find((each) => each.role === role)
  const reply = await send('POST', '/session/link', { token: link?.url.split('link=')[1] })
  expect(reply.status).toBe(200)
  return reply.cookie
}

type Headers = Readonly<Record<string, string>>
async function send(method: 'GET' | 'POST', path: string, body?: unknown, headers: Headers = {}) {
  const response = await installation.app.inject({
    method,
    url: `/api${path}`,
    headers: { origin: installation.kernel.config.origin(), ...headers },
    ...(body === undefined ? {} : { payload: body as object }),
  })
  return {
    status: response.statusCode,
    // biome-ignore lint/suspicious/noExplicitAny: replies of many operations, looked into by the expectations
    body: response.json() as any,
    cookie: String(response.headers['set-cookie'] ?? '').split(';')[0] ?? '',
  }
}
const asPerson = (method: 'GET' | 'POST', path: string, body?: unknown) => send(method, path, body, { cookie })
const asPhone = (token: string, method: 'GET' | 'POST', path: string, body?: unknown) =>
  send(method, path, body, { authorization: `Device ${token}` })

const newKey = (): Promise<Signer> => signerFromSeed(randomBytes(32))
const sign = async (signer: Signer, message: string): Promise<string> => toBase64Url(await signer.sign(utf8(message)))

async function enrolBody(signer: Signer, token: string, change: Record<string, unknown> = {}) {
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

async function openSession(signer: Signer, device: string) {
  const { body } = await send('POST', '/device/challenge', { device })
  const signature = await sign(signer, `sereno-session-v1.${device}.${body.nonce}`)
  return send('POST', '/device/session', { device, nonce: body.nonce, signature })
}

async function enrolled(asked: Record<string, unknown> = {}) {
  const signer = await newKey()
  const opened = (await asPerson('POST', '/devices/enrolments', asked)).body
  const self = (await send('POST', '/device/enrol', await enrolBody(signer, opened.token))).body
  const session = (await openSession(signer, self.device.id)).body
  return { signer, device: self.device.id as string, code: opened.code as string, token: session.token as string }
}

const goodCheck = ['battery', 'storage', 'persist', 'clock', 'gps', 'lens'].map((item) => ({
  item,
  passed: true,
  value: 'ok',
}))

describe('enrolment', () => {
  it('takes a key once, marks it in the ledger, and answers a repeated request as the first', async () => {
    const signer = await newKey()
    const opened = await asPerson('POST', '/devices/enrolments', { kind: 'phone' })
    expect(opened.status).toBe(200)
    expect(opened.body.code).toBe('BC-0241')
    expect(opened.body.url).toContain(`/bodycam/#enrol=${opened.body.token}`)
    const body = await enrolBody(signer, opened.body.token)
    const first = await send('POST', '/device/enrol', body)
    expect(first.status).toBe(200)
    expect(first.body.device).toMatchObject({ code: 'BC-0241', keyEpoch: 1, state: 'enrolled', simulated: false })
    expect(first.body.receiptKeys[0].publicKey).toMatch(/^[\w-]{43}$/)
    expect((await send('POST', '/device/enrol', body)).status).toBe(200)
    const other = await enrolBody(await newKey(), opened.body.token)
    expect((await send('POST', '/device/enrol', other)).body.code).toBe('device.enrolment-used')

    const id = first.body.device.id as string
    const key = await fleet.keyOf(db, id, 1)
    expect(key).toMatchObject({ keyId: signer.keyId, simulated: false, supersededAtMs: null, revokedAtMs: null })
    expect(ed25519Key(key?.publicKey ?? new Uint8Array())).toEqual(signer.key)
    const [entry] = await ledger.entriesOf(scope, `device:${id}`)
    expect(entry).toMatchObject({ id: key?.enrolmentEntry, kind: 'device.enrolled' })
    expect(entry?.details).toMatchObject({
      device: id,
      publicKey: signer.key.publicKey,
      keyId: signer.keyId,
      keyEpoch: '1',
      protection: 'software',
      simulated: 'false',
      build: 'ab'.repeat(32),
    })
    const used = await asPerson('GET', `/devices/enrolments/${opened.body.id}`)
    expect(used.body).toMatchObject({ device: id, usedAt: clock.nowMs() })
  })

  it('refuses weak keys, wrong proofs, unknown and late tokens', async () => {
    const opened = (await asPerson('POST', '/devices/enrolments', {})).body
    const signer = await newKey()
    const code = async (change: Record<string, unknown>) =>
      (await send('POST', '/device/enrol', await enrolBody(signer, opened.token, change))).body.code
    expect(await code({ publicKey: toBase64Url(new Uint8Array(32)) })).toBe('device.weak-key')
    expect(await code({ publicKey: toBase64Url(Uint8Array.from([1, ...new Uint8Array(31)])) })).toBe('device.weak-key')
    expect(await code({ signature: toBase64Url(new Uint8Array(64)) })).toBe('device.wrong-signature')
    expect(await code({ token: 'x'.repeat(43) })).toBe('device.wrong-signature')
    const stranger = await enrolBody(signer, 'y'.repeat(43))
    expect((await send('POST', '/device/enrol', stranger)).body.code).toBe('device.enrolment-expired')
    clock.advance(10 * 60_000 + 1)
    expect(await code({})).toBe('device.enrolment-expired')
  })

  it('gives an unused code again, refuses a taken one', async () => {
    const first = (await asPerson('POST', '/devices/enrolments', { code: 'DR-7', kind: 'drone' })).body
    const again = (await asPerson('POST', '/devices/enrolments', { code: 'DR-7', kind: 'drone' })).body
    expect([first.code, again.code]).toEqual(['DR-7', 'DR-7'])
    await send('POST', '/device/enrol', await enrolBody(await newKey(), again.token))
    const taken = await asPerson('POST', '/devices/enrolments', { code: 'DR-7' })
    expect(taken.body.code).toBe('device.code-taken')
  })

  it('of a simulated device is marked, and refused where the municipality is real', async () => {
    const opened = (await asPerson('POST', '/devices/enrolments', {})).body
    const body = await enrolBody(await newKey(), opened.token, { simulated: true })
    isReal.now = true
    expect((await send('POST', '/device/enrol', body)).body.code).toBe('device.simulated-refused')
    expect((await asPerson('POST', '/devices/enrolments', { simulated: true })).body.code).toBe(
      'device.simulated-refused',
    )
    isReal.now = false
    const reply = await send('POST', '/device/enrol', body)
    expect(reply.body.device.simulated).toBe(true)
  })

  it('again makes a new epoch; the old key still delivers', async () => {
    const phone = await enrolled()
    const opened = (await asPerson('POST', '/devices/enrolments', { device: phone.device })).body
    clock.advance(5000)
    const second = await newKey()
    const reply = await send('POST', '/device/enrol', await enrolBody(second, opened.token))
    expect(reply.body.device).toMatchObject({ id: phone.device, keyEpoch: 2 })
    expect(await fleet.keyOf(db, phone.device, 1)).toMatchObject({ supersededAtMs: clock.nowMs(), revokedAtMs: null })
    expect(await fleet.currentKey(db, phone.device)).toMatchObject({ epoch: 2, keyId: second.keyId })
    expect((await asPhone(phone.token, 'GET', '/device/self')).status).toBe(401)
    expect((await openSession(phone.signer, phone.device)).body.code).toBe('device.wrong-signature')
    expect((await openSession(second, phone.device)).status).toBe(200)
  })
})

describe('a device session', () => {
  it('is opened by the key alone, once for a nonce, and lasts an hour', async () => {
    const phone = await enrolled()
    expect((await openSession(await newKey(), phone.device)).body.code).toBe('device.wrong-signature')
    const { body } = await send('POST', '/device/challenge', { device: phone.device })
    const signature = await sign(phone.signer, `sereno-session-v1.${phone.device}.${body.nonce}`)
    const once = { device: phone.device, nonce: body.nonce, signature }
    expect((await send('POST', '/device/session', once)).status).toBe(200)
    expect((await send('POST', '/device/session', once)).body.code).toBe('device.wrong-signature')
    expect((await asPhone(phone.token, 'GET', '/device/self')).body.device.id).toBe(phone.device)
    expect((await asPerson('GET', '/device/self')).status).toBeGreaterThanOrEqual(401)
    clock.advance(60 * 60_000 + 1)
    expect((await asPhone(phone.token, 'GET', '/device/self')).status).toBe(401)
    cookie = await signIn('supervisor')
  })
})

describe('a shift', () => {
  const officerBy = async (code: string): Promise<string> =>
    (await asPerson('GET', '/officers')).body.officers.find((each: { code: string }) => each.code === code).id

  it('is issued, started with PIN and check, ended; the issue is judged at its instant', async () => {
    const phone = await enrolled()
    const officer = await officerBy('S-27')
    const [quadrant] = await territory.quadrants(municipality)
    const before = clock.nowMs() - 1
    const issued = await asPerson('POST', `/devices/${phone.device}/issue`, { officer, quadrant: quadrant?.id })
    expect(issued.status).toBe(200)
    expect(issued.body.shift).toMatchObject({ officer: { code: 'S-27' }, quadrant: { code: quadrant?.code } })
    const pin = issued.body.pin as string
    const again = await asPerson('POST', `/devices/${phone.device}/issue`, { officer })
    expect(again.body.code).toBe('device.already-issued')

    const start = (change: Record<string, unknown> = {}) =>
      asPhone(phone.token, 'POST', '/device/shift', { pin, check: goodCheck, ...change })
    const wrong = await start({ pin: pin === '000000' ? '000001' : '000000' })
    expect(wrong.body).toMatchObject({ code: 'device.wrong-pin' })
    const failing = (item: string) => goodCheck.map((each) => ({ ...each, passed: each.item !== item }))
    expect((await start({ check: failing('storage'), despite: 'urgente' })).body.code).toBe('shift.check-failed')
    expect((await start({ check: failing('gps') })).body.code).toBe('shift.check-failed')
    clock.advance(1000)
    const started = await start({ check: failing('gps'), despite: 'Sótano, sin cielo' })
    expect(started.body).toMatchObject({ startedAt: clock.nowMs() })
    clock.advance(1000)
    expect((await start()).body.startedAt).toBe(started.body.startedAt)

    const [duty] = (await fleet.onDuty(scope)).filter(({ device }) => device === phone.device)
    expect(duty).toMatchObject({ officer: { code: 'S-27' }, quadrant: { code: quadrant?.code } })
    const during = clock.nowMs()
    clock.advance(1000)
    expect((await asPhone(phone.token, 'POST', '/device/shift/end')).status).toBe(200)
    expect(await fleet.issueAt(db, phone.device, during)).toMatchObject({ officer: { id: officer } })
    expect(await fleet.issueAt(db, phone.device, before)).toBeNull()
    expect(await fleet.issueAt(db, phone.device, clock.nowMs())).toBeNull()
    const kinds = (await ledger.entriesOf(scope, `device:${phone.device}`)).map(({ kind }) => kind)
    expect(kinds).toEqual(['shift.ended', 'shift.started', 'device.issued', 'device.enrolled'])
  })

  it('locks after five wrong PINs, also when they come at once', async () => {
    const phone = await enrolled()
    const officer = await officerBy('S-40')
    const { pin } = (await asPerson('POST', `/devices/${phone.device}/issue`, { officer })).body
    const guesses = Array.from({ length: 12 }, (_, index) =>
      String((Number(pin) + 1 + index) % 1_000_000).padStart(6, '0'),
    )
    const codes = await Promise.all(
      guesses.map(
        async (guess) =>
          (await asPhone(phone.token, 'POST', '/device/shift', { pin: guess, check: goodCheck })).body.code,
      ),
    )
    expect(codes.filter((code) => code === 'device.wrong-pin')).toHaveLength(5)
    expect(codes.filter((code) => code === 'access.locked')).toHaveLength(7)
    const right = await asPhone(phone.token, 'POST', '/device/shift', { pin, check: goodCheck })
    expect(right.body.code).toBe('access.locked')
    expect((await asPerson('POST', `/devices/${phone.device}/return`)).status).toBe(200)
  })

  it('needs an enrolled device and a known officer', async () => {
    const bare = (await asPerson('GET', '/devices')).body.devices.find(
      (each: { state: string }) => each.state === 'registered',
    )
    const officer = await officerBy('S-40')
    expect((await asPerson('POST', `/devices/${bare.id}/issue`, { officer })).body.code).toBe('device.not-enrolled')
    const phone = await enrolled()
    const unknown = await asPerson('POST', `/devices/${phone.device}/issue`, { officer: phone.device })
    expect(unknown.body.code).toBe('officer.not-found')
    const none = await asPhone(phone.token, 'POST', '/device/shift', { pin: '123456', check: goodCheck })
    expect(none.body.code).toBe('device.not-issued')
  })
})

describe('a report', () => {
  it('of theft ends shift, key and sessions, and never the right to deliver', async () => {
    const phone = await enrolled()
    const officer = (await asPerson('GET', '/officers')).body.officers[0].id
    await asPerson('POST', `/devices/${phone.device}/issue`, { officer })
    clock.advance(1000)
    const stolen = await asPerson('POST', `/devices/${phone.device}/stolen`, { reason: 'Arrebatado en la esquina' })
    expect(stolen.body).toMatchObject({ state: 'stolen', shift: null })
    expect(stolen.body.may).not.toContain('device.issue')
    expect((await asPhone(phone.token, 'GET', '/device/self')).status).toBe(401)
    expect((await openSession(phone.signer, phone.device)).body.code).toBe('device.revoked')
    expect(await fleet.keyOf(db, phone.device, 1)).toMatchObject({ revokedAtMs: clock.nowMs() })
    expect(await fleet.currentKey(db, phone.device)).toBeNull()
    const kinds = (await ledger.entriesOf(scope, `device:${phone.device}`)).map(({ kind }) => kind)
    expect(kinds.slice(0, 2)).toEqual(['device.stolen', 'device.returned'])
  })
  it('of loss lets the phone say where it is, until somebody revokes it', async () => {
    const phone = await enrolled()
    await asPerson('POST', `/devices/${phone.device}/lost`, { reason: 'No aparece' })
    expect((await asPhone(phone.token, 'GET', '/device/self')).body.device.state).toBe('lost')
    const revoked = await asPerson('POST', `/devices/${phone.device}/revoke`, { reason: 'No apareció' })
    expect(revoked.body.state).toBe('revoked')
    expect((await asPhone(phone.token, 'GET', '/device/self')).status).toBe(401)
  })
})

describe('health', () => {
  it('is stored with its age and told when its concern changes', async () => {
    const phone = await enrolled()
    const report = (batteryPercent: number) =>
      asPhone(phone.token, 'POST', '/device/health', {
        batteryPercent,
        charging: false,
        freeBytes: 9_000_000_000,
        clockOffsetMs: 12,
        appVersion: '1.0.0',
        persisted: true,
        queuedSegments: 0,
        recording: null,
      })
    for (const percent of [60, 14, 13, 30]) {
      expect((await report(percent)).status).toBe(200)
    }
    await installation.events.settle()
    const own = concerns.filter(({ device }) => device === phone.device)
    expect(own.map(({ concern, detail }) => [concern, detail])).toEqual([
      ['battery', '14 %'],
      ['none', ''],
    ])
    const shown = (await asPerson('GET', `/devices/${phone.device}`)).body
    expect(shown).toMatchObject({ health: { batteryPercent: 30 }, seenAt: clock.nowMs() })
    await installation.tick()
    expect((await fleet.devices(scope)).find(({ id }) => id === phone.device)?.seenAt).toBe(clock.nowMs())
  })
})

describe('the demonstration', () => {
  it('hands the simulator cameras that enrol and start their shifts through the public API', async () => {
    const given = await fleet.demonstrationEnrolments(municipality)
    expect(given).toHaveLength(36)
    const camera = given.find(({ code }) => code === 'BC-0231')
    expect(camera?.officer).toMatchObject({ code: 'S-27' })
    expect(camera?.ring.length).toBeGreaterThan(3)
    const signer = await newKey()
    const self = await send('POST', '/device/enrol', await enrolBody(signer, camera?.token ?? '', { simulated: true }))
    expect(self.body.device).toMatchObject({ simulated: true, state: 'issued' })
    const session = (await openSession(signer, camera?.device ?? '')).body
    const started = await asPhone(session.token, 'POST', '/device/shift', { pin: camera?.pin, check: goodCheck })
    expect(started.status).toBe(200)
    const later = (await fleet.demonstrationEnrolments(municipality)).find(({ code }) => code === 'BC-0231')
    expect(later).toMatchObject({ token: null, pin: null })
    clock.advance(13 * 60 * 60_000)
    const nextDay = (await fleet.demonstrationEnrolments(municipality)).find(({ code }) => code === 'BC-0231')
    expect(nextDay?.token).toBeNull()
    expect(nextDay?.pin).toMatch(/^\d{6}$/)
  })
})

describe('access and the check', () => {
  it('shows an operator the register, and lets them change nothing', async () => {
    const operator = await signIn('operator')
    const devices = await send('GET', '/devices', undefined, { cookie: operator })
    expect(devices.status).toBe(200)
    expect(devices.body.devices.every((device: { may: string[] }) => device.may.length === 0)).toBe(true)
    const opened = await send('POST', '/devices/enrolments', {}, { cookie: operator })
    expect(opened.status).toBe(403)
    expect((await send('GET', '/devices')).status).toBe(401)
  })
  it('is clean, and finds what was changed behind the back of the server', async () => {
    const findings = async (): Promise<readonly string[]> => {
      const codes: string[] = []
      await fleet.check.run(({ code }) => codes.push(code))
      return [...new Set(codes)].sort()
    }
    expect(await findings()).toEqual([])
    await installation.database.owner`update device_key set key_id = '0123456789abcdef' where epoch = 2`
    expect(await findings()).toEqual(['fleet.enrolment-entry-contradicts', 'fleet.key-unsound'])
  })
})
