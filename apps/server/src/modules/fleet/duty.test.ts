import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Fleethouse, goodCheck, openFleethouse } from './fleet.test-kit.ts'

let house: Fleethouse
beforeAll(async () => {
  house = await openFleethouse()
})
afterAll(() => house.close())

describe('a shift', () => {
  it('is issued, started with PIN and check, ended; the issue is judged at its instant', async () => {
    const { office, clock, fleet, territory, municipality, scope, db } = house
    const phone = await house.enrolled()
    const officer = await house.officerBy('S-27')
    const [quadrant] = await territory.quadrants(municipality)
    const before = clock.nowMs() - 1
    const place = { params: { id: phone.device } }
    const issued = await office('POST /devices/:id/issue', { ...place, body: { officer, quadrant: quadrant?.id } })
    expect(issued.status).toBe(200)
    expect(issued.body.shift).toMatchObject({ officer: { code: 'S-27' }, quadrant: { code: quadrant?.code } })
    const { pin } = issued.body
    const again = await office('POST /devices/:id/issue', { ...place, body: { officer } })
    expect(again.code).toBe('device.already-issued')

    const start = (change: Record<string, unknown> = {}) =>
      phone.call('POST /device/shift', { body: { pin, check: goodCheck, ...change } })
    const wrong = await start({ pin: pin === '000000' ? '000001' : '000000' })
    expect(wrong.code).toBe('device.wrong-pin')
    const failing = (item: string) => goodCheck.map((each) => ({ ...each, passed: each.item !== item }))
    expect((await start({ check: failing('storage'), despite: 'urgente' })).code).toBe('shift.check-failed')
    expect((await start({ check: failing('gps') })).code).toBe('shift.check-failed')
    clock.advance(1000)
    const started = await start({ check: failing('gps'), despite: 'Sótano, sin cielo' })
    expect(started.body).toMatchObject({ startedAt: clock.nowMs() })
    clock.advance(1000)
    expect((await start()).body.startedAt).toBe(started.body.startedAt)

    const [duty] = (await fleet.onDuty(scope)).filter(({ device }) => device === phone.device)
    expect(duty).toMatchObject({ officer: { code: 'S-27' }, quadrant: { code: quadrant?.code } })
    const during = clock.nowMs()
    clock.advance(1000)
    expect((await phone.call('POST /device/shift/end')).status).toBe(200)
    expect(await fleet.issueAt(db, phone.device, during)).toMatchObject({ officer: { id: officer } })
    expect(await fleet.issueAt(db, phone.device, before)).toBeNull()
    expect(await fleet.issueAt(db, phone.device, clock.nowMs())).toBeNull()
    expect(await house.kindsOf(phone.device)).toEqual([
      'shift.ended',
      'shift.started',
      'device.issued',
      'device.enrolled',
    ])
  })

  it('locks after five wrong PINs, also when they come at once', async () => {
    const { office } = house
    const phone = await house.enrolled()
    const place = { params: { id: phone.device } }
    const officer = await house.officerBy('S-40')
    const { pin } = (await office('POST /devices/:id/issue', { ...place, body: { officer } })).body
    const guesses = Array.from({ length: 12 }, (_, index) =>
      String((Number(pin) + 1 + index) % 1_000_000).padStart(6, '0'),
    )
    const tries = await Promise.all(
      guesses.map((guess) => phone.call('POST /device/shift', { body: { pin: guess, check: goodCheck } })),
    )
    const codes = tries.map(({ code }) => code)
    expect(codes.filter((code) => code === 'device.wrong-pin')).toHaveLength(5)
    expect(codes.filter((code) => code === 'access.locked')).toHaveLength(7)
    const right = await phone.call('POST /device/shift', { body: { pin, check: goodCheck } })
    expect(right.code).toBe('access.locked')
    expect((await office('POST /devices/:id/return', place)).status).toBe(200)
  })

  it('needs an enrolled device and a known officer', async () => {
    const { office } = house
    const { devices } = (await office('GET /devices')).body
    const bare = devices.find(({ state }) => state === 'registered')?.id ?? ''
    const officer = await house.officerBy('S-40')
    const early = await office('POST /devices/:id/issue', { params: { id: bare }, body: { officer } })
    expect(early.code).toBe('device.not-enrolled')
    const phone = await house.enrolled()
    const place = { params: { id: phone.device } }
    const unknown = await office('POST /devices/:id/issue', { ...place, body: { officer: phone.device } })
    expect(unknown.code).toBe('officer.not-found')
    const none = await phone.call('POST /device/shift', { body: { pin: '123456', check: goodCheck } })
    expect(none.code).toBe('device.not-issued')
  })
})

describe('a report', () => {
  it('of theft ends shift, key and sessions, and never the right to deliver', async () => {
    const { office, clock, fleet, db, openSession } = house
    const phone = await house.enrolled()
    const place = { params: { id: phone.device } }
    const officer = await house.officerBy('S-27')
    await office('POST /devices/:id/issue', { ...place, body: { officer } })
    clock.advance(1000)
    const stolen = await office('POST /devices/:id/stolen', { ...place, body: { reason: 'Arrebatado en la esquina' } })
    expect(stolen.body).toMatchObject({ state: 'stolen', shift: null })
    expect(stolen.body.may).not.toContain('device.issue')
    expect((await phone.call('GET /device/self')).status).toBe(401)
    expect((await openSession(phone.signer, phone.device)).code).toBe('device.revoked')
    expect(await fleet.keyOf(db, phone.device, 1)).toMatchObject({ revokedAtMs: clock.nowMs() })
    expect(await fleet.currentKey(db, phone.device)).toBeNull()
    expect((await house.kindsOf(phone.device)).slice(0, 2)).toEqual(['device.stolen', 'device.returned'])
  })

  it('of loss lets the phone say where it is, until somebody revokes it', async () => {
    const { office } = house
    const phone = await house.enrolled()
    const place = { params: { id: phone.device } }
    await office('POST /devices/:id/lost', { ...place, body: { reason: 'No aparece' } })
    expect((await phone.call('GET /device/self')).body.device.state).toBe('lost')
    const revoked = await office('POST /devices/:id/revoke', { ...place, body: { reason: 'No apareció' } })
    expect(revoked.body.state).toBe('revoked')
    expect((await phone.call('GET /device/self')).status).toBe(401)
  })
})

describe('health', () => {
  it('is stored with its age and told when its concern changes', async () => {
    const { office, clock, fleet, scope, concerns, installation } = house
    const phone = await house.enrolled()
    const report = (batteryPercent: number) =>
      phone.call('POST /device/health', {
        body: {
          batteryPercent,
          charging: false,
          freeBytes: 9_000_000_000,
          clockOffsetMs: 12,
          appVersion: '1.0.0',
          persisted: true,
          queuedSegments: 0,
          recording: null,
        },
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
    const shown = (await office('GET /devices/:id', { params: { id: phone.device } })).body
    expect(shown).toMatchObject({ health: { batteryPercent: 30 }, healthAt: clock.nowMs(), seenAt: clock.nowMs() })
    await installation.tick()
    expect((await fleet.devices(scope)).find(({ id }) => id === phone.device)?.seenAt).toBe(clock.nowMs())
  })
})
