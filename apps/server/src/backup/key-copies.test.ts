import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { keyCopyDays } from '../kernel/key-copies.ts'
import { temporaryFolder } from '../test-kit/index.ts'
import { partsOf } from './plan.ts'
import { thinKeyCopies } from './snapshot-keys.ts'

const dayMs = 86_400_000

test('of the copies of keys none is older than its term, be they few; the newest of all stays', async () => {
  const folder = temporaryFolder('key-copies')
  const { keys } = partsOf(folder)
  mkdirSync(keys)
  const nowMs = 30_000 * dayMs + dayMs / 2
  const put = (atMs: number): void => writeFileSync(path.join(keys, `${atMs}.sealed`), '')
  const kept = async (atMs: number) => {
    await thinKeyCopies(folder, atMs)
    return readdirSync(keys)
      .map((name) => (nowMs - Number.parseInt(name, 10)) / dayMs)
      .sort((left, right) => left - right)
  }
  for (const ageDays of [15, 14.5, 13, 2, 1.25, 1.125, 0.25, 0.125, 0]) {
    put(nowMs - ageDays * dayMs)
  }
  expect(await kept(nowMs)).toEqual([0, 0.125, 0.25, 1.125, 2, 13])
  // Nothing changes any more: what was copied before the last change goes all the same.
  expect(await kept(nowMs + keyCopyDays * dayMs)).toEqual([0])
  expect(await kept(nowMs + 3 * keyCopyDays * dayMs)).toEqual([0])
})
