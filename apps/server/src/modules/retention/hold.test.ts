import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, need, openHouse, whileUncommitted } from './retention.test-kit.ts'

let house: House
beforeAll(async () => {
  house = await openHouse()
}, 60_000)
afterAll(() => house.close())

const isMarked = async (recording: string): Promise<boolean | undefined> =>
  (await house.owner<{ held: boolean }[]>`select held from recording where id = ${recording}`)[0]?.held

/** A hold whose release two people approved, and which is witnessed: the next timer ends it. */
async function approvedRelease(): Promise<{ readonly recording: string; readonly hold: string }> {
  const recording = await house.record(await house.phone())
  const custodian = await house.person('custodian')
  const wish = { reason: 'Carpeta 12', basis: 'investigation' }
  const { id } = await need(custodian.call<{ id: string }>(`POST /recordings/${recording}/holds`, wish))
  await need(custodian.call(`POST /retention/holds/${id}/release`, { reason: 'Archivada.' }))
  const officer = await house.person('data-protection-officer')
  await need(officer.call(`POST /retention/holds/${id}/release/approve`))
  await house.app.ledger.flush()
  return { recording, hold: id }
}

const end = async (): Promise<void> => house.app.timers.find(({ name }) => name === 'retention.releases')?.run()

test('a recording stays marked as held when another hold is placed while one ends', async () => {
  const { recording, hold } = await approvedRelease()
  await whileUncommitted(
    house,
    async (sql) => {
      await sql`update recording set held = true where id = ${recording}`
      const another = { id: randomUUID(), asked_by: null, approved_by: null, approved_entry: null }
      await sql`insert into hold select made.* from hold h,
        jsonb_populate_record(null::hold, to_jsonb(h) || ${sql.json(another)}) as made where h.id = ${hold}`
    },
    end,
  )
  const [left] = await house.owner<{ n: number }[]>`
    select count(*)::int as n from hold where recording = ${recording} and ended_at is null`
  expect(left?.n).toBe(1)
  expect(await isMarked(recording)).toBe(true)
})

test('the last hold to end takes the mark away; a mark and the holds that differ are found', async () => {
  const { recording } = await approvedRelease()
  const finding = { code: 'retention.held-flag', detail: recording }
  await house.owner`update recording set held = false where id = ${recording}`
  expect(await house.findings()).toContainEqual(finding)
  await house.owner`update recording set held = true where id = ${recording}`
  expect(await house.findings()).not.toContainEqual(finding)
  await end()
  expect(await isMarked(recording)).toBe(false)
  expect(await house.findings()).not.toContainEqual(finding)
  await house.owner`update recording set held = true where id = ${recording}`
  expect(await house.findings()).toContainEqual(finding)
})
