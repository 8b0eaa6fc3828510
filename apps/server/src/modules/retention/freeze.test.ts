import type { Category, ReplyOf, retentionOperations } from '@sereno/contracts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { dayMs, type House, need, openHouse } from './retention.test-kit.ts'

type OfRecording = ReplyOf<(typeof retentionOperations)['GET /recordings/:id/retention']>

let house: House
beforeAll(async () => {
  house = await openHouse()
}, 60_000)
afterAll(() => house.close())

/** A complaint about a new recording, closed by two people and witnessed: until when it was kept, and is. */
async function closeComplaint(category: Category): Promise<{ before: number | null; after: number | null }> {
  const supervisor = await house.person('supervisor')
  const custodian = await house.person('custodian')
  const recording = await house.record(await house.phone(), category)
  const now = () => need(custodian.call<OfRecording>(`GET /recordings/${recording}/retention`))
  const before = (await now()).leavesAt
  const wish = { kind: 'complaint', reference: `Q-${category}` }
  const frozen = await need(supervisor.call<{ id: string }>(`POST /recordings/${recording}/freezes`, wish))
  await need(supervisor.call(`POST /retention/freezes/${frozen.id}/close`, { reason: 'Archivada.' }))
  expect((await supervisor.call(`POST /retention/freezes/${frozen.id}/close/approve`)).code).toBe('access.denied')
  await need(custodian.call(`POST /retention/freezes/${frozen.id}/close/approve`))
  expect((await now()).leavesAt).toBe(before)
  await house.app.ledger.flush()
  await house.tick()
  const { freezes, leavesAt } = await now()
  expect(freezes[0]?.closedAt).not.toBeNull()
  return { before, after: leavesAt }
}

test('a complaint that closed lets recordings of its own category go a year later', async () => {
  const { before, after } = await closeComplaint('complaint')
  const days = (at: number | null) => ((at ?? 0) - house.clock.nowMs()) / dayMs
  expect(days(before)).toBeGreaterThan(1_090)
  expect(days(after)).toBeGreaterThanOrEqual(365)
  expect(days(after)).toBeLessThan(367)
  expect(await house.findings()).toEqual([])
})

test.each(['force', 'crime'] as const)(
  'an invented complaint shortens nothing of what is kept for %s',
  async (category) => {
    const { before, after } = await closeComplaint(category)
    expect(after).toBe(before)
  },
)

test('where the municipality set a term of its own, that is the term', async () => {
  const wish = { kind: 'term', category: 'complaint', keep: { unit: 'year', count: 4 } }
  const supervisor = await house.person('supervisor')
  const proposed = await need(supervisor.call('POST /retention/changes', { wish, reason: 'Acuerdo de concejo.' }))
  const custodian = await house.person('custodian')
  await need(custodian.call(`POST /retention/changes/${proposed.id}/approve`))
  house.clock.advance(7 * dayMs + 1)
  await house.tick()
  const { before, after } = await closeComplaint('complaint')
  expect(after).toBe(before)
})
