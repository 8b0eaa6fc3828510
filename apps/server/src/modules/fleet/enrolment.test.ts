import { ed25519Key, toBase64Url } from '@sereno/proof'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { enrolBody, type Fleethouse, goodCheck, newKey, openFleethouse, sign } from './fleet.test-kit.ts'

let house: Fleethouse
beforeAll(async () => {
  house = await openFleethouse()
})
afterAll(() => house.close())

describe('enrolment', () => {
  it('takes a key once, marks it in the ledger, and answers a repeated request as the first', async () => {
    const { office, anybody, fleet, ledger, scope, clock, db } = house
    const signer = await newKey()
    const opened = await office('POST /devices/enrolments', { body: { kind: 'phone' } })
    expect(opened.status).toBe(200)
    expect(opened.body.code).toBe('BC-0241')
    expect(opened.body.url).toContain(`/bodycam/#enrol=${opened.body.token}`)
    const body = await enrolBody(signer, opened.body.token)
    const first = await anybody('POST /device/enrol', { body })
    expect(first.status).toBe(200)
    expect(first.body.device).toMatchObject({ code: 'BC-0241', keyEpoch: 1, state: 'enrolled', simulated: false })
    expect((await anybody('POST /device/enrol', { body })).status).toBe(200)
    const other = await enrolBody(await newKey(), opened.body.token)
    expect((await anybody('POST /device/enrol', { body: other })).code).toBe('device.enrolment-used')

    const { id } = first.body.device
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
    const used = await office('GET /devices/enrolments/:id', { params: { id: opened.body.id } })
    expect(used.body).toMatchObject({ device: id, usedAt: clock.nowMs() })
  })

  it('tells the phone what it believes from then on: receipts, the log, what to seal to, whom to call', async () => {
    const phone = await house.enrolled()
    const self = (await phone.call('GET /device/self')).body
    expect(self.receiptKeys[0]?.publicKey).toMatch(/^[\w-]{43}$/)
    expect(self.log).toEqual({ origin: house.ledger.originUuid, vkey: await house.ledger.vkey() })
    expect(self.queueKey).toMatchObject({ algorithm: 'x25519', publicKey: expect.stringMatching(/^[\w-]{43}$/) })
    expect(self.municipality.telephone).toMatch(/^\+51/)
  })

  it('refuses weak keys, wrong proofs, unknown and late tokens', async () => {
    const { office, anybody, clock } = house
    const opened = (await office('POST /devices/enrolments', { body: {} })).body
    const signer = await newKey()
    const code = async (change: Record<string, unknown>) =>
      (await anybody('POST /device/enrol', { body: await enrolBody(signer, opened.token, change) })).code
    expect(await code({ publicKey: toBase64Url(new Uint8Array(32)) })).toBe('device.weak-key')
    expect(await code({ publicKey: toBase64Url(Uint8Array.from([1, ...new Uint8Array(31)])) })).toBe('device.weak-key')
    expect(await code({ signature: toBase64Url(new Uint8Array(64)) })).toBe('device.wrong-signature')
    expect(await code({ token: 'x'.repeat(43) })).toBe('device.wrong-signature')
    const stranger = await enrolBody(signer, 'y'.repeat(43))
    expect((await anybody('POST /device/enrol', { body: stranger })).code).toBe('device.enrolment-expired')
    clock.advance(10 * 60_000 + 1)
    expect(await code({})).toBe('device.enrolment-expired')
  })

  it('gives an unused code again, refuses a taken one', async () => {
    const { office, anybody } = house
    const first = (await office('POST /devices/enrolments', { body: { code: 'DR-7', kind: 'drone' } })).body
    const again = (await office('POST /devices/enrolments', { body: { code: 'DR-7', kind: 'drone' } })).body
    expect([first.code, again.code]).toEqual(['DR-7', 'DR-7'])
    await anybody('POST /device/enrol', { body: await enrolBody(await newKey(), again.token) })
    const taken = await office('POST /devices/enrolments', { body: { code: 'DR-7' } })
    expect(taken.code).toBe('device.code-taken')
  })

  it('of a simulated device is marked, and refused where the municipality is real', async () => {
    const { office, anybody, isReal } = house
    const opened = (await office('POST /devices/enrolments', { body: {} })).body
    const body = await enrolBody(await newKey(), opened.token, { simulated: true })
    isReal.now = true
    expect((await anybody('POST /device/enrol', { body })).code).toBe('device.simulated-refused')
    const asked = await office('POST /devices/enrolments', { body: { simulated: true } })
    expect(asked.code).toBe('device.simulated-refused')
    isReal.now = false
    const reply = await anybody('POST /device/enrol', { body })
    expect(reply.body.device.simulated).toBe(true)
  })

  it('again makes a new epoch; the old key still delivers', async () => {
    const { office, anybody, clock, fleet, db, openSession } = house
    const phone = await house.enrolled()
    const opened = (await office('POST /devices/enrolments', { body: { device: phone.device } })).body
    clock.advance(5000)
    const second = await newKey()
    const reply = await anybody('POST /device/enrol', { body: await enrolBody(second, opened.token) })
    expect(reply.body.device).toMatchObject({ id: phone.device, keyEpoch: 2 })
    expect(await fleet.keyOf(db, phone.device, 1)).toMatchObject({ supersededAtMs: clock.nowMs(), revokedAtMs: null })
    expect(await fleet.currentKey(db, phone.device)).toMatchObject({ epoch: 2, keyId: second.keyId })
    expect((await phone.call('GET /device/self')).status).toBe(401)
    expect((await openSession(phone.signer, phone.device)).code).toBe('device.wrong-signature')
    expect((await openSession(second, phone.device)).status).toBe(200)
  })
})

describe('a device session', () => {
  it('is opened by the key alone, once for a nonce, and lasts an hour', async () => {
    const { office, anybody, clock, openSession } = house
    const phone = await house.enrolled()
    expect((await openSession(await newKey(), phone.device)).code).toBe('device.wrong-signature')
    const { nonce } = (await anybody('POST /device/challenge', { body: { device: phone.device } })).body
    const signature = await sign(phone.signer, `sereno-session-v1.${phone.device}.${nonce}`)
    const once = { device: phone.device, nonce, signature }
    expect((await anybody('POST /device/session', { body: once })).status).toBe(200)
    expect((await anybody('POST /device/session', { body: once })).code).toBe('device.wrong-signature')
    expect((await phone.call('GET /device/self')).body.device.id).toBe(phone.device)
    expect((await office('GET /device/self')).status).toBeGreaterThanOrEqual(401)
    clock.advance(60 * 60_000 + 1)
    expect((await phone.call('GET /device/self')).status).toBe(401)
    await house.signInAgain()
  })
})

describe('the demonstration', () => {
  it('hands the simulator cameras that enrol and start their shifts through the public API', async () => {
    const { anybody, fleet, municipality, clock, openSession } = house
    const given = await fleet.demonstrationEnrolments(municipality)
    expect(given).toHaveLength(36)
    const camera = given.find(({ code }) => code === 'BC-0231')
    expect(camera?.officer).toMatchObject({ code: 'S-27' })
    expect(camera?.ring.length).toBeGreaterThan(3)
    const signer = await newKey()
    const body = await enrolBody(signer, camera?.token ?? '', { simulated: true })
    const self = await anybody('POST /device/enrol', { body })
    expect(self.body.device).toMatchObject({ simulated: true, state: 'issued' })
    const { token } = (await openSession(signer, camera?.device ?? '')).body
    const started = await house.as(token)('POST /device/shift', { body: { pin: camera?.pin ?? '', check: goodCheck } })
    expect(started.status).toBe(200)
    const later = (await fleet.demonstrationEnrolments(municipality)).find(({ code }) => code === 'BC-0231')
    expect(later).toMatchObject({ token: null, pin: null })
    clock.advance(13 * 60 * 60_000)
    const nextDay = (await fleet.demonstrationEnrolments(municipality)).find(({ code }) => code === 'BC-0231')
    expect(nextDay?.token).toBeNull()
    expect(nextDay?.pin).toMatch(/^\d{6}$/)
    await house.signInAgain()
  })
})

describe('access and the check', () => {
  it('shows an operator the register, and lets them change nothing', async () => {
    const operator = await house.signIn('operator')
    const devices = await operator('GET /devices')
    expect(devices.status).toBe(200)
    expect(devices.body.devices.every(({ may }) => may.length === 0)).toBe(true)
    expect((await operator('POST /devices/enrolments', { body: {} })).status).toBe(403)
    expect((await house.anybody('GET /devices')).status).toBe(401)
  })

  it('is clean, and finds what was changed behind the back of the server', async () => {
    const findings = async (): Promise<readonly string[]> => {
      const codes: string[] = []
      await house.fleet.check.run(({ code }) => codes.push(code))
      return [...new Set(codes)].sort()
    }
    expect(await findings()).toEqual([])
    await house.installation.database.owner`update device_key set key_id = '0123456789abcdef' where epoch = 2`
    expect(await findings()).toEqual(['fleet.enrolment-entry-contradicts', 'fleet.key-unsound'])
  })
})
