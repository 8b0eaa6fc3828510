import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemActor } from '../../kernel/actor.ts'
import type { FakePhone } from './evidence.test-kit.ts'
import { type House, openHouse, saidOf } from './house.test-kit.ts'

let house: House
let phone: FakePhone
const bytes = new Uint8Array(2_000).fill(7)

beforeAll(async () => {
  house = await openHouse()
  phone = await house.phone()
  await house.ledger.flush()
})
afterAll(() => house.close())

async function alarms(): Promise<readonly Readonly<Record<string, string>>[]> {
  const scope = { municipality: phone.municipality, actor: systemActor(phone.municipality) }
  const page = await house.ledger.pageOf(scope, 'device.saw-another-log', null, 100)
  return page.map(({ fields }) => Object.fromEntries(fields))
}

test('a checkpoint of our log raises no alarm; one it does not contain is kept, entered once, and found', async () => {
  const ours = house.ledger.newestCheckpoint()
  if (ours === null) {
    throw new Error('nothing is published')
  }
  const seen = { size: ours.size, root: ours.root }
  const recording = phone.record()
  const honest = await recording.media(bytes, { checkpoint: seen })
  const forked = { size: ours.size, root: 'f'.repeat(64) }
  const ahead = { size: ours.size + 1_000_000, root: ours.root }
  const strange = [
    await recording.media(bytes, { checkpoint: forked }),
    await recording.media(bytes, { checkpoint: forked }),
    await recording.media(bytes, { checkpoint: ahead }),
  ]

  expect(saidOf(await phone.upload(honest)).status).toBe(200)
  expect(await alarms()).toEqual([])
  expect(await house.findings()).toEqual([])

  for (const signed of [...strange, ...strange]) {
    expect(saidOf(await phone.upload(signed))).toMatchObject({ status: 200, json: { quarantined: false } })
  }
  expect((await alarms()).toReversed()).toEqual([
    expect.objectContaining({ size: String(forked.size), root: forked.root, statement: strange[0]?.hash }),
    expect.objectContaining({ size: String(ahead.size), root: ahead.root, statement: strange[2]?.hash }),
  ])
  expect((await house.findings()).map(({ code }) => code)).toEqual(['evidence.other-log', 'evidence.other-log'])
})

test('the log is asked for a tree of the past too', async () => {
  const before = house.ledger.newestCheckpoint()
  const other = await house.phone()
  await house.ledger.flush()
  const after = house.ledger.newestCheckpoint()
  if (before === null || after === null) {
    throw new Error('nothing is published')
  }
  expect(after.size).toBeGreaterThan(before.size)
  expect(await house.ledger.holds(before)).toBe(true)
  expect(await house.ledger.holds(after)).toBe(true)
  expect(await house.ledger.holds({ size: before.size, root: after.root })).toBe(false)
  expect(await house.ledger.holds({ size: after.size + 1, root: after.root })).toBe(false)
  expect(
    saidOf(
      await other.upload(await other.record().media(bytes, { checkpoint: { size: before.size, root: before.root } })),
    ).status,
  ).toBe(200)
  const rows = await sql<{
    n: number
  }>`select count(*) as n from other_log where device = ${other.device}::uuid`.execute(house.kernel.database.db)
  expect(rows.rows[0]?.n).toBe(0)
})
