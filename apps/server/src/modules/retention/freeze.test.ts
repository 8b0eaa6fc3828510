import type { Category, ReplyOf, retentionOperations } from '@sereno/contracts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemActor } from '../../kernel/actor.ts'
import { dayMs, type House, need, openHouse, whileUncommitted } from './retention.test-kit.ts'

type OfRecording = ReplyOf<(typeof retentionOperations)['GET /recordings/:id/retention']>
type Figures = ReplyOf<(typeof retentionOperations)['GET /public/retention']>

let house: House
beforeAll(async () => {
  house = await openHouse()
  // The demonstration puts the first one into an open case.
  await house.record(await house.phone())
}, 120_000)
afterAll(() => house.close())

let complaints = 0
const leavesAt = async (recording: string): Promise<number | null> =>
  (await need((await house.person('custodian')).call<OfRecording>(`GET /recordings/${recording}/retention`))).leavesAt

const categorise = async (recording: string, category: Category): Promise<void> => {
  await need((await house.person('custodian')).call(`POST /recordings/${recording}/category`, { category }))
  await house.tick()
}

const figures = async (): Promise<Figures> =>
  JSON.parse(new TextDecoder().decode((await house.call({ method: 'GET', url: '/api/public/retention' })).body))

/** A complaint about the recording whose end two people approved, and which is witnessed: the next timer ends it. */
async function approveClosing(recording: string): Promise<string> {
  const supervisor = await house.person('supervisor')
  const custodian = await house.person('custodian')
  complaints += 1
  const wish = { kind: 'complaint', reference: `Q-${complaints}` }
  const { id } = await need(supervisor.call<{ id: string }>(`POST /recordings/${recording}/freezes`, wish))
  await need(supervisor.call(`POST /retention/freezes/${id}/close`, { reason: 'Archivada.' }))
  expect((await supervisor.call(`POST /retention/freezes/${id}/close/approve`)).code).toBe('access.denied')
  await need(custodian.call(`POST /retention/freezes/${id}/close/approve`))
  await house.app.ledger.flush()
  return id
}

const end = async (): Promise<void> => house.app.timers.find(({ name }) => name === 'retention.closings')?.run()

/** Until when the recording was kept before a complaint about it closed, and is. */
async function closeComplaint(recording: string): Promise<{ before: number | null; after: number | null }> {
  const before = await leavesAt(recording)
  const id = await approveClosing(recording)
  expect(await leavesAt(recording)).toBe(before)
  await end()
  const [row] = await house.owner<{ ended: boolean }[]>`
    select ended_at is not null as ended from proceeding_freeze where id = ${id}`
  expect(row?.ended).toBe(true)
  return { before, after: await leavesAt(recording) }
}

test('a complaint that closed lets what was kept for it alone go a year later, and everybody can count it', async () => {
  const recording = await house.record(await house.phone())
  await categorise(recording, 'complaint')
  const counted = (await figures()).weakenings
  const { before, after } = await closeComplaint(recording)
  const days = (at: number | null) => ((at ?? 0) - house.clock.nowMs()) / dayMs
  expect(days(before)).toBeGreaterThan(1_090)
  expect(days(after)).toBeGreaterThanOrEqual(365)
  expect(days(after)).toBeLessThan(367)

  const municipality = house.app.identity.municipality()?.id ?? ''
  const scope = { municipality, actor: systemActor(municipality) }
  const entries = await house.app.ledger.entriesOf(scope, `recording:${recording}`)
  const from = { leavesBefore: String(before), leavesAfter: String(after) }
  expect(entries.find(({ kind }) => kind === 'freeze.closed')?.details).toMatchObject(from)
  const shortened = entries.find(({ kind }) => kind === 'freeze.shortened')
  expect(shortened?.details).toMatchObject(from)
  const shown = await figures()
  expect(shown.weakenings).toBe(counted + 1)
  expect(shown.lastWeakenings[0]).toMatchObject({ wish: null, entry: shortened?.id })
  expect(JSON.stringify(shown)).not.toContain('Archivada')
  const leaves = await house.owner<{ n: number }[]>`select count(*)::int as n from leaf where coarse = 'weakening'`
  expect(leaves[0]?.n).toBe(counted + 1)
  expect(await house.findings()).toEqual([])
})

test.each(['force', 'crime'] as const)('shortens nothing of what is kept for %s', async (category) => {
  const { before, after } = await closeComplaint(await house.record(await house.phone(), category))
  expect(after).toBe(before)
})

test('a recording of force that one person calls a complaint stays as long as force does', async () => {
  const recording = await house.record(await house.phone(), 'force')
  await categorise(recording, 'complaint')
  const { before, after } = await closeComplaint(recording)
  expect(after).toBe(before)
})

test('nor is one let go that had another category for a moment', async () => {
  const recording = await house.record(await house.phone(), 'complaint')
  await categorise(recording, 'force')
  await categorise(recording, 'complaint')
  const { before, after } = await closeComplaint(recording)
  expect(after).toBe(before)
})

test('a deadline that something else made later stays', async () => {
  const recording = await house.record(await house.phone(), 'complaint')
  await house.owner`update retained set leaves_at = leaves_at + ${7 * 365 * dayMs}::bigint where recording = ${recording}`
  const { before, after } = await closeComplaint(recording)
  expect(after).toBe(before)
})

test('while a case about it is open, nothing makes its deadline earlier', async () => {
  const recording = await house.record(await house.phone(), 'complaint')
  const custodian = await house.person('custodian')
  const { id } = await need(custodian.call<{ id: string }>('POST /cases', { title: 'Robo', kind: 'crime' }))
  await need(custodian.call(`POST /cases/${id}/recordings`, { recording }))
  const { before, after } = await closeComplaint(recording)
  expect(after).toBe(before)
})

test('a category that is being given while the complaint ends is not overwritten', async () => {
  const recording = await house.record(await house.phone(), 'complaint')
  await approveClosing(recording)
  await whileUncommitted(
    house,
    async (sql) => {
      await sql`update recording set category = 'crime' where id = ${recording}`
      await sql`update retained set category = 'crime', leaves_at = null where recording = ${recording}`
    },
    end,
  )
  expect(await leavesAt(recording)).toBeNull()
})

test('where the municipality set a term of its own, that is the term', async () => {
  const wish = { kind: 'term', category: 'complaint', keep: { unit: 'year', count: 4 } }
  const supervisor = await house.person('supervisor')
  const proposed = await need(supervisor.call('POST /retention/changes', { wish, reason: 'Acuerdo de concejo.' }))
  const custodian = await house.person('custodian')
  await need(custodian.call(`POST /retention/changes/${proposed.id}/approve`))
  house.clock.advance(7 * dayMs + 1)
  await house.tick()
  const { before, after } = await closeComplaint(await house.record(await house.phone(), 'complaint'))
  expect(after).toBe(before)
})
