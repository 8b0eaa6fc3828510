import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  delivered,
  emptyQueue,
  enqueue,
  hurry,
  keyOf,
  nextWakeMs,
  refused,
  stuckItems,
  takeNext,
  unreachable,
} from './queue.ts'

test('one refused piece does not hold up the others, and is seen', () => {
  const queue = emptyQueue()
  for (let sequence = 0; sequence < 3; sequence += 1) {
    enqueue(queue, 'r', sequence)
  }
  const [bad] = takeNext(queue, 0, 1)
  refused(queue, bad!, 'segment.bad-signature', 0, 0.5)
  expect(takeNext(queue, 0, 3).map((item) => item.sequence)).toEqual([1, 2])
  expect(stuckItems(queue).map((item) => item.sequence)).toEqual([0])
})

test('without a network everything waits, ever longer, at most about a minute, and one probe goes', () => {
  const queue = emptyQueue()
  enqueue(queue, 'r', 0)
  enqueue(queue, 'r', 1)
  let nowMs = 0
  for (const item of takeNext(queue, nowMs, 4)) {
    unreachable(queue, item, nowMs, 1)
  }
  nowMs = nextWakeMs(queue)!
  for (let hour = 0; hour < 500; hour += 1) {
    const taken = takeNext(queue, nowMs, 4)
    expect(taken.length).toBe(1)
    unreachable(queue, taken[0]!, nowMs, 1)
    const wakeMs = nextWakeMs(queue)!
    expect(wakeMs - nowMs).toBeLessThanOrEqual(75_000)
    expect(takeNext(queue, wakeMs - 1, 4)).toEqual([])
    nowMs = wakeMs
  }
  hurry(queue)
  expect(takeNext(queue, nowMs, 4).length).toBe(1)
})

test('a piece that the server fails at waits alone, ever longer, and is seen after some tries', () => {
  const queue = emptyQueue()
  enqueue(queue, 'r', 0)
  let nowMs = 0
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    expect(stuckItems(queue)).toEqual([])
    const [bad] = takeNext(queue, nowMs, 1)
    expect(bad?.sequence).toBe(0)
    refused(queue, bad!, 'bug', nowMs, 0.5)
    enqueue(queue, 'r', attempt)
    const [other] = takeNext(queue, nowMs, 1)
    expect(other?.sequence).toBe(attempt)
    delivered(queue, other!)
    expect(nextWakeMs(queue)! - nowMs).toBe(1000 * 2 ** attempt)
    nowMs = nextWakeMs(queue)!
  }
  expect(stuckItems(queue).map((item) => item.sequence)).toEqual([0])
})

test('whatever happens, nothing is sent twice at once, nothing is forgotten, and all arrives in the end', () => {
  const step = fc.record({
    outcome: fc.constantFrom('ok', 'away', 'refused'),
    waitMs: fc.integer({ min: 0, max: 5000 }),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 5 }), (steps, parallel) => {
      const queue = emptyQueue()
      const arrived = new Set<number>()
      for (let sequence = 0; sequence < 10; sequence += 1) {
        enqueue(queue, 'r', sequence)
      }
      let nowMs = 0
      const round = (outcome: string) => {
        const taken = takeNext(queue, nowMs, parallel)
        expect(queue.sending.size).toBeLessThanOrEqual(parallel)
        expect(new Set(taken.map(keyOf)).size).toBe(taken.length)
        for (const item of taken) {
          expect(arrived.has(item.sequence)).toBe(false)
          if (outcome === 'ok') {
            arrived.add(item.sequence)
            delivered(queue, item)
          } else if (outcome === 'away') {
            unreachable(queue, item, nowMs, 0.3)
          } else {
            refused(queue, item, 'segment.unknown-key', nowMs, 0.3)
          }
        }
        expect(arrived.size + queue.items.size).toBe(10)
      }
      for (const { outcome, waitMs } of steps) {
        round(outcome)
        nowMs += waitMs
      }
      for (let turn = 0; turn < 40 && queue.items.size > 0; turn += 1) {
        nowMs = Math.max(nowMs, nextWakeMs(queue) ?? nowMs)
        round('ok')
      }
      expect(arrived.size).toBe(10)
    }),
  )
})
