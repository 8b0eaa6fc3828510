import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../test-kit/index.ts'
import { copyFootage, type SeenFolders } from './copy-footage.ts'

test('an object that comes in the tick of the listing, after it, is copied the next time', async () => {
  const root = temporaryFolder('footage')
  const [from, to] = [path.join(root, 'from'), path.join(root, 'to')]
  const folder = path.join(from, 'm', '1')
  mkdirSync(folder, { recursive: true })
  const seen: SeenFolders = new Map()
  const nowMs = 1_800_000_000_000
  const put = (name: string, atMs: number): void => {
    writeFileSync(path.join(folder, name), name)
    utimesSync(folder, atMs / 1000, atMs / 1000)
  }
  put('first', nowMs)
  expect(await copyFootage({ from, to }, seen, nowMs)).toBe(1)
  put('same-tick', nowMs)
  expect(await copyFootage({ from, to }, seen, nowMs + 1_000)).toBe(1)
  expect(readdirSync(path.join(to, 'm', '1')).sort()).toEqual(['first', 'same-tick'])
  // Once the change lies well behind, the folder is not read again until it changes.
  expect(await copyFootage({ from, to }, seen, nowMs + 10_000)).toBe(0)
  expect(seen.get(folder)).toBe(nowMs)
  put('later', nowMs + 20_000)
  expect(await copyFootage({ from, to }, seen, nowMs + 20_000)).toBe(1)
})
