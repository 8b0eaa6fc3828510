import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type StreamingAead, streamingAead, WrongCiphertext } from '../aead.ts'
import { BlobMissing, type BlobStore } from '../blobs.ts'
import { systemClock } from '../clock.ts'
import { createIds } from '../ids.ts'

/** Segments of 64 bytes, so that small objects have many. */
export const smallAead: StreamingAead = streamingAead({
  segmentBytes: 64,
  derivedKeyBytes: 32,
  hash: 'sha256',
  dataKeyBytes: 32,
})
const ids = createIds(systemClock)
const dataKey = new Uint8Array(32).fill(1)

export async function whole(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(pieces))
}

export type StoreUnderTest = {
  readonly blobs: BlobStore
  /** The stored ciphertext, to be looked at and replaced behind the store's back. */
  readonly stored: (key: string) => Promise<Uint8Array>
  readonly replace: (key: string, bytes: Uint8Array) => Promise<void>
}

/** What every {@link BlobStore} must do, made with {@link smallAead} and empty for each test. */
export function describeBlobStore(name: string, make: () => Promise<StoreUnderTest>, ranges: number): void {
  describe(`blobs in ${name}`, () => {
    test('any range of any object reads as the plaintext does', async () => {
      const { blobs } = await make()
      await fc.assert(
        fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.nat(310), fc.nat(310), async (bytes, start, end) => {
          const key = `p/${ids.uuid()}`
          const put = await blobs.put(key, bytes, dataKey)
          expect(put).toEqual({ sizeBytes: bytes.length, storedBytes: smallAead.storedSize(bytes.length) })
          expect(await blobs.size(key)).toBe(bytes.length)
          const read = await whole(blobs.read(key, dataKey, { start, end }))
          expect(read.equals(bytes.subarray(start, Math.max(start, end)))).toBe(true)
        }),
        { numRuns: ranges },
      )
    })

    test('a stream is stored as one object, and what is stored is not the plaintext', async () => {
      const { blobs, stored } = await make()
      async function* pieces() {
        for (let index = 0; index < 50; index += 1) {
          yield new TextEncoder().encode(`line ${index}\n`)
        }
      }
      await blobs.put('a/b/c', pieces(), dataKey)
      expect((await whole(blobs.read('a/b/c', dataKey))).toString()).toContain('line 49')
      expect(Buffer.from(await stored('a/b/c')).includes('line')).toBe(false)
    })

    test('the same key again leaves the first object alone; at the same time, one is written', async () => {
      const { blobs } = await make()
      await blobs.put('k', Buffer.from('first'), dataKey)
      await blobs.put('k', Buffer.from('second'), dataKey)
      expect((await whole(blobs.read('k', dataKey))).toString()).toBe('first')
      await Promise.all([1, 2, 3].map((n) => blobs.put('same', Buffer.from(`n${n}`), dataKey)))
      expect((await whole(blobs.read('same', dataKey))).toString()).toBe('n1')
    })

    test('damage is an error, an absent object another', async () => {
      const { blobs, stored, replace } = await make()
      await blobs.put('k', Buffer.alloc(200, 5), dataKey)
      const bytes = Uint8Array.from(await stored('k'))
      bytes[100] = (bytes[100] ?? 0) ^ 1
      await replace('k', bytes)
      await expect(whole(blobs.read('k', dataKey))).rejects.toThrow(WrongCiphertext)
      await replace('k', bytes.subarray(0, 64))
      await expect(whole(blobs.read('k', dataKey))).rejects.toThrow(WrongCiphertext)
      await expect(whole(blobs.read('none', dataKey))).rejects.toThrow(BlobMissing)
      expect(await blobs.size('none')).toBeNull()
      expect(await blobs.exists('none')).toBe(false)
    })

    test('two objects cannot change places', async () => {
      const { blobs, stored, replace } = await make()
      await blobs.put('one', Buffer.from('one'), dataKey)
      await blobs.put('two', Buffer.from('two'), dataKey)
      await replace('one', await stored('two'))
      await expect(whole(blobs.read('one', dataKey))).rejects.toThrow(WrongCiphertext)
    })

    test.each(['../x', '/x', 'a/../../x', '.hidden', 'a//b', ''])('no key leads elsewhere: %s', async (key) => {
      const { blobs } = await make()
      await expect(async () => blobs.put(key, Buffer.from('x'), dataKey)).rejects.toThrow(TypeError)
    })

    test('list and remove', async () => {
      const { blobs } = await make()
      for (const key of ['m/1/a', 'm/1/b', 'm/2/a']) {
        await blobs.put(key, Buffer.from(key), dataKey)
      }
      expect(await Array.fromAsync(blobs.list(''))).toEqual(['m/1/a', 'm/1/b', 'm/2/a'])
      expect(await Array.fromAsync(blobs.list('m/1/'))).toEqual(['m/1/a', 'm/1/b'])
      await blobs.remove('m/1/a')
      await blobs.remove('m/1/a')
      expect(await blobs.exists('m/1/a')).toBe(false)
      expect(await Array.fromAsync(blobs.list('m/1/'))).toEqual(['m/1/b'])
    })

    test('a source that fails leaves nothing behind', async () => {
      const { blobs } = await make()
      async function* broken() {
        yield Buffer.alloc(1000)
        throw new Error('the sender went away')
      }
      await expect(blobs.put('x/y', broken(), dataKey)).rejects.toThrow('went away')
      expect(await blobs.exists('x/y')).toBe(false)
      expect(await Array.fromAsync(blobs.list(''))).toEqual([])
    })
  })
}
