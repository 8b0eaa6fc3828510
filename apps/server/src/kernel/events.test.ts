import { sql } from 'kysely'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startTestDatabase, type TestDatabase } from '../test-kit/index.ts'
import { createEvents, type EventBus } from './events.ts'
import { silentLog } from './log.ts'

const municipality = '0190a000-0000-7000-8000-000000000001'
let database: TestDatabase
let events: EventBus
beforeEach(async () => {
  database = await startTestDatabase([])
  events = createEvents(database.database, silentLog)
})
afterEach(async () => {
  await events.stop()
  await database.close()
})

const raise = (alarm: string) =>
  database.database.transaction((tx) => events.publish(tx, 'alarm.closed', municipality, { alarm }))

test('delivered to each subscriber in order, with the municipality', async () => {
  const seen: string[] = []
  for (const subscriber of ['a', 'b']) {
    events.on('alarm.closed', subscriber, async ({ alarm }, context) => {
      seen.push(`${subscriber}${alarm}${context.municipality === municipality}`)
    })
  }
  events.start()
  for (const alarm of ['1', '2', '3']) {
    await raise(alarm)
  }
  await events.settle()
  expect(seen.filter((entry) => entry.startsWith('a'))).toEqual(['a1true', 'a2true', 'a3true'])
  expect(seen.filter((entry) => entry.startsWith('b'))).toEqual(['b1true', 'b2true', 'b3true'])
})

test('a rolled back change tells nobody', async () => {
  let count = 0
  events.on('alarm.closed', 'a', async () => {
    count += 1
  })
  events.start()
  await expect(
    database.database.transaction(async (tx) => {
      await events.publish(tx, 'alarm.closed', municipality, { alarm: '1' })
      throw new Error('no')
    }),
  ).rejects.toThrow('no')
  await events.settle()
  expect(count).toBe(0)
})

test('a failing handler is tried again, its own writes undone, and does not hold up the next event', async () => {
  await database.owner`create table noted (alarm text)`
  await database.owner`grant all on noted to sereno_app`
  const seen: string[] = []
  let failures = 1
  events.on('alarm.closed', 'a', async ({ alarm }, { db }) => {
    await sql`insert into noted values (${alarm})`.execute(db)
    if (alarm === '1' && failures > 0) {
      failures -= 1
      throw new Error('not yet')
    }
    seen.push(alarm)
  })
  events.start()
  await raise('1')
  await raise('2')
  await expect.poll(() => seen.length, { timeout: 5000 }).toBe(2)
  expect(seen).toEqual(['2', '1'])
  await events.settle()
  const rows = await database.owner`select alarm from noted order by alarm`
  expect(rows.map((row) => row.alarm)).toEqual(['1', '2'])
})

test('what was not delivered is delivered after the next start', async () => {
  events.on('alarm.closed', 'a', async () => undefined)
  await raise('1')
  await events.stop()
  const again = createEvents(database.database, silentLog)
  const seen: string[] = []
  again.on('alarm.closed', 'a', async ({ alarm }) => {
    seen.push(alarm)
  })
  again.start()
  await again.settle()
  await again.stop()
  expect(seen).toEqual(['1'])
})
