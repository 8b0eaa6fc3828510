import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { scopeOf, systemActor } from '../../kernel/actor.ts'
import type { FakePhone, FakeRecording } from '../evidence/evidence.test-kit.ts'
import { type House, type Json, need, openHouse, type Person } from './cases.test-kit.ts'

let house: House
let phone: FakePhone
let first: FakeRecording
let second: FakeRecording
let custodian: Person
beforeAll(async () => {
  house = await openHouse()
  phone = await house.phone()
  first = await house.record(phone, 'first')
  second = await house.record(phone, 'second')
  custodian = await house.person('custodian')
}, 60_000)
afterAll(() => house.close())

const scope = () => scopeOf(systemActor(phone.municipality))
async function closedCase(recordings: readonly string[]): Promise<Json> {
  const row = await need(custodian.call('POST /cases', { title: 'Arrebato', kind: 'crime', recordings }))
  await need(custodian.call(`POST /cases/${row.id}/close`, { reason: 'Resuelto' }))
  return row
}
const reopen = (id: string) => need(custodian.call(`POST /cases/${id}/reopen`, { reason: 'Nueva prueba' }))
const frozenBy = async (recording: string) =>
  (await house.app.cases.freezesOf(scope(), recording)).map(({ reference }) => reference)
const lastEntry = async (id: string) => {
  const entries = await house.app.ledger.entriesOf(scope(), `case:${id}`)
  return entries.find(({ kind }) => kind === 'case.reopened')
}
/** How many statements wait for a lock of somebody else's. */
const waiting = async (): Promise<number> => {
  const rows = await house.owner`select count(*) from pg_stat_activity where wait_event_type = 'Lock'
    and datname = current_database()`
  return Number(rows[0]?.count)
}

test('a reopened case freezes what it holds, as when it was opened', async () => {
  const { id, code } = await closedCase([first.id])
  expect(await frozenBy(first.id)).not.toContain(code)
  await reopen(id)
  expect(await frozenBy(first.id)).toContain(code)
  expect((await lastEntry(id))?.details).toMatchObject({ frozen: '1', destroyed: '' })
  const custody = await house.app.ledger.entriesOf(scope(), `recording:${first.id}`)
  expect(custody.map(({ kind }) => kind)).toContain('case.reopened')
})

test('a destruction under way is decided before or after, never beside: the entry names what was gone', async () => {
  const { id } = await closedCase([first.id, second.id])
  const { database } = house.kernel
  let reopened: Promise<Json> | null = null
  // The destruction has the recording's lock first: reopening waits for its decision.
  await database.transaction(async (tx) => {
    await sql`select 1 from recording where id = ${second.id}::uuid for update`.execute(tx)
    reopened = reopen(id)
    await expect.poll(waiting, { timeout: 20_000 }).toBeGreaterThan(0)
    await sql`update recording set destroyed_at = ${house.clock.nowMs()} where id = ${second.id}::uuid`.execute(tx)
  })
  await reopened
  expect((await lastEntry(id))?.details).toMatchObject({ frozen: '1', destroyed: second.id })
})
