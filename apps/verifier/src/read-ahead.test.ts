import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readAhead } from './read-ahead.ts'

const sizeBytes = 21 * 1024 * 1024 + 7
const bytes = Uint8Array.from({ length: sizeBytes }, (_, place) => (place * 131) & 0xff)
const file = new Blob([bytes])

test('answers any stretch of the file, or what is left of it', async () => {
  const source = readAhead(file)
  expect(source.sizeBytes).toBe(sizeBytes)
  const into = new Uint8Array(9 * 1024 * 1024)
  const stretch = fc.tuple(fc.integer({ min: 0, max: sizeBytes + 10 }), fc.integer({ min: 0, max: into.length }))
  await fc.assert(
    fc.asyncProperty(stretch, fc.boolean(), async ([offset, length], reuse) => {
      const read = await source.read(offset, length, reuse ? into : undefined)
      expect(Buffer.compare(read, bytes.subarray(offset, offset + length))).toBe(0)
    }),
    { numRuns: 60 },
  )
})

test('asks for few chunks at a time, once each when read in order, and keeps few', async () => {
  const asked: number[] = []
  const counting = {
    size: file.size,
    slice: (start: number, end: number) => {
      asked.push(start)
      return file.slice(start, end)
    },
  }
  const source = readAhead(counting)
  for (let offset = 0; offset < sizeBytes; offset += 100_000) {
    await source.read(offset, 100_000)
  }
  expect(asked).toEqual([0, 1, 2, 3, 4, 5].map((chunk) => chunk * 4 * 1024 * 1024))
})

test('a file that cannot be read any more says so, each time', async () => {
  const gone = { size: 100, slice: () => ({ arrayBuffer: () => Promise.reject(new Error('gone')) }) }
  const source = readAhead(gone)
  await expect(source.read(0, 10)).rejects.toThrow('gone')
  await expect(source.read(0, 10)).rejects.toThrow('gone')
})
