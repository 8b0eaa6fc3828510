import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { temporaryFolder } from '../test-kit/index.ts'
import { type BlobStore, createFileBlobs, removeUnfinished } from './blobs.ts'
import { systemClock } from './clock.ts'
import { createDirectorySync } from './directory-sync.ts'
import { createIds } from './ids.ts'
import { describeBlobStore, smallAead as small } from './storage/blobs.test-kit.ts'

const ids = createIds(systemClock)
const dataKey = new Uint8Array(32).fill(1)
const root = temporaryFolder('blobs')
let count = 0
let folder = ''
let blobs: BlobStore
beforeEach(() => {
  count += 1
  folder = path.join(root, String(count))
  mkdirSync(folder)
  blobs = createFileBlobs(folder, ids, createDirectorySync(), small)
})

describeBlobStore(
  'files',
  async () => ({
    blobs,
    stored: async (key) => readFileSync(path.join(folder, key)),
    replace: async (key, bytes) => writeFileSync(path.join(folder, key), bytes),
  }),
  60,
)

test('put answers only after an fsync of the directory that began with the file in its place', async () => {
  const seen: string[] = []
  const held = Promise.withResolvers<void>()
  const slow = createFileBlobs(
    folder,
    ids,
    createDirectorySync(async (synced) => {
      seen.push(
        `${path.relative(folder, synced)}:${readdirSync(synced)
          .filter((name) => !name.startsWith('.'))
          .join()}`,
      )
      if (synced.endsWith('/r')) {
        await held.promise
      }
    }),
    small,
  )
  let answered = 0
  const puts = ['r/1', 'r/2', 'r/3'].map(async (key) => {
    await slow.put(key, Buffer.from(key), dataKey)
    answered += 1
  })
  await expect.poll(() => readdirSync(path.join(folder, 'r')).filter((name) => !name.startsWith('.')).length).toBe(3)
  expect(answered).toBe(0)
  held.resolve()
  await Promise.all(puts)
  // The folder's own name first, then the files, the last sync with all three in place.
  expect(seen[0]).toBe(':r')
  expect(seen.at(-1)).toBe('r:1,2,3')
  expect(seen.length).toBeLessThanOrEqual(3 + 3)
})

test('calls for one directory share a sync that starts after each of them', async () => {
  let started = 0
  const gates: (() => void)[] = []
  const directories = createDirectorySync(() => {
    started += 1
    return new Promise((resolve) => gates.push(resolve))
  })
  const first = directories.sync('/d')
  const later = [directories.sync('/d'), directories.sync('/d')]
  expect(started).toBe(1)
  gates[0]?.()
  await first
  await expect.poll(() => started).toBe(2)
  gates[1]?.()
  await Promise.all(later)
  expect(started).toBe(2)
})

test('what a crash left unfinished is not listed, and removed at the next start', async () => {
  for (const key of ['m/1/a', 'm/1/b', 'm/2/a']) {
    await blobs.put(key, Buffer.from(key), dataKey)
  }
  writeFileSync(path.join(folder, 'm/1/.new-left'), 'half')
  expect(await Array.fromAsync(blobs.list(''))).toEqual(['m/1/a', 'm/1/b', 'm/2/a'])
  expect(await removeUnfinished(folder)).toBe(1)
  expect(readdirSync(path.join(folder, 'm/1'))).toEqual(['a', 'b'])
})
