/** One signed statement more must never spoil what was there before it. */
import { bytesSource, parseTrust, type Trust, type Verification, verifyPackage } from '@sereno/proof'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { FakePhone, FakeRecording, Signed } from './evidence.test-kit.ts'
import { type House, need, openHouse, type Person, saidOf } from './house.test-kit.ts'

let house: House
let custodian: Person

beforeAll(async () => {
  house = await openHouse({ incompleteAfterMs: 1_000 })
  custodian = await house.person('custodian')
})
afterAll(() => house.close())

const bytesOf = (words: string): Uint8Array => Buffer.alloc(3_000, words)

async function send(phone: FakePhone, signed: Signed): Promise<void> {
  const said = saidOf(await phone.upload(signed))
  expect(said.status, JSON.stringify(said.json)).toBe(200)
}

async function sealed(phone: FakePhone, without: readonly number[] = []): Promise<FakeRecording> {
  const recording = phone.record()
  for (const words of ['one', 'two', 'three']) {
    await recording.media(bytesOf(words))
  }
  await recording.stop()
  for (const signed of recording.signed) {
    if (!without.includes(signed.statement.body.sequence)) {
      await send(phone, signed)
    }
  }
  if (without.length > 0) {
    await supplemented()
    await need(custodian.call(`POST /recordings/${recording.id}/seal`, { incomplete: true }))
  }
  await house.tick()
  await house.tick()
  return recording
}

/** Past the wait for a supplement, and past its publication. */
async function supplemented(): Promise<void> {
  house.clock.advance(60_000)
  await house.tick()
  await house.tick()
}

async function trust(): Promise<Trust> {
  const parsed = parseTrust((await house.call({ method: 'GET', url: '/api/trust.json' })).body)
  if (!parsed.ok) {
    throw new Error(parsed.code)
  }
  return parsed.value
}

async function packageOf(recording: FakeRecording): Promise<Uint8Array> {
  const wish = { purpose: 'request', reference: 'CF-12', positions: true }
  const made = await need(custodian.call(`POST /recordings/${recording.id}/exports`, wish))
  const fetched = await custodian.call(`GET ${String(made.url).replace('/api', '')}`)
  return fetched.bytes
}

async function verified(recording: FakeRecording): Promise<Verification> {
  return verifyPackage(bytesSource(await packageOf(recording)), { trust: await trust() })
}

async function expectHolds(recording: FakeRecording, aside: number): Promise<void> {
  const verification = await verified(recording)
  expect(verification.checks.filter(({ status }) => status === 'failed')).toEqual([])
  expect(verification.result).toBe('holds')
  expect(verification.checks).toContainEqual(
    expect.objectContaining({ id: 'order', status: 'warning', code: 'set-aside', segment: aside }),
  )
}

async function keptAt(recording: FakeRecording, sequence: number): Promise<number> {
  const found = await sql`select 1 from capture_statement where recording = ${recording.id}::uuid
    and sequence = ${sequence}`.execute(house.kernel.database.db)
  return found.rows.length
}

describe('one statement more after sealing', () => {
  test('after the stop: kept, set aside, and the package holds', async () => {
    const phone = await house.phone()
    const recording = await sealed(phone)
    await send(phone, await recording.media(bytesOf('late')))
    await supplemented()
    await expectHolds(recording, 4)
    expect(await keptAt(recording, 4)).toBe(1)
    expect(await house.findings()).toEqual([])
  })

  test('by a key that was revoked, in the place of one that is missing', async () => {
    const phone = await house.phone()
    const recording = await sealed(phone, [1])
    const office = await house.person('administrator')
    await need(office.call(`POST /devices/${phone.device}/revoke`, { reason: 'perdido' }))
    await send(phone, recording.signed[1] as Signed)
    await supplemented()
    await expectHolds(recording, 1)
    expect(await keptAt(recording, 1)).toBe(1)
    expect(Buffer.from(await packageOf(recording)).includes('ESTUVO EN CUARENTENA: una parte llegó')).toBe(true)
    expect((await verified(recording)).checks).toContainEqual(
      expect.objectContaining({ status: 'warning', code: 'quarantined' }),
    )
  })

  test('media that names another init', async () => {
    const phone = await house.phone()
    const recording = phone.record()
    await recording.media(bytesOf('one'))
    const other = await recording.media(bytesOf('two'), { init: 'c'.repeat(64) })
    await recording.stop()
    await send(phone, recording.signed[0] as Signed)
    await send(phone, recording.signed[2] as Signed)
    await supplemented()
    await need(custodian.call(`POST /recordings/${recording.id}/seal`, { incomplete: true }))
    await house.tick()
    await send(phone, other)
    await supplemented()
    await expectHolds(recording, 1)
  })

  test('what is honest and late is still taken in', async () => {
    const phone = await house.phone()
    const recording = await sealed(phone, [1])
    await send(phone, recording.signed[1] as Signed)
    await send(phone, await recording.media(bytesOf('late')))
    await supplemented()
    await expectHolds(recording, 4)
    expect((await verified(recording)).facts?.manifest.statements).toHaveLength(4)
  })
})

test('after the stop and before sealing: a custodian seals what fits, without waiting', async () => {
  const phone = await house.phone()
  const recording = phone.record()
  await recording.media(bytesOf('one'))
  await recording.stop()
  await recording.media(bytesOf('more'))
  for (const signed of recording.signed) {
    await send(phone, signed)
  }
  await house.tick()
  await need(custodian.call(`POST /recordings/${recording.id}/seal`, { incomplete: false }))
  await house.tick()
  await expectHolds(recording, 2)
})
