import { randomUUID } from 'node:crypto'
import type { Alarm, DeviceMessage, RoomMessage } from '@sereno/contracts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Scope, systemActor } from '../../kernel/actor.ts'
import { startTestInstallation, testClock } from '../../test-kit/index.ts'
import { createFleet, fleetMigrations } from '../fleet/index.ts'
import { createIdentity, identityMigrations } from '../identity/index.ts'
import { createLedger, ledgerMigrations } from '../ledger/index.ts'
import { createTerritory, territoryMigrations } from '../territory/index.ts'
import { createTracks, tracksMigrations } from '../tracks/index.ts'
import { createIncidents, incidentsMigrations } from './index.ts'

const clock = testClock()
const rooms: RoomMessage[] = []
const phones: DeviceMessage[] = []
const raised: string[] = []
let snapshot: (scope: Scope) => Promise<readonly Alarm[]> = async () => []
const installation = await startTestInstallation({
  clock,
  migrations: [
    ledgerMigrations,
    identityMigrations,
    territoryMigrations,
    fleetMigrations,
    tracksMigrations,
    incidentsMigrations,
  ],
  async compose(kernel) {
    const ledger = createLedger(kernel)
    const identity = createIdentity({ ...kernel, ledger })
    const territory = createTerritory({ ...kernel, ledger, identity })
    const fleet = createFleet({ ...kernel, ledger, identity, territory })
    const tracks = createTracks({ ...kernel, ledger, fleet })
    const live = {
      registerSnapshot: (part: typeof snapshot): void => {
        snapshot = part
      },
    }
    const incidents = createIncidents({ ...kernel, ledger, identity, territory, fleet, tracks, live })
    kernel.events.on('alarm.raised', 'test.alarms', async ({ kind }) => void raised.push(kind ?? ''))
    kernel.fanout.subscribe('room', (_, message) => rooms.push(message as RoomMessage))
    kernel.fanout.subscribe('device', (_, message) => phones.push(message as DeviceMessage))
    return {
      ledger,
      identity,
      territory,
      fleet,
      tracks,
      incidents,
      routes: [identity.routes, fleet.routes, incidents.routes],
      timers: incidents.timers,
      // The device's session is fleet's matter: here the caller says which device it is.
      authenticate: async (request: Parameters<typeof identity.authenticate>[0]) => {
        const device = /^Device (.+)$/.exec(request.headers.authorization ?? '')?.[1]
        return device === undefined
          ? identity.authenticate(request)
          : { ...systemActor(municipality), kind: 'device' as const, id: device, device }
      },
      permits: identity.permits,
      async start() {
        await ledger.start()
        await identity.start()
        await fleet.start()
        await tracks.start()
      },
    }
  },
})
const { fleet, identity, ledger, territory, tracks, incidents } = installation.parts
const { database, events } = installation.kernel
let municipality = ''
let scope: Scope = { municipality, actor: systemActor('') }
let cookie = ''
let cameras: Awaited<ReturnType<typeof fleet.demonstrationEnrolments>> = []

beforeAll(async () => {
  municipality = (await identity.seedDemonstration()).id
  scope = { municipality, actor: systemActor(municipality) }
  await territory.seedDemonstration(municipality)
  await fleet.seedDemonstration(municipality)
  cameras = await fleet.demonstrationEnrolments(municipality)
  const link = (await identity.demonstrationLinks()).find(({ role }) => role === 'operator')
  const reply = await send('/session/link', { token: link?.url.split('link=')[1] })
  cookie = String(reply.headers['set-cookie']).split(';')[0] ?? ''
})
afterAll(() => installation.close())

const send = (path: string, body: object | undefined, headers: Record<string, string> = {}) =>
  installation.app.inject({
    method: 'POST',
    url: `/api${path}`,
    headers: { origin: installation.kernel.config.origin(), ...headers },
    ...(body === undefined ? {} : { payload: body }),
  })
const asOperator = (path: string, body?: object) => send(path, body, { cookie })
const asPhone = (device: string, path: string, body: object) => send(path, body, { authorization: `Device ${device}` })
const camera = (index: number): string => cameras[index]?.device ?? ''
const openOf = async (device: string): Promise<readonly Alarm[]> =>
  (await incidents.alarms(scope, false)).filter((alarm) => alarm.device === device && alarm.closedAt === null)
const tell = async (publish: (tx: Parameters<typeof events.publish>[0]) => Promise<void>): Promise<void> => {
  await database.transaction(publish)
  await installation.events.settle()
}
const here = { latitude: -12.13, longitude: -76.985 }
const fixHere = () => ({ ...here, atMs: clock.nowMs(), accuracyM: 6, headingDeg: null, speedMps: null })

describe('an SOS', () => {
  const id = randomUUID()
  it('is one alarm however often the phone calls, with number, officer and place', async () => {
    const call = { id, atMs: clock.nowMs() - 400, fix: fixHere() }
    const replies = await Promise.all([1, 2, 3].map(() => asPhone(camera(30), '/device/sos', call)))
    expect(replies.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200])
    const [alarm] = replies.map((reply) => reply.json() as Alarm)
    expect(alarm).toMatchObject({
      id,
      number: 1,
      kind: 'sos',
      deviceCode: 'BC-0231',
      officer: { code: 'S-27' },
      raisedAt: clock.nowMs() - 400,
      receivedAt: clock.nowMs(),
      acknowledgedAt: null,
      ...here,
    })
    expect(alarm?.place).toMatch(/· C-\d\d$/)
    expect(new Set(replies.map(({ body }) => body)).size).toBe(1)
    await installation.events.settle()
    expect(raised.filter((kind) => kind === 'sos')).toHaveLength(1)
    const shown = rooms.flatMap((message) => (message.type === 'alarm' ? [message.alarm] : []))
    expect(shown).toHaveLength(1)
    expect(shown[0]).toMatchObject({ id, may: ['alarm.acknowledge'] })
    // The alarm does not wait for the track: the place of a call for help is kept right after it.
    await expect
      .poll(async () => (await tracks.track(database.db, camera(30), 0, clock.nowMs())).length, { timeout: 10_000 })
      .toBe(1)

    const recording = randomUUID()
    const later = await asPhone(camera(30), '/device/sos', { ...call, recording })
    expect(later.json()).toMatchObject({ number: 1, recording })
    const foreign = await asPhone(camera(1), '/device/sos', call)
    expect(foreign.json()).toMatchObject({ code: 'alarm.not-found' })
  })

  it('is acknowledged by a named person once; the phone says so', async () => {
    phones.length = 0
    clock.advance(2500)
    const seen = await asOperator(`/alarms/${id}/acknowledge`)
    expect(seen.json()).toMatchObject({ acknowledgedAt: clock.nowMs(), acknowledgedBy: 'Lucía Quispe Huamán' })
    expect((await asOperator(`/alarms/${id}/acknowledge`)).json()).toMatchObject({ code: 'alarm.already-acknowledged' })
    expect((await asOperator(`/alarms/${randomUUID()}/acknowledge`)).json()).toMatchObject({ code: 'alarm.not-found' })
    const told = phones.flatMap((message) => (message.type === 'alarm' ? [message.alarm.acknowledgedBy] : []))
    expect(told).toEqual(['Lucía Quispe Huamán'])
    expect((await asPhone(camera(30), `/alarms/${id}/acknowledge`, {})).statusCode).toBe(403)
  })

  it('stays open when the officer cancels it, until a person closes it with a note', async () => {
    expect((await asPhone(camera(2), `/device/sos/${id}/cancel`, { safe: true })).json()).toMatchObject({
      code: 'alarm.not-found',
    })
    const cancelled = await asPhone(camera(30), `/device/sos/${id}/cancel`, { safe: true })
    expect(cancelled.json()).toMatchObject({ cancelledAt: clock.nowMs(), closedAt: null })
    expect((await asPhone(camera(30), `/device/sos/${id}/cancel`, { safe: true })).statusCode).toBe(200)
    expect((await asOperator(`/alarms/${id}/close`, {})).statusCode).toBe(400)
    const closed = await asOperator(`/alarms/${id}/close`, { note: 'Hablé con ella por radio: está bien.' })
    expect(closed.json()).toMatchObject({ closedAt: clock.nowMs(), may: [] })
    const kinds = (await ledger.entriesOf(scope, `alarm:${id}`)).map((entry) => [entry.kind, entry.who])
    expect(kinds.map(([kind]) => kind)).toEqual([
      'alarm.closed',
      'alarm.cancelled',
      'alarm.acknowledged',
      'alarm.raised',
    ])
    expect(kinds[0]?.[1]).toBe('Lucía Quispe Huamán')
  })
})

describe('alarms of devices', () => {
  it('are one for each cause, and close when it has passed', async () => {
    const device = camera(3)
    const health = (concern: 'battery' | 'storage' | 'none', detail = '') =>
      tell((tx) => events.publish(tx, 'device.health', municipality, { device, concern, detail }))
    await health('battery', '12 %')
    await health('battery', '11 %')
    expect(await openOf(device)).toMatchObject([{ kind: 'battery', detail: '12 %', officer: { code: 'S-05' } }])
    await health('storage', '640 MB')
    expect((await openOf(device)).map(({ kind }) => kind)).toEqual(['storage'])
    await health('none')
    expect(await openOf(device)).toEqual([])
  })

  it('of a loss and of gaps wait for a person', async () => {
    const device = camera(4)
    const recording = randomUUID()
    const gap = (sequence: number) =>
      tell((tx) =>
        events.publish(tx, 'recording.gap', municipality, { recording, device, sequence, reason: 'background' }),
      )
    await gap(4)
    await gap(9)
    await tell((tx) => events.publish(tx, 'device.revoked', municipality, { device, reason: 'stolen' }))
    await tell((tx) => events.publish(tx, 'device.revoked', municipality, { device, reason: 'revoked' }))
    await tell((tx) => events.publish(tx, 'device.returned', municipality, { device, shift: randomUUID() }))
    expect((await openOf(device)).map(({ kind, detail }) => [kind, detail]).sort()).toEqual([
      ['gap', 'background'],
      ['lost', 'stolen'],
    ])
  })

  it('of silence ring once, and end with a voice or with the shift', async () => {
    const started = [camera(5), camera(6)]
    await installation.database.owner`update shift set started_at = ${clock.nowMs()}
      where device = any (${started}) and returned_at is null`
    fleet.touch(camera(5), clock.nowMs())
    await installation.tick()
    clock.advance(170_000)
    await installation.tick()
    expect([...(await openOf(camera(5))), ...(await openOf(camera(6)))]).toEqual([])
    clock.advance(15_000)
    await installation.tick()
    await installation.tick()
    expect((await openOf(camera(5))).map(({ kind }) => kind)).toEqual(['silent'])
    expect((await openOf(camera(6))).map(({ kind }) => kind)).toEqual(['silent'])
    fleet.touch(camera(5), clock.nowMs())
    await installation.tick()
    expect(await openOf(camera(5))).toEqual([])
    await tell((tx) => events.publish(tx, 'device.returned', municipality, { device: camera(6), shift: randomUUID() }))
    expect(await openOf(camera(6))).toEqual([])
  })
})

describe('the list', () => {
  it('has open alarms first, and is what a room is greeted with', async () => {
    const reply = await installation.app.inject({ url: '/api/alarms', headers: { cookie } })
    const { alarms } = reply.json() as { alarms: Alarm[] }
    const closed = alarms.map(({ closedAt }) => closedAt !== null)
    expect(closed).toEqual([...closed].sort())
    expect((await snapshot(scope)).length).toBe(0)
    clock.advance(25 * 60 * 60_000)
    const next = await incidents.alarms(scope, false)
    expect(next.every(({ closedAt }) => closedAt === null)).toBe(true)
    expect((await incidents.alarms(scope, true)).length).toBe(alarms.length)
  })
  it('is numbered without holes; the check is clean, and finds what was changed', async () => {
    const findings = async (): Promise<readonly string[]> => {
      const codes: string[] = []
      await incidents.check.run(({ code }) => codes.push(code))
      return codes
    }
    expect(await findings()).toEqual([])
    await installation.database.owner`delete from alarm where number = 2`
    expect(await findings()).toEqual(['incidents.number-missing'])
  })
})
