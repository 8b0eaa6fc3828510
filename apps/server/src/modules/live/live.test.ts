import type { DeviceMessage, RoomMessage } from '@sereno/contracts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { systemActor } from '../../kernel/actor.ts'
import {
  type House,
  has,
  type Line,
  openHouse,
  openLine,
  openPublisher,
  type Person,
  type Phone,
  phoneOnDuty,
  said,
  signIn,
} from './live.test-kit.ts'
import { config, frame } from './message.test-kit.ts'
import { insertWatch } from './store.ts'

type Hello = Extract<DeviceMessage, { type: 'hello' }>
type Watchers = Extract<DeviceMessage, { type: 'watchers' }>
type Snapshot = Extract<RoomMessage, { type: 'snapshot' }>

const recording = '0199aaaa-0000-7000-8000-000000000001'
let house: House
let office: Person
let operator: Person
let supervisor: Person
let url: string

beforeAll(async () => {
  house = await openHouse()
  url = house.url
  office = await signIn(url, await house.link('administrator'))
  operator = await signIn(url, await house.link('operator'))
  supervisor = await signIn(url, await house.link('supervisor'))
})
afterAll(() => house.close())

const watch = (person: Person, phone: Phone, purpose = 'incident', reference?: string) =>
  person.call('POST', '/watches', { device: phone.device, purpose, ...(reference === undefined ? {} : { reference }) })
const view = (person: Person, grant: unknown) => openLine(url, `/live/watch?grant=${String(grant)}`, person.cookie)
const channelOf = (phone: Phone) => openLine(url, `/device/channel?token=${phone.token}`)
const entriesOf = (subject: string) =>
  house.ledger.entriesOf({ municipality: house.municipality, actor: systemActor(house.municipality) }, subject)

describe('the phone’s channel', () => {
  test('greets, tells the server’s time, and forwards what others say to the phone', async () => {
    const phone = await phoneOnDuty(url, office)
    const channel = channelOf(phone)
    await channel.until(has('hello'))
    expect(said<Hello>(channel, 'hello')).toMatchObject({ watchers: [] })
    channel.send(JSON.stringify({ type: 'ping', sentAtMs: 12 }))
    await channel.until(has('pong'))
    expect(said(channel, 'pong')).toMatchObject({ sentAtMs: 12, nowMs: expect.any(Number) })
    house.kernel.fanout.publish(`device.${phone.device}`, { type: 'shift', changed: true })
    await channel.until(has('shift'))
    expect(house.live.presence(phone.device)).toMatchObject({ connected: true })
    channel.send('no JSON')
    await channel.until((line) => line.closed() !== null)
    expect(channel.closed()?.code).toBe(4400)
  })
})

describe('watching', () => {
  test('an entry before the first frame, shown to the officer, the same bytes, and a closing entry that counts', async () => {
    const phone = await phoneOnDuty(url, office)
    const channel = channelOf(phone)
    await channel.until(has('hello'))
    const { status, json } = await watch(operator, phone, 'incident', 'INC-204')
    expect(status).toBe(200)
    expect(await entriesOf(`watch:${json.id}`)).toMatchObject([
      { id: json.entry, kind: 'live.opened', purpose: 'incident', allowed: true, policy: json.policy },
    ])
    await channel.until((line) => said<Watchers>(line, 'watchers')?.watchers.length === 1 && has('stream')(line))
    expect(said<Watchers>(channel, 'watchers')?.watchers).toMatchObject([
      { role: 'operator', purpose: 'incident', reference: 'INC-204' },
    ])
    expect(said(channel, 'stream')).toEqual({ type: 'stream', wanted: true })

    const publisher = await openPublisher(url, phone, recording)
    const sent = [config(), frame({ key: true }), frame({ atUs: 33_333 })]
    for (const bytes of sent) {
      publisher.send(bytes)
    }
    const viewer = view(operator, json.grant)
    await viewer.until((line) => line.frames.length === 3 && has('live')(line))
    expect(viewer.frames).toEqual(sent)
    publisher.send(frame({ atUs: 66_666, audio: true }))
    await viewer.until((line) => line.frames.length === 4)

    const second = view(operator, json.grant)
    await second.until(has('ended'))
    expect(second.texts.at(-1)).toEqual({ type: 'ended', reason: 'live.grant-used' })

    expect((await operator.call('POST', `/watches/${json.id}/close`)).status).toBe(200)
    await viewer.until(has('ended'))
    const [closing] = await entriesOf(`watch:${json.id}`)
    expect(closing).toMatchObject({
      kind: 'live.closed',
      details: { reason: 'closed', framesSent: '2', framesDropped: '0' },
    })
    await channel.until((line) => said<Watchers>(line, 'watchers')?.watchers.length === 0)
    expect((await operator.call('POST', `/watches/${json.id}/renew`)).json.code).toBe('live.not-watching')
  })

  test('a grant is worth nothing in another hand', async () => {
    const phone = await phoneOnDuty(url, office)
    const { json } = await watch(operator, phone)
    const stolen = view(supervisor, json.grant)
    await stolen.until((line) => line.closed() !== null)
    expect(stolen.texts).toEqual([{ type: 'ended', reason: 'live.grant-expired' }])
    expect(stolen.frames).toEqual([])
    await operator.call('POST', `/watches/${json.id}/close`)
  })

  test('offers what the policies allow, no more; a refused look is an entry of its own', async () => {
    const phone = await phoneOnDuty(url, office)
    const offered = await operator.call('GET', `/units/${phone.device}/purposes`)
    expect(offered.json.purposes).toEqual(['sos', 'incident', 'safety-check'])
    expect((await office.call('GET', `/units/${phone.device}/purposes`)).status).toBe(403)
    const { status } = await watch(operator, phone, 'training')
    expect(status).toBe(403)
    expect((await entriesOf(`device:${phone.device}`))[0]).toMatchObject({
      kind: 'live.opened',
      allowed: false,
      purpose: 'training',
    })
    expect(house.live.watchersOf(phone.device)).toEqual([])
  })

  test('four at once for each account; a watch whose viewer has gone gives way', async () => {
    const phones = await Promise.all(Array.from({ length: 6 }, () => phoneOnDuty(url, office)))
    const opened = await Promise.all(phones.slice(0, 4).map((phone) => watch(operator, phone)))
    expect(opened.map(({ status }) => status)).toEqual([200, 200, 200, 200])
    const refused = await watch(operator, phones[4]!)
    expect(refused.json.code).toBe('live.too-many')
    const viewer = view(operator, opened[0]?.json.grant)
    await viewer.until(has('stale'))
    viewer.close()
    await viewer.until((line) => line.closed() !== null)
    const next = await watch(operator, phones[5]!)
    expect(next.status).toBe(200)
    for (const { json } of [...opened.slice(1), next]) {
      await operator.call('POST', `/watches/${json.id}/close`)
    }
  })

  test('is revoked at once, by a named person, with the reason in the ledger', async () => {
    const phone = await phoneOnDuty(url, office)
    const { json } = await watch(operator, phone)
    const viewer = view(operator, json.grant)
    await viewer.until(has('stale'))
    expect((await supervisor.call('GET', '/watches')).json.watches).toMatchObject([{ id: json.id }])
    const askedAt = performance.now()
    const revoked = await supervisor.call('POST', `/watches/${json.id}/revoke`, { reason: 'Consulta ajena al turno' })
    expect(revoked.status).toBe(200)
    await viewer.until((line) => line.closed() !== null)
    expect(performance.now() - askedAt).toBeLessThan(2_000)
    expect(viewer.texts.at(-1)).toEqual({ type: 'ended', reason: 'revoked' })
    expect((await entriesOf(`watch:${json.id}`))[0]).toMatchObject({
      kind: 'live.revoked',
      details: { note: 'Consulta ajena al turno' },
    })
  })

  test('ends when nobody renews it', async () => {
    const phone = await phoneOnDuty(url, office)
    const { json } = await watch(operator, phone)
    const viewer = view(operator, json.grant)
    await viewer.until(has('stale'))
    house.clock.advance(50_000)
    const renewed = await operator.call('POST', `/watches/${json.id}/renew`)
    expect(renewed.status).toBe(200)
    house.clock.advance(50_000)
    await sweep()
    expect(viewer.closed()).toBeNull()
    house.clock.advance(10_001)
    await sweep()
    await viewer.until((line) => line.closed() !== null)
    expect((await entriesOf(`watch:${json.id}`))[0]).toMatchObject({ details: { reason: 'expired' } })
  })

  test('ends after a quarter of an hour, however often it is renewed; going on is another entry', async () => {
    const phone = await phoneOnDuty(url, office)
    const { json } = await watch(operator, phone)
    for (let minute = 1; minute < 15; minute += 1) {
      house.clock.advance(59_000)
      await phone.call('GET', '/device')
      expect((await operator.call('POST', `/watches/${json.id}/renew`)).status).toBe(200)
    }
    const viewer = view(operator, (await operator.call('POST', `/watches/${json.id}/renew`)).json.grant)
    await viewer.until(has('stale'))
    house.clock.advance(90_000)
    expect((await operator.call('POST', `/watches/${json.id}/renew`)).json.code).toBe('live.not-watching')
    await viewer.until(has('ended'))
    expect(viewer.texts.at(-1)).toEqual({ type: 'ended', reason: 'lapsed' })
    expect((await entriesOf(`watch:${json.id}`))[0]).toMatchObject({
      kind: 'live.closed',
      details: { reason: 'lapsed' },
    })
    const channel = channelOf(phone)
    await channel.until(has('hello'))
    const again = await watch(operator, phone)
    expect(again.status).toBe(200)
    expect(again.json.entry).not.toBe(json.entry)
    await operator.call('POST', `/watches/${again.json.id}/close`)
  })

  test('ends when the device is returned, and nobody can be watched off duty', async () => {
    const phone = await phoneOnDuty(url, office)
    const { json } = await watch(operator, phone)
    const viewer = view(operator, json.grant)
    await viewer.until(has('stale'))
    expect((await office.call('POST', `/devices/${phone.device}/return`)).status).toBe(200)
    await viewer.until((line) => line.closed() !== null)
    expect(viewer.texts.at(-1)).toEqual({ type: 'ended', reason: 'shift-ended' })
    expect((await watch(operator, phone)).json.code).toBe('live.device-away')
  })
})

describe('the publisher', () => {
  test('must prove the enrolled key, not only hold the session', async () => {
    const phone = await phoneOnDuty(url, office)
    const thief = openLine(url, `/live/publish?token=${phone.token}`)
    await thief.until(({ texts }) => texts.length === 1)
    thief.send(JSON.stringify({ recording, connection: 'c', signature: 'A'.repeat(86) }))
    await thief.until((line) => line.closed() !== null)
    expect(thief.closed()?.code).toBe(4401)

    const early = openLine(url, `/live/publish?token=${phone.token}`)
    await early.until(({ texts }) => texts.length === 1)
    early.send(frame({ key: true }))
    await early.until((line) => line.closed() !== null)
    expect(early.closed()?.code).toBe(4400)
  })

  test.each([
    ['flags', 4400, new Uint8Array(20).fill(9)],
    ['too-large', 4413, frame({ key: true, sizeBytes: 2 * 1024 * 1024 })],
  ])('is closed for %s', async (reason, code, bytes) => {
    const phone = await phoneOnDuty(url, office)
    const publisher = await openPublisher(url, phone, recording)
    publisher.send(bytes)
    await publisher.until((line) => line.closed() !== null)
    expect(publisher.closed()).toMatchObject({ code, reason: reason === 'flags' ? 'version' : reason })
  })

  test('comes back and replaces its own half-dead connection; viewers go on by themselves', async () => {
    const phone = await phoneOnDuty(url, office)
    const { json } = await watch(operator, phone)
    const viewer = view(operator, json.grant)
    const first = await openPublisher(url, phone, recording)
    first.send(config())
    first.send(frame({ key: true }))
    await viewer.until(has('live'))
    const second = await openPublisher(url, phone, recording)
    await first.until((line) => line.closed() !== null)
    expect(first.closed()?.code).toBe(4000)
    second.send(config())
    const key = frame({ key: true, atUs: 5 })
    second.send(key)
    await viewer.until((line) => line.frames.length === 4)
    expect(viewer.frames.at(-1)).toEqual(key)
    await operator.call('POST', `/watches/${json.id}/close`)
  })
})

describe('the room', () => {
  const room = (person: Person) => openLine(url, '/room', person.cookie)
  const unitIn = (line: Line, device: string) =>
    said<Snapshot>(line, 'snapshot')?.units.find((unit) => unit.device === device)

  test('shows who is on duty, then what moves, then who left', async () => {
    const phone = await phoneOnDuty(url, office)
    await house.settle()
    const line = room(operator)
    await line.until(has('snapshot'))
    expect(unitIn(line, phone.device)).toMatchObject({ status: 'free', fix: null, may: ['live.watch'] })
    await line.until(has('tick'))
    const fix = {
      atMs: house.clock.nowMs(),
      latitude: -12.139,
      longitude: -76.991,
      accuracyM: 4,
      headingDeg: 90,
      speedMps: 1.2,
    }
    expect((await phone.call('POST', '/device/positions', { fixes: [fix] })).status).toBe(200)
    await flush()
    await line.until(has('positions'))
    expect(said(line, 'positions')).toMatchObject({ fixes: [{ device: phone.device, fix }] })

    house.clock.advance(61_000)
    await sweep()
    await flush()
    await line.until(({ texts }) => texts.some((text) => (text.unit as { status?: string })?.status === 'away'))

    await office.call('POST', `/devices/${phone.device}/return`)
    await house.settle()
    await sweep()
    await flush()
    await line.until(({ texts }) => texts.some((text) => text.type === 'unit-gone' && text.device === phone.device))
    line.close()
  })

  test('is a line to the server for everybody, with units and positions for the room alone', async () => {
    const phone = await phoneOnDuty(url, office)
    await house.settle()
    const line = room(await signIn(url, await house.link('custodian')))
    await line.until(has('tick'))
    expect(said(line, 'snapshot')).toMatchObject({ units: [], alarms: [] })
    const fix = { atMs: house.clock.nowMs(), latitude: -12.14, longitude: -76.99, accuracyM: 4 }
    const fixes = [{ ...fix, headingDeg: null, speedMps: null }]
    expect((await phone.call('POST', '/device/positions', { fixes })).status).toBe(200)
    await flush()
    await house.live.timers.find(({ name }) => name === 'live.tick')?.run()
    await line.until(({ texts }) => texts.filter(({ type }) => type === 'tick').length > 1)
    expect(line.texts.map(({ type }) => type).filter((type) => type !== 'tick')).toEqual(['snapshot'])
    line.close()
  })

  test('marks a unit that calls for help and asks for its stream', async () => {
    const phone = await phoneOnDuty(url, office)
    await house.settle()
    const channel = channelOf(phone)
    await channel.until(has('hello'))
    const line = room(operator)
    await line.until(has('snapshot'))
    const alarm = house.kernel.ids.uuid()
    const { database, events } = house.kernel
    await database.transaction((tx) =>
      events.publish(tx, 'alarm.raised', house.municipality, { alarm, kind: 'sos', device: phone.device }),
    )
    await house.settle()
    await sweep()
    await flush()
    await channel.until(has('stream'))
    await line.until(({ texts }) => texts.some((text) => (text.unit as { status?: string })?.status === 'sos'))
    expect((await operator.call('GET', '/units')).json.units).toContainEqual(
      expect.objectContaining({ device: phone.device, status: 'sos' }),
    )
    await database.transaction((tx) => events.publish(tx, 'alarm.closed', house.municipality, { alarm }))
    await house.settle()
    await flush()
    await line.until(({ texts }) => (texts.at(-1)?.unit as { status?: string })?.status === 'free')
    house.clock.advance(10_001)
    await sweep()
    await channel.until(({ texts }) => texts.some((text) => text.type === 'stream' && text.wanted === false))
    line.close()
    channel.close()
  })

  test('ends with the session', async () => {
    const person = await signIn(url, await house.link('operator'))
    const line = room(person)
    await line.until(has('snapshot'))
    const response = await fetch(`${url}/api/session`, { method: 'DELETE', headers: { cookie: person.cookie } })
    expect(response.status).toBe(200)
    await line.until((one) => one.closed() !== null)
    expect(line.texts.at(-1)).toEqual({ type: 'session-ended' })
  })
})

test('what a crash left open is closed at the next start, its counts honestly unknown; the checker is content', async () => {
  const phone = await phoneOnDuty(url, office)
  const actor = systemActor(house.municipality)
  const id = house.kernel.ids.uuid()
  await house.kernel.database.transaction(async (tx) => {
    const { id: entry } = await house.ledger.append(tx, {
      municipality: house.municipality,
      kind: 'live.opened',
      coarse: 'live',
      subjects: [`watch:${id}`],
      actor,
    })
    await insertWatch(
      tx,
      { municipality: house.municipality, actor },
      {
        municipality: house.municipality,
        id,
        device: phone.device,
        account: house.kernel.ids.uuid(),
        accountName: 'Ana Torres',
        accountRole: 'operator',
        session: null,
        purpose: 'incident',
        reference: null,
        policy: 'p',
        entry,
        openedAt: house.clock.nowMs(),
      },
    )
  })
  await house.live.start()
  expect((await entriesOf(`watch:${id}`))[0]).toMatchObject({
    kind: 'live.closed',
    details: { reason: 'server-restart', framesSent: 'unknown', framesDropped: 'unknown' },
  })
  const findings: unknown[] = []
  const { examined } = await house.live.check.run((finding) => findings.push(finding))
  expect(findings).toEqual([])
  expect(examined).toBeGreaterThan(5)
})

/** The timers of the module, run when the test says so. */
const timer = (name: string) => house.live.timers.find((one) => one.name === name)
async function sweep(): Promise<void> {
  await timer('live.sweep')?.run()
}
async function flush(): Promise<void> {
  await timer('live.flush')?.run()
}

test('a change of what lists show is told to rooms that may read them', async () => {
  const phone = await phoneOnDuty(url, office)
  const stranger = await signIn(url, await house.link('overseer'))
  const reader = openLine(url, '/room', supervisor.cookie)
  const overseer = openLine(url, '/room', stranger.cookie)
  await reader.until(has('tick'))
  await overseer.until(has('tick'))
  const topics = (line: Line) =>
    line.texts.flatMap((text) => {
      const message = text as { type?: string; topics?: readonly string[] }
      return message.type === 'changed' ? (message.topics ?? []) : []
    })
  await office.call('POST', `/devices/${phone.device}/return`)
  await house.live.timers.find(({ name }) => name === 'live.news')?.run()
  await reader.until((line) => topics(line).includes(`device:${phone.device}`))
  expect(topics(overseer).filter((topic) => topic.startsWith('device'))).toEqual([])
})
