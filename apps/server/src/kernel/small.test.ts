import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { PassThrough } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { temporaryFolder, testClock } from '../test-kit/index.ts'
import { isRoot } from './accounts.ts'
import { createDisk, isBelowReserve } from './disk.ts'
import { createFanout } from './fanout.ts'
import { type BodyShare, createBodyBudget, readBody } from './http-body.ts'
import { createIds } from './ids.ts'
import { silentLog } from './log.ts'
import { openLogFile } from './log-file.ts'
import { startTimers } from './timers.ts'

const gib = 1024 ** 3

test('ids: version 7, in order even within a millisecond and when the clock goes back', () => {
  const clock = testClock()
  const ids = createIds(clock)
  const made = Array.from({ length: 10_000 }, (_, index) => {
    if (index === 5000) {
      clock.jumpTo(clock.nowMs() - 60_000)
    }
    return ids.uuid()
  })
  expect(made.every((id) => /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id))).toBe(
    true,
  )
  expect([...made].sort()).toEqual(made)
  expect(new Set(made).size).toBe(made.length)
})

test('fanout: whole topics and beginnings up to a dot; one bad listener harms nobody', () => {
  const errors: string[] = []
  const fanout = createFanout((_error, topic) => errors.push(topic))
  const seen: string[] = []
  fanout.subscribe('positions', () => {
    throw new Error('bad')
  })
  fanout.subscribe('positions.', (topic) => seen.push(`prefix ${topic}`))
  const stop = fanout.subscribe('positions.a', (topic) => seen.push(`whole ${topic}`))
  fanout.subscribe('', (topic) => seen.push(`all ${topic}`))
  fanout.subscribe('pos', () => seen.push('never'))
  fanout.publish('positions.a', {})
  stop()
  fanout.publish('positions.a', {})
  expect(seen.filter((entry) => entry.startsWith('whole'))).toHaveLength(1)
  expect(seen.filter((entry) => entry.startsWith('prefix'))).toHaveLength(2)
  expect(seen.filter((entry) => entry.startsWith('all'))).toHaveLength(2)
  expect(seen).not.toContain('never')
  expect(errors).toEqual(['positions.a', 'positions.a'])
})

describe('disk', () => {
  test.each([
    [{ freeBytes: 2 * gib - 1, sizeBytes: 10 * gib }, true],
    [{ freeBytes: 2 * gib, sizeBytes: 10 * gib }, false],
    [{ freeBytes: 49 * gib, sizeBytes: 1000 * gib }, true],
    [{ freeBytes: 50 * gib, sizeBytes: 1000 * gib }, false],
  ])('%o below the reserve: %s', (space, below) => {
    expect(isBelowReserve(space)).toBe(below)
  })

  test('ingest closes and opens with the samples', async () => {
    let freeBytes = 5 * gib
    const disk = await createDisk({ folder: '/', clock: testClock(), log: silentLog }, async () => ({
      freeBytes,
      sizeBytes: 10 * gib,
    }))
    expect(disk.ingestOpen()).toBe(true)
    freeBytes = gib
    await disk.sample()
    expect(disk.ingestOpen()).toBe(false)
    freeBytes = 3 * gib
    await disk.sample()
    expect(disk.ingestOpen()).toBe(true)
  })

  test.runIf(isRoot())('a real small file system is below the reserve', async (context) => {
    const folder = path.join(temporaryFolder('disk'), 'small')
    mkdirSync(folder)
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', folder], { stdio: 'ignore' })
    } catch {
      context.skip('mount is not allowed here')
    }
    try {
      const disk = await createDisk({ folder, clock: testClock(), log: silentLog })
      expect(disk.space().sizeBytes).toBe(64 * 1024 * 1024)
      expect(disk.ingestOpen()).toBe(false)
    } finally {
      execFileSync('umount', [folder])
    }
  })
})

describe('bodies', () => {
  const limits = { limitBytes: 100, timeoutMs: 10_000 }

  test('whole, in pieces, declared or not', async () => {
    for (const declared of [undefined, 30, 10, 60]) {
      const source = new PassThrough()
      const body = readBody(source, limits, declared)
      for (const piece of ['a', 'b', 'c']) {
        source.write(piece.repeat(10))
      }
      source.end()
      expect(Buffer.from(await body).toString()).toBe('a'.repeat(10) + 'b'.repeat(10) + 'c'.repeat(10))
    }
  })

  test('one byte too many, announced or not; cut short; a drip', async () => {
    await expect(readBody(new PassThrough(), limits, 101)).rejects.toMatchObject({ code: 'request.too-large' })
    const long = new PassThrough()
    const tooLong = readBody(long, limits)
    long.write(Buffer.alloc(101))
    await expect(tooLong).rejects.toMatchObject({ code: 'request.too-large' })
    const cut = new PassThrough()
    const short = readBody(cut, limits)
    cut.write('x')
    cut.destroy()
    await expect(short).rejects.toMatchObject({ code: 'request.invalid' })
    const drip = new PassThrough()
    const slow = readBody(drip, { ...limits, minimumBytesPerSecond: 1000, graceMs: 50 })
    drip.write('x')
    await expect(slow).rejects.toMatchObject({ code: 'request.too-slow' })
  })
})

test('bodies held together have a budget; what is given back may be held again', async () => {
  const budget = createBodyBudget(100)
  const read = (share: BodyShare, size: number): Promise<Uint8Array> => {
    const source = new PassThrough()
    source.end(Buffer.alloc(size))
    return readBody(source, { limitBytes: 100, timeoutMs: 10_000, share }, size)
  }
  const [one, other] = [budget.open(), budget.open()]
  await read(one, 60)
  await expect(read(other, 60)).rejects.toMatchObject({ name: 'Unavailable', what: 'memory' })
  other.close()
  one.close()
  one.close()
  expect(budget.heldBytes()).toBe(0)
  expect(await read(budget.open(), 60)).toHaveLength(60)
})

test('log files turn over by size and never grow beyond it', () => {
  const folder = temporaryFolder('log')
  const file = openLogFile({ folder, name: 'server.log', limitBytes: 100, keep: 2 })
  for (let index = 0; index < 50; index += 1) {
    file.write(`line ${index} ${'x'.repeat(30)}\n`)
  }
  file.close()
  const names = readdirSync(folder).filter((name) => name.startsWith('server.log'))
  expect(names.sort()).toEqual(['server.log', 'server.log.1', 'server.log.2'])
  expect(names.every((name) => statSync(path.join(folder, name)).size <= 100)).toBe(true)
})

test('timers never overlap, go on after a failure, and stop with their run', async () => {
  let running = 0
  let most = 0
  let runs = 0
  const timers = startTimers(
    [
      {
        name: 't',
        everyMs: 1,
        run: async () => {
          running += 1
          most = Math.max(most, running)
          await new Promise((resolve) => setImmediate(resolve))
          running -= 1
          runs += 1
          if (runs === 2) {
            throw new Error('once')
          }
        },
      },
    ],
    silentLog,
  )
  await expect.poll(() => runs).toBeGreaterThan(3)
  await timers.stop()
  const after = runs
  expect([running, most]).toEqual([0, 1])
  await new Promise((resolve) => setImmediate(resolve))
  expect(runs).toBe(after)
})
