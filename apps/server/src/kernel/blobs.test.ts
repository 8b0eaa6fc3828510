import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { beforeEach, expect, test } from 'vitest'
import { temporaryFolder } from '../test-kit/index.ts'
import { streamingAead, WrongCiphertext } from './aead.ts'
import { BlobMissing, type BlobStore, createFileBlobs, removeUnfinished } from './blobs.ts'
import { systemClock } from './clock.ts'
import { createDirectorySync } from './directory-sync.ts'
import { createIds } from './ids.ts'

const small = streamingAead({ segmentBytes: 64, derivedKeyBytes: 32, hash: 'sha256', dataKeyBytes: 32 })
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

async function whole(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(pieces))
}

test('any range of any object reads as the plaintext does', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.nat(310), fc.nat(310), async (bytes, start, end) => {
      const key = `p/${ids.uuid()}`
      const put = await blobs.put(key, bytes, dataKey)
      expect(put).toEqual({ sizeBytes: bytes.length, storedBytes: small.storedSize(bytes.length) })
      expect(await blobs.size(key)).toBe(bytes.length)
      const read = await whole(blobs.read(key, dataKey, { start, end }))
      expect(read.equals(bytes.subarray(start, Math.max(start, end)))).toBe(true)
    }),
    { numRuns: 60 },
  )
})

test('a stream is stored as one object, and what is stored is not the plaintext', async () => {
  async function* pieces() {
    for (let index = 0; index < 50; index += 1) {
      yield new TextEncoder().encode(`line ${index}\n`)
    }
  }
  await blobs.put('a/b/c', pieces(), dataKey)
  expect((await whole(blobs.read('a/b/c', dataKey))).toString()).toContain('line 49')
  expect(readFileSync(path.join(folder, 'a/b/c')).includes('line')).toBe(false)
})

test('the same key again leaves the first object alone; at the same time, one is written', async () => {
  await blobs.put('k', Buffer.from('first'), dataKey)
  await blobs.put('k', Buffer.from('second'), dataKey)
  expect((await whole(blobs.read('k', dataKey))).toString()).toBe('first')
  await Promise.all([1, 2, 3].map((n) => blobs.put('same', Buffer.from(`n${n}`), dataKey)))
  expect((await whole(blobs.read('same', dataKey))).toString()).toBe('n1')
})

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

test('damage is an error, an absent object another', async () => {
  await blobs.put('k', Buffer.alloc(200, 5), dataKey)
  const file = path.join(folder, 'k')
  const bytes = readFileSync(file)
  bytes[100]! ^= 1
  writeFileSync(file, bytes)
  await expect(whole(blobs.read('k', dataKey))).rejects.toThrow(WrongCiphertext)
  writeFileSync(file, bytes.subarray(0, 64))
  await expect(whole(blobs.read('k', dataKey))).rejects.toThrow(WrongCiphertext)
  await expect(whole(blobs.read('none', dataKey))).rejects.toThrow(BlobMissing)
  expect(await blobs.size('none')).toBeNull()
})

test.each(['../x', '/x', 'a/../../x', '.hidden', 'a//b', ''])('no key leads out of the folder: %s', async (key) => {
  await expect(blobs.put(key, Buffer.from('x'), dataKey)).rejects.toThrow(TypeError)
})

test('list, remove, and what a crash left unfinished', async () => {
  for (const key of ['m/1/a', 'm/1/b', 'm/2/a']) {
    await blobs.put(key, Buffer.from(key), dataKey)
  }
  writeFileSync(path.join(folder, 'm/1/.new-left'), 'half')
  expect(await Array.fromAsync(blobs.list(''))).toEqual(['m/1/a', 'm/1/b', 'm/2/a'])
  expect(await Array.fromAsync(blobs.list('m/1/'))).toEqual(['m/1/a', 'm/1/b'])
  expect(await removeUnfinished(folder)).toBe(1)
  await blobs.remove('m/1/a')
  await blobs.remove('m/1/a')
  expect(await Array.fromAsync(blobs.list('m/1/'))).toEqual(['m/1/b'])
})

test('a source that fails leaves nothing behind', async () => {
  async function* broken() {
    yield Buffer.alloc(1000)
    throw new Error('the sender went away')
  }
  await expect(blobs.put('x/y', broken(), dataKey)).rejects.toThrow('went away')
  expect(readdirSync(path.join(folder, 'x'))).toEqual([])
})
