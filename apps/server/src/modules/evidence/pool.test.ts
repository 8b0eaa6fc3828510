import { describe, expect, test } from 'vitest'
import { createPool } from './pool.ts'

describe('the pool of upload buffers', () => {
  test('lends a buffer again only once it was given back, also when given back twice', () => {
    const pool = createPool(4)
    const first = pool.take(1_000)
    const second = pool.take(1_000)
    expect(second.buffer).not.toBe(first.buffer)
    pool.give(first.subarray(0, 10))
    pool.give(first)
    const third = pool.take(1_000)
    expect(third.buffer).toBe(first.buffer)
    expect(pool.take(1_000).buffer).not.toBe(first.buffer)
  })

  test('is long enough, and leaves large or foreign buffers to the collector', () => {
    const pool = createPool(1)
    expect(pool.take(700_000).length).toBeGreaterThanOrEqual(700_000)
    const large = pool.take(5_000_000)
    expect(large.length).toBe(5_000_000)
    pool.give(large)
    pool.give(new Uint8Array(1024 * 1024))
    expect(pool.take(10).buffer).not.toBe(large.buffer)
  })
})
