import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  fileBlockBytes,
  fileBlockCount,
  fileBlockName,
  fileBlockSize,
  fileBlocksRoot,
  fileMembers,
} from './file-recording.ts'

test('blocks cover a file exactly, whatever its size', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 40 * fileBlockBytes }), (sizeBytes) => {
      const count = fileBlockCount(sizeBytes)
      const sizes = Array.from({ length: count }, (_, block) => fileBlockSize(sizeBytes, block))
      expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(sizeBytes)
      expect(sizes.slice(0, -1).every((size) => size === fileBlockBytes)).toBe(true)
      expect(sizes.every((size) => size > 0)).toBe(true)
      expect(fileBlockSize(sizeBytes, count)).toBe(0)
    }),
  )
})

test('the root is the format’s: a prefix and the hashes in order (section 12)', async () => {
  const hashes = ['00'.repeat(32), '01'.repeat(32)]
  const expected = createHash('sha256')
    .update('sereno-blocks-v1\0')
    .update(Buffer.from(hashes.join(''), 'hex'))
    .digest('hex')
  expect(await fileBlocksRoot(hashes)).toBe(expected)
  expect(await fileBlocksRoot(hashes.toReversed())).not.toBe(expected)
  await expect(fileBlocksRoot(['00'])).rejects.toThrow(TypeError)
})

test('names that could leave their folder, or hide, are not names', () => {
  const file = { sizeBytes: 1, sha256: 'a'.repeat(64), blockBytes: fileBlockBytes, blocks: 'b'.repeat(64) }
  const read = (name: string) => fileMembers.file({ ...file, name })
  expect(read('GX010123.MP4')?.name).toBe('GX010123.MP4')
  expect(read('grabación ñ.mkv')).toBeDefined()
  for (const name of ['', '.', '..', 'a/b', 'a\\b', 'a\0b', 'a\nb', 'x'.repeat(256)]) {
    expect(read(name)).toBeUndefined()
  }
  expect(fileBlockName(3, 12)).toBe('files/00000003/00000012.block')
})
