import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type SoftPasskey, softPasskey } from '../identity/passkey.test-kit.ts'
import { avi, openClips } from '../intake/clips.test-kit.ts'
import { uploadFile } from '../intake/upload.test-kit.ts'
import { type House, type Json, need, openHouse, type Person } from './cases.test-kit.ts'

const hourMs = 3_600_000
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const clips = openClips()

let house: House
let custodian: Person
let at: string
let film: Uint8Array
let foreign: string
beforeAll(async () => {
  house = await openHouse()
  custodian = await house.person('custodian')
  film = clips.clip('VB400_9_20261120_101112.avi', ...avi)
  const office = await house.person('administrator')
  foreign = await uploadFile({ office: office.call, send: house.call }, 'VB400_9_20261120_101112.avi', film)
  const phone = await house.phone()
  const inside = await house.record(phone, 'inside')
  const { id } = await need(
    custodian.call('POST /cases', { title: 'Compartido', kind: 'crime', recordings: [inside.id, foreign] }),
  )
  at = `/cases/${id}`
}, 60_000)
afterAll(async () => {
  clips.clear()
  await house.close()
})

async function share(): Promise<{ readonly share: Json; readonly entrance: { url: string; code: string } }> {
  return need(
    (await house.person('custodian')).call(`POST ${at}/shares`, {
      role: 'defence',
      name: 'Dr. Óscar Vela',
      office: 'Defensa Pública',
      basis: 'Oficio 7-2026',
      download: false,
      expiresAt: house.clock.nowMs() + 48 * hourMs,
    }),
  )
}
async function keepPasskey(guest: Person): Promise<SoftPasskey> {
  const { challenge } = await need(guest.call('POST /me/passkeys/challenge', {}))
  const key = softPasskey('http://localhost')
  await need(guest.call('POST /me/passkeys', { name: 'Mi equipo', passkey: key.register(challenge) }))
  return key
}
async function returnWith(key: SoftPasskey) {
  const { json } = await house.signIn('/api/session/passkey/challenge', {})
  return house.signIn('/api/session/passkey', key.answer(json.challenge))
}

describe('a guest who comes back', () => {
  test('enters with a passkey of their own, into the one case, until the share ends', async () => {
    const given = await share()
    const guest = await house.guest(given.entrance)
    const key = await keepPasskey(guest)
    const page = await need(custodian.call(`GET ${at}`))
    expect(page.shares.find(({ id }: Json) => id === given.share.id)).toMatchObject({ passkey: true })

    house.clock.advance(hourMs)
    expect((await guest.call('GET /guest/case')).code).toBe('access.not-signed-in')
    const back = await returnWith(key)
    expect(back.status).toBe(200)
    const again = house.withCookie(back.cookie)
    expect((await need(again.call('GET /guest/case'))).guest.name).toBe('Dr. Óscar Vela')
    expect((await again.call('GET /cases')).code).toBe('access.denied')
    const kinds = (await need(again.call('GET /guest/looks'))).entries.map(({ kind }: Json) => kind)
    expect(kinds).toEqual(expect.arrayContaining(['account.passkey-added', 'session.opened', 'case.read']))

    const owner = await house.person('custodian')
    await need(owner.call(`POST ${at}/shares/${given.share.id}/revoke`, { reason: 'Terminó la diligencia' }))
    expect((await again.call('GET /guest/case')).status).not.toBe(200)
    expect((await returnWith(key)).code).toBe('access.passkey-refused')
  })

  test('is refused from the instant the share expires; a new code ends the passkey of a lost device', async () => {
    const given = await share()
    const key = await keepPasskey(await house.guest(given.entrance))
    const fresh = await need((await house.person('custodian')).call(`POST ${at}/shares/${given.share.id}/entrance`, {}))
    expect((await returnWith(key)).code).toBe('access.passkey-refused')
    const guest = await house.guest(fresh)
    expect((await need(guest.call('GET /guest/case'))).guest.name).toBe('Dr. Óscar Vela')
    const second = await keepPasskey(guest)
    expect((await returnWith(second)).status).toBe(200)
    house.clock.advance(48 * hourMs)
    expect((await returnWith(second)).code).toBe('access.passkey-refused')
  })
})

test('a guest watches a file of another camera as it is shown, each look an entry; nothing else of it is sent', async () => {
  const guest = await house.guest((await share()).entrance)
  const shown = async (): Promise<Json> => (await need(guest.call(`GET /guest/recordings/${foreign}/files`))).files[0]
  await expect
    .poll(
      async () => {
        await house.tick()
        return (await shown()).shown
      },
      { timeout: 30_000 },
    )
    .toBe('copy')
  const look = await need(guest.call(`POST /guest/recordings/${foreign}/looks`, {}))
  expect(look.watermark).toContain('Dr. Óscar Vela')
  const copy = await guest.call(`GET /guest/looks/${look.look}/files/0?copy=true`)
  expect(sha256(copy.bytes)).toBe((await shown()).copy.sha256)
  expect((await guest.call(`GET /guest/looks/${look.look}/files/0`)).code).toBe('request.not-found')
  expect((await guest.call(`GET /guest/looks/${look.look}/files/7?copy=true`)).code).toBe('request.not-found')
  const { entries } = await need(guest.call('GET /guest/looks'))
  expect(entries[0]).toMatchObject({ kind: 'recording.viewed', id: look.entry })

  await need(guest.call(`POST /guest/looks/${look.look}/close`, {}))
  expect((await guest.call(`GET /guest/looks/${look.look}/files/0?copy=true`)).code).toBe('access.purpose-required')
  const { id: elsewhere } = await house.record(await house.phone(), 'outside')
  expect((await guest.call(`GET /guest/recordings/${elsewhere}/files`)).code).toBe('access.denied')
})
