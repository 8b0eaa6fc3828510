import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { temporaryFolder } from '../test-kit/index.ts'
import { createFileBlobs } from './blobs.ts'
import { systemClock } from './clock.ts'
import { createIds } from './ids.ts'
import { WrongHash } from './object-file.ts'
import { createObjectThreads } from './object-threads.ts'

const folder = temporaryFolder('threads')
const threads = createObjectThreads()
const dataKey = new Uint8Array(32).fill(1)
const blobs = createFileBlobs(folder, createIds(systemClock), undefined, undefined, threads)
afterAll(() => threads.close())

const shared = (bytes: Uint8Array): Uint8Array => {
  const made = new Uint8Array(new SharedArrayBuffer(bytes.length))
  made.set(bytes)
  return made
}
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const readBack = async (key: string): Promise<Buffer> => Buffer.concat(await Array.fromAsync(blobs.read(key, dataKey)))

describe('objects kept where they are or, when large, on a thread', () => {
  test('read back as they were, many at once, of shared memory and of ours', async () => {
    const all = [0, 1, 524_288, 1_048_519, 1_048_520, 1_048_577, 2_500_000, 3_000_000].map((size) => randomBytes(size))
    await Promise.all(
      all.map(async (bytes, place) => {
        const given = place % 2 === 0 ? bytes : shared(bytes)
        const put = await blobs.putStated(`m/${place}`, given, dataKey, sha256(bytes))
        expect(put.sizeBytes).toBe(bytes.length)
      }),
    )
    for (const [place, bytes] of all.entries()) {
      expect((await readBack(`m/${place}`)).equals(bytes)).toBe(true)
    }
  })

  test('other bytes than were stated leave nothing, also beside what is there', async () => {
    const bytes = randomBytes(1_200_000)
    const stated = sha256(bytes)
    await expect(blobs.putStated('w/1', randomBytes(1_200_000), dataKey, stated)).rejects.toThrow(WrongHash)
    expect(readdirSync(path.join(folder, 'w'))).toEqual([])
    const both = [
      blobs.putStated('w/1', bytes, dataKey, stated),
      blobs.putStated('w/1', randomBytes(1_100_000), dataKey, stated),
    ]
    expect((await Promise.allSettled(both)).map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
    expect((await readBack('w/1')).equals(bytes)).toBe(true)
  })

  test('a failure of the disk keeps its code', async () => {
    mkdirSync(path.join(folder, 'd'))
    mkdirSync(path.join(folder, 'd/taken'))
    const task = {
      key: 'd/taken',
      target: path.join(folder, 'none/x'),
      temporary: path.join(folder, 'none/.new-x'),
      dataKey,
      random: randomBytes(39),
      sha256: null,
    }
    await expect(threads.keep(task, randomBytes(10))).rejects.toMatchObject({ code: 'ENOENT' })
  })
})
