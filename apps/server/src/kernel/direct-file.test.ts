import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../test-kit/index.ts'
import { createDirectFiles } from './direct-file.ts'

const folder = temporaryFolder('direct')
const sizes = [0, 1, 511, 4095, 4096, 4097, 524_344, 1_048_575, 1_048_576, 1_048_577, 3_000_001]

/** Pieces of unlike lengths, none of which divides a block. */
function* cut(bytes: Uint8Array): Generator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += 32_749) {
    yield bytes.subarray(from, from + 32_749)
  }
}

describe('files written past the page cache', () => {
  const unaligned = new Uint8Array(new ArrayBuffer(1024 * 1024 + 8), 8)
  let throughCache = 0
  const onCache = (): void => {
    throughCache += 1
  }
  test.each([
    ['from memory that begins at a block', createDirectFiles({ onCache }), null],
    // The kernel refuses the transfer (EINVAL), as a file system without direct transfers refuses the opening.
    ['through the cache where it cannot be', createDirectFiles({ page: unaligned, onCache }), 1],
  ])('are what was given, of any size, %s', (how, files, told) => {
    for (const size of sizes) {
      const bytes = randomBytes(size)
      const file = path.join(folder, `${how}-${size}`)
      expect(files.write(file, () => cut(bytes))).toBe(size)
      expect(readFileSync(file).equals(bytes)).toBe(true)
    }
    if (told !== null) {
      expect(throughCache).toBeGreaterThanOrEqual(told)
    }
  })

  test('never over a file that is there, and none is left when the pieces end in an error', () => {
    const files = createDirectFiles()
    const there = path.join(folder, 'there')
    writeFileSync(there, 'before')
    expect(() => files.write(there, () => [randomBytes(10)])).toThrow('EEXIST')
    expect(readFileSync(there, 'utf8')).toBe('before')
    const broken = path.join(folder, 'broken')
    const failing = function* (): Generator<Uint8Array> {
      yield randomBytes(1_500_000)
      throw new Error('no more')
    }
    expect(() => files.write(broken, failing)).toThrow('no more')
    expect(existsSync(broken)).toBe(false)
  })
})
