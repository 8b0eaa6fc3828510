import { afterAll, beforeAll, expect, test } from 'vitest'
import type { FakeRecording } from '../evidence/evidence.test-kit.ts'
import { type House, type Json, need, openHouse, type Person } from './cases.test-kit.ts'

const minuteMs = 60_000

let house: House
let recordings: readonly FakeRecording[]
let custodian: Person
beforeAll(async () => {
  house = await openHouse()
  const phone = await house.phone()
  recordings = [await house.record(phone, 'one'), await house.record(phone, 'two')]
  custodian = await house.person('custodian')
}, 60_000)
afterAll(() => house.close())

const task = async (person: Person = custodian): Promise<Json> => (await need(person.call('GET /me/task'))).task
const look = (body: Json, index = 0, person: Person = custodian): ReturnType<Person['call']> =>
  person.call(`POST /recordings/${recordings[index]?.id}/looks`, body)

test('a look begins the task; the next one for it keeps it; each names its purpose in its own entry', async () => {
  expect(await task()).toBeNull()
  await need(look({ purpose: 'request', reference: ' SOL-2026-17 ' }))
  const begun = await task()
  expect(begun).toMatchObject({ purpose: 'request', reference: 'SOL-2026-17' })
  expect(begun.endsAt - begun.sinceAt).toBe(30 * minuteMs)

  house.clock.advance(20 * minuteMs)
  await need(look({ purpose: 'request', reference: 'SOL-2026-17' }, 1))
  const kept = await task()
  expect([kept.sinceAt, kept.endsAt]).toEqual([begun.sinceAt, begun.endsAt + 20 * minuteMs])
  const dpo = await house.person('data-protection-officer')
  const { views } = await need(dpo.call('GET /views'))
  expect(views.slice(0, 2).map(({ purpose, reference }: Json) => [purpose, reference?.trim()])).toEqual([
    ['request', 'SOL-2026-17'],
    ['request', 'SOL-2026-17'],
  ])
  // Remembered for whoever looked, and never applied: without a purpose there is no look.
  expect(await task(dpo)).toBeNull()
  expect((await look({})).status).toBe(400)
})

test('another purpose or reference is another task; a refused look and an SOS are none', async () => {
  await need(look({ purpose: 'audit', reference: 'SORTEO-11' }))
  const audit = await task()
  expect(audit).toMatchObject({ purpose: 'audit', reference: 'SORTEO-11' })
  await need(look({ purpose: 'sos' }))
  expect((await look({ purpose: 'case', reference: 'C-2026-9999' })).code).toBe('access.case-not-open')
  expect(await task()).toEqual(audit)
})

test('it is over after half an hour without a look, after four hours, and when it is put down', async () => {
  house.clock.advance(30 * minuteMs)
  const back = await house.person('custodian')
  expect(await task(back)).toBeNull()
  await need(look({ purpose: 'training' }, 0, back))
  const { sinceAt } = await task(back)
  for (let count = 0; count < 11; count += 1) {
    house.clock.advance(20 * minuteMs)
    await need(look({ purpose: 'training' }, 0, back))
  }
  expect((await task(back)).endsAt).toBe(sinceAt + 240 * minuteMs)
  house.clock.advance(20 * minuteMs)
  expect(await task(back)).toBeNull()
  await need(look({ purpose: 'training' }, 0, back))
  expect((await task(back)).sinceAt).toBe(house.clock.nowMs())
  await need(back.call('POST /me/task/end', {}))
  expect(await task(back)).toBeNull()
})

test('a case is the task while it is open', async () => {
  const owner = await house.person('custodian')
  const { id } = await need(
    owner.call('POST /cases', { title: 'Arrebato', kind: 'crime', tags: [], recordings: [recordings[0]?.id] }),
  )
  const { code } = (await need(owner.call(`GET /cases/${id}`))).case
  await need(look({ purpose: 'case', reference: code }, 0, owner))
  expect(await task(owner)).toMatchObject({ purpose: 'case', reference: code })
  await need(owner.call(`POST /cases/${id}/close`, { reason: 'Resuelto', note: 'Se entregó' }))
  expect(await task(owner)).toBeNull()
})

test('a copy is a look as well, and the officer finds it', async () => {
  const owner = await house.person('custodian')
  await need(
    owner.call(`POST /recordings/${recordings[1]?.id}/exports`, {
      purpose: 'request',
      reference: 'OFICIO 12',
      positions: false,
    }),
  )
  expect(await task(owner)).toMatchObject({ purpose: 'request', reference: 'OFICIO 12' })
  const { recording } = await need(owner.call(`GET /recordings/${recordings[1]?.id}`))
  const dpo = await house.person('data-protection-officer')
  const { views } = await need(dpo.call(`GET /views?officer=${recording.officer.id}`))
  expect(views[0].kind).toBe('recording.exported')
})

test('a task of long ago does not keep its session from being forgotten', async () => {
  const gone = await house.person('custodian')
  await need(look({ purpose: 'training' }, 0, gone))
  house.clock.advance(90 * 24 * 60 * minuteMs)
  await house.tick()
  const back = await house.person('custodian')
  expect(await task(back)).toBeNull()
})
