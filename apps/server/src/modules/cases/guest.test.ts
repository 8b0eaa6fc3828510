import { guestOperations } from '@sereno/contracts'
import { bytesSource, parseTrust, verifyPackage } from '@sereno/proof'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { membersOf } from '../../../../../tests/conformance/forge.ts'
import type { FakePhone, FakeRecording } from '../evidence/evidence.test-kit.ts'
import { has, openLine, openPublisher, type Phone, phoneOnDuty, signIn } from '../live/live.test-kit.ts'
import { config, frame } from '../live/message.test-kit.ts'
import { type House, type Json, need, openHouse, type Person } from './cases.test-kit.ts'

const hourMs = 3_600_000
let house: House
let phone: FakePhone
let inside: FakeRecording
let outside: FakeRecording
let custodian: Person
let at: string
let code: string
beforeAll(async () => {
  house = await openHouse()
  phone = await house.phone()
  inside = await house.record(phone, 'inside')
  outside = await house.record(phone, 'outside')
  custodian = await house.person('custodian')
  const made = await need(
    custodian.call('POST /cases', { title: 'Caso compartido', kind: 'crime', recordings: [inside.id] }),
  )
  at = `/cases/${made.id}`
  code = made.code
}, 60_000)
afterAll(() => house.close())

async function share(body: Json = {}): Promise<{ readonly share: Json; readonly entrance: Json }> {
  return need(
    custodian.call(`POST ${at}/shares`, {
      role: 'prosecutor',
      name: 'Dra. Inés Luna',
      office: '2.ª Fiscalía Penal',
      basis: 'Oficio 123-2026',
      download: true,
      expiresAt: house.clock.nowMs() + 48 * hourMs,
      ...body,
    }),
  )
}

const somewhere = '0190a1b2-0000-7000-8000-000000000001'
const addressOf = (name: string): string => name.replaceAll(/:sequence/g, '0.m4s').replaceAll(/:\w+/g, somewhere)

describe('an outside account', () => {
  test('enters by link and code together, each once; five wrong codes end the link', async () => {
    const { entrance } = await share()
    const token = entrance.url.split('#link=')[1]
    expect(entrance.url).toContain('/guest#link=')
    expect(entrance.code).toMatch(/^\d{8}$/)
    expect((await house.enter(token)).code).toBe('access.second-factor-required')
    expect((await house.enter(token, '00000000')).code).toBe('access.wrong-code')
    expect((await house.enter(token, entrance.code)).status).toBe(200)
    expect((await house.enter(token, entrance.code)).code).toBe('access.link-used')

    const next = await share()
    for (let tries = 0; tries < 5; tries += 1) {
      await house.enter(next.entrance.url.split('#link=')[1], '00000000')
    }
    expect((await house.enter(next.entrance.url.split('#link=')[1], next.entrance.code)).code).toBe(
      'access.link-expired',
    )
    const again = await need(custodian.call(`POST ${at}/shares/${next.share.id}/entrance`))
    expect((await house.enter(again.url.split('#link=')[1], again.code)).status).toBe(429)
    house.clock.advance(16 * 60_000)
    expect((await house.enter(again.url.split('#link=')[1], again.code)).status).toBe(200)
  })

  test('reaches its own operations and no other, and nothing of another case', async () => {
    const { entrance } = await share()
    const guest = await house.guest(entrance as { url: string; code: string })
    const own = new Set(Object.keys(guestOperations))
    // Whatever the running server answers, of every module.
    for (const { name, operation } of house.app.routes.flat()) {
      const { access } = operation
      if (access === 'public' || own.has(name) || name === 'DELETE /session') {
        continue
      }
      const answered = await guest.call(addressOf(name), name.startsWith('GET') ? undefined : {})
      if (access === 'self.read' || access === 'self.write') {
        expect([name, answered.status === 403]).toEqual([name, false])
      } else if (access === 'device') {
        expect([name, answered.status]).toEqual([name, 401])
      } else {
        expect([name, answered.code]).toEqual([name, 'access.denied'])
      }
    }
    const page = await need((await house.guest((await share()).entrance as never)).call('GET /guest/case'))
    expect(page.recordings.map(({ id }: Json) => id)).toEqual([inside.id])
    expect(JSON.stringify(page)).not.toContain('invitado-')
  })

  test('looks, with its name on the picture and an entry before the first byte, at its own recording only', async () => {
    const guest = await house.guest((await share()).entrance as never)
    await need(guest.call('GET /guest/case'))
    const detail = await need(guest.call(`GET /guest/recordings/${inside.id}`))
    expect(detail.recording.may).toEqual(['recording.view', 'recording.custody', 'recording.export'])
    const look = await need(guest.call(`POST /guest/recordings/${inside.id}/looks`))
    expect(look).toMatchObject({ policy: 'caso-compartido-se-ve', watermark: expect.stringContaining('Inés Luna') })
    const playlist = await guest.call(`GET ${look.playlist.replace('/api', '')}`)
    expect(Buffer.from(playlist.bytes).toString()).toContain('0.m4s')
    const segment = await guest.call(`GET /guest/looks/${look.look}/0.m4s`)
    expect(segment.bytes.length).toBe(3_000)
    await need(guest.call(`POST /guest/looks/${look.look}/renew`))

    for (const name of [
      `GET /guest/recordings/${outside.id}`,
      `GET /guest/recordings/${outside.id}/custody`,
      `POST /guest/recordings/${outside.id}/looks`,
      `POST /guest/recordings/${outside.id}/exports`,
      `POST /guest/recordings/${somewhere}/looks`,
    ]) {
      expect([name, (await guest.call(name)).code]).toEqual([name, 'access.denied'])
    }
    // Somebody else's look opens nothing, nor does the guest's own where the staff's are served.
    const theirs = await need(custodian.call(`POST /recordings/${outside.id}/looks`, { purpose: 'request' }))
    expect((await guest.call(`GET /guest/looks/${theirs.look}/0.m4s`)).code).toBe('recording.not-found')
    expect((await guest.call(`GET /looks/${look.look}/0.m4s`)).code).toBe('access.denied')

    const made = await need(guest.call(`POST /guest/recordings/${inside.id}/exports`))
    expect((await guest.call(`GET ${made.url.replace('/api', '')}`)).bytes.length).toBe(made.sizeBytes)
    const { entries } = await need(guest.call('GET /guest/looks'))
    expect(entries.map(({ kind }: Json) => kind)).toEqual(
      expect.arrayContaining([
        'session.opened',
        'case.read',
        'recording.viewed',
        'recording.exported',
        'case.guest-refused',
      ]),
    )
    const custody = await need(guest.call(`GET /guest/recordings/${inside.id}/custody`))
    expect(custody.entries.some(({ who, kind }: Json) => who === 'Dra. Inés Luna' && kind === 'recording.viewed')).toBe(
      true,
    )
    expect(custody.entries.every(({ details }: Json) => (details.case ?? code) === code)).toBe(true)
  })

  test('is told of its own case alone: on the screen, and field by field in the package', async () => {
    const other = await need(
      custodian.call('POST /cases', { title: 'Secreto', kind: 'crime', recordings: [inside.id] }),
    )
    const atMs = house.clock.nowMs()
    await need(custodian.call(`POST /recordings/${inside.id}/markers`, { atMs, note: 'Nota-secreta' }))
    await need(custodian.call(`POST /recordings/${inside.id}/looks`, { purpose: 'case', reference: other.code }))
    await need(custodian.call(`POST /recordings/${inside.id}/looks`, { purpose: 'audit', reference: 'EXP-SECRETO' }))
    const guest = await house.guest((await share()).entrance as never)
    const detail = await need(guest.call(`GET /guest/recordings/${inside.id}`))
    expect(detail).toMatchObject({ markers: [], track: [], recording: { note: null, start: null } })
    const { entries } = await need(guest.call(`GET /guest/recordings/${inside.id}/custody`))
    expect(entries.map(({ kind }: Json) => kind)).toEqual(expect.arrayContaining(['recording.sealed']))
    expect(JSON.stringify(entries)).not.toMatch(/recording\.marked|SECRETO/)

    const made = await need(guest.call(`POST /guest/recordings/${inside.id}/exports`))
    const { bytes } = await guest.call(`GET ${made.url.replace('/api', '')}`)
    const members = new Map((await membersOf(bytes)).map(({ name, bytes: member }) => [name, Buffer.from(member)]))
    for (const [name, member] of members) {
      expect([name, member.includes(other.code), /SECRETO|secreta/.test(member.toString('latin1'))]).toEqual([
        name,
        false,
        false,
      ])
    }
    const packed = JSON.parse(String(members.get('custody/entries.json'))).entries
    const told = packed.flatMap(({ openings }: Json) => openings.map(({ value }: Json) => value))
    expect(packed.some(({ openings }: Json) => openings.length === 0)).toBe(true)
    expect(told).toContain('recording.sealed')
    expect(told).not.toContain('recording.marked')
    const trust = parseTrust((await guest.call('GET /trust.json')).bytes)
    const verified = trust.ok ? await verifyPackage(bytesSource(bytes), { trust: trust.value }) : null
    expect(verified?.result).toBe('holds')
  })

  test('copies nothing where its share is for looking', async () => {
    const guest = await house.guest((await share({ download: false, role: 'defence' })).entrance as never)
    const detail = await need(guest.call(`GET /guest/recordings/${inside.id}`))
    expect(detail.recording.may).not.toContain('recording.export')
    expect((await guest.call(`POST /guest/recordings/${inside.id}/exports`)).code).toBe('access.denied')
    await need(guest.call(`POST /guest/recordings/${inside.id}/looks`))
  })

  test('is no way around what is kept from whoever shares: no copies, no entrance, no recording of their own', async () => {
    const supervisor = await house.person('supervisor')
    const wish = {
      role: 'police',
      name: 'SO1 Ada Quispe',
      office: 'Comisaría',
      basis: 'Pedido 7',
      download: true,
      expiresAt: house.clock.nowMs() + 48 * hourMs,
    }
    expect((await supervisor.call(`POST ${at}/shares`, wish)).code).toBe('access.denied')
    const given = await need(supervisor.call(`POST ${at}/shares`, { ...wish, download: false }))
    expect(given.entrance).toBe(null)
    const entrance = `POST ${at}/shares/${given.share.id}/entrance`
    expect((await supervisor.call(entrance)).code).toBe('case.second-person')
    const guest = await house.guest((await need(custodian.call(entrance))) as never)
    await need(guest.call(`POST /guest/recordings/${inside.id}/looks`))

    const copies = await share({ name: 'Dr. Paz' })
    expect((await supervisor.call(`POST ${at}/shares/${copies.share.id}/entrance`)).code).toBe('case.second-person')
    const detail = await need(custodian.call(`GET /recordings/${inside.id}`))
    const setOfficer = (officer: string | null) =>
      house.owner`update account set officer = ${officer} where 'supervisor' = any (roles)`
    await setOfficer(detail.recording.officer.id)
    const own = await need(
      (await house.person('supervisor')).call(`POST ${at}/shares`, { ...wish, name: 'SO3 Rey', download: false }),
    )
    const theirs = await need(custodian.call(`POST ${at}/shares/${own.share.id}/entrance`))
    const friend = await house.guest(theirs as never)
    await setOfficer(null)
    expect((await need(friend.call('GET /guest/case'))).recordings).toEqual([])
    expect((await friend.call(`POST /guest/recordings/${inside.id}/looks`)).code).toBe('access.denied')
    expect((await friend.call(`GET /guest/recordings/${inside.id}`)).code).toBe('access.denied')
  })

  test('is refused from the instant it is revoked, or its time is over; its open looks too', async () => {
    const first = await share()
    const guest = await house.guest(first.entrance as never)
    const look = await need(guest.call(`POST /guest/recordings/${inside.id}/looks`))
    await need(custodian.call(`POST ${at}/shares/${first.share.id}/revoke`, { reason: 'Se retiró el pedido' }))
    expect((await guest.call(`GET /guest/looks/${look.look}/0.m4s`)).code).toBe('access.not-signed-in')
    expect((await guest.call('GET /guest/case')).status).toBe(401)
    expect((await custodian.call(`POST ${at}/shares/${first.share.id}/entrance`)).code).toBe('case.share-ended')

    const second = await share({ expiresAt: house.clock.nowMs() + 10 * 60_000 })
    const short = await house.guest(second.entrance as never)
    await need(short.call('GET /guest/case'))
    house.clock.advance(10 * 60_000)
    expect((await short.call('GET /guest/case')).status).toBe(401)
    await house.tick()
    const { shares } = await need(custodian.call(`GET ${at}`))
    const stateOf = (id: string) => shares.find((one: Json) => one.id === id)?.state
    expect([stateOf(first.share.id), stateOf(second.share.id)]).toEqual(['revoked', 'expired'])
    const office = await house.person('administrator')
    const { accounts } = await need(office.call('GET /accounts'))
    const closed = accounts.filter(({ name, active }: Json) => name === 'Dra. Inés Luna' && !active)
    expect(closed.length).toBeGreaterThanOrEqual(2)
    const guestAccount = accounts.find(({ name, active }: Json) => name === 'Dra. Inés Luna' && active)
    expect((await office.call(`POST /accounts/${guestAccount.id}/link`)).code).toBe('account.not-found')
    const wish = { roles: ['custodian'], reason: 'x' }
    expect((await office.call(`POST /accounts/${guestAccount.id}/roles`, wish)).code).toBe('access.denied')
    const police = { name: 'X', signIn: 'x', roles: ['police'] }
    expect((await office.call('POST /accounts', police)).code).toBe('request.invalid')
  })

  test('sees nothing of a case that was closed, nor of a recording that was taken out', async () => {
    const made = await need(
      custodian.call('POST /cases', { title: 'Otro', kind: 'crime', recordings: [inside.id, outside.id] }),
    )
    const own = at
    at = `/cases/${made.id}`
    const guest = await house.guest((await share()).entrance as never)
    at = own
    await need(guest.call(`GET /guest/recordings/${outside.id}`))
    const packed = await need(guest.call(`POST /guest/recordings/${outside.id}/exports`))
    const cut = { recording: outside.id, fromMs: 0, toMs: 2_000, title: 'El momento' }
    const clip = await need(custodian.call(`POST /cases/${made.id}/clips`, cut))
    const opened = await need(guest.call(`POST /guest/derivatives/${clip.id}/open`))
    const served = [packed.url, opened.url, opened.url.replace('/file', '/lineage.json')].map(
      (url: string) => `GET ${url.replace('/api', '')}`,
    )
    for (const name of served) {
      expect([name, (await guest.call(name)).status]).toEqual([name, 200])
    }
    await need(custodian.call(`POST /cases/${made.id}/recordings/${outside.id}/remove`, { reason: 'Por error' }))
    for (const name of served) {
      expect([name, (await guest.call(name)).code]).toEqual([name, 'access.denied'])
    }
    expect((await guest.call(`GET /guest/recordings/${outside.id}`)).code).toBe('access.denied')
    await need(custodian.call(`POST /cases/${made.id}/close`, { reason: 'Archivado' }))
    expect((await guest.call('GET /guest/case')).status).toBe(401)
  })
})

test('merging ends the shares of both cases; what is reserved is not merged with what is not', async () => {
  const own = at
  const opened: Json[] = []
  const guests: Person[] = []
  for (const recording of [inside.id, outside.id]) {
    const made = await need(
      custodian.call('POST /cases', { title: 'Por unir', kind: 'crime', recordings: [recording] }),
    )
    at = `/cases/${made.id}`
    guests.push(await house.guest((await share()).entrance as never))
    opened.push(made)
  }
  at = own
  const reserved = await need(custodian.call('POST /cases', { title: 'Queja', kind: 'complaint' }))
  const merge = (other: string) =>
    custodian.call(`POST /cases/${opened[0].id}/merge`, { other, reason: 'Es el mismo hecho' })
  expect((await merge(reserved.id)).code).toBe('case.reserved')
  for (const guest of guests) {
    await need(guest.call('GET /guest/case'))
  }
  await need(merge(opened[1].id))
  for (const guest of guests) {
    expect((await guest.call('GET /guest/case')).status).toBe(401)
  }
})

describe('live sharing with the police', () => {
  let url: string
  let unit: Phone
  beforeAll(async () => {
    url = await house.listen()
    const link = await house.app.identity.linkFor('administrator')
    unit = await phoneOnDuty(url, await signIn(url, link?.url ?? ''))
  })

  test('is one unit for its minutes, shown to the officer, an entry before the first frame, gone when revoked', async () => {
    custodian = await house.person('custodian')
    const given = await share({ role: 'police', name: 'SO2 Luis Prado', office: 'Comisaría' })
    const guest = await house.guest(given.entrance as never)
    const wish = { share: given.share.id, device: unit.device, reason: 'Arrebato en curso', minutes: 20 }
    expect((await guest.call(`POST /guest/live/${somewhere}/watch`)).code).toBe('access.denied')
    const lawyer = await share({ role: 'defence', name: 'Abg. Rey' })
    const refused = await custodian.call(`POST ${at}/live`, { ...wish, share: lawyer.share.id })
    expect(refused.code).toBe('access.denied')
    expect((await custodian.call(`POST ${at}/live`, { ...wish, minutes: 31 })).code).toBe('request.invalid')

    const room = openLine(url, '/room', `sereno_session=${guest.cookie}`)
    await room.until((line) => line.closed() !== null, 20_000)
    expect(room.texts).toEqual([])
    const live = await need(custodian.call(`POST ${at}/live`, wish))
    const channel = openLine(url, `/device/channel?token=${unit.token}`)
    await channel.until(has('hello'))
    const watch = await need(guest.call(`POST /guest/live/${live.id}/watch`))
    expect(watch).toMatchObject({ policy: 'policia-ve-en-vivo', purpose: 'request', reference: code })
    await channel.until(({ texts }) => JSON.stringify(texts).includes('SO2 Luis Prado'), 20_000)
    const publisher = await openPublisher(url, unit, crypto.randomUUID())
    const cookie = `sereno_session=${guest.cookie}`
    expect((await guest.call(`POST /watches/${watch.id}/renew`)).code).toBe('access.denied')
    const viewer = openLine(url, `/guest/live?grant=${watch.grant}`, cookie)
    await viewer.until(({ texts }) => texts.length > 0, 20_000)
    publisher.send(config())
    publisher.send(frame({ atUs: 0, key: true }))
    await viewer.until(({ frames }) => frames.length > 0, 20_000)

    const before = performance.now()
    await need(custodian.call(`POST ${at}/live/${live.id}/revoke`, { reason: 'Terminó la intervención' }))
    await viewer.until((line) => line.closed() !== null, 20_000)
    expect(performance.now() - before).toBeLessThan(2_000)
    expect(viewer.texts.at(-1)).toMatchObject({ type: 'ended', reason: 'revoked' })
    expect((await guest.call(`POST /guest/live/${live.id}/watch`)).code).toBe('access.denied')

    const own = await need(guest.call('GET /guest/looks'))
    const seen = own.entries.map(({ kind }: Json) => kind)
    expect(seen).toEqual(expect.arrayContaining(['live.opened', 'live.revoked']))
    const second = await need(custodian.call(`POST ${at}/live`, wish))
    const next = await need(guest.call(`POST /guest/live/${second.id}/watch`))
    expect(next.expiresAt).toBeLessThanOrEqual(second.untilAt)
    house.clock.advance(20 * 60_000)
    expect((await guest.call(`POST /guest/watches/${next.id}/renew`)).status).not.toBe(200)
    await house.tick()
    const page = await need((await house.person('custodian')).call(`GET ${at}`))
    expect(page.live.map(({ endReason }: Json) => endReason)).toEqual(['revoked', 'expired'])
    const entries = await house.app.ledger.entriesOf(
      { municipality: phone.municipality, actor: { roles: [] } as unknown as Json },
      at.replace('/cases/', 'case:'),
    )
    const kinds = entries.map(({ kind }) => kind).reverse()
    expect(kinds.indexOf('live.shared')).toBeLessThan(kinds.indexOf('live.opened'))
    channel.close()
    publisher.close()
  }, 60_000)

  test('the checker finds nothing wrong', async () => {
    expect(await house.findings()).toEqual([])
  })
})
