import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toHex, utf8 } from './bytes.ts'
import { sha256Hex } from './hash.ts'
import { createSha256 } from './sha256.ts'

test('FIPS 180-4 examples', () => {
  const of = (text: string): string => {
    const digest = createSha256()
    digest.update(utf8(text))
    return digest.digest()
  }
  expect(of('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
  expect(of('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  expect(of('abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq')).toBe(
    '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
  )
})

test.each([0, 1, 65_535, 65_536, 65_537, 200_000])('%i bytes: at once or by WebCrypto, the same', async (size) => {
  const bytes = new Uint8Array(size).fill(7)
  expect(await sha256Hex(bytes)).toBe(toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))))
})

test('whatever pieces it is fed in, it is what WebCrypto makes of the whole', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 8 }), async (pieces) => {
      const digest = createSha256()
      for (const piece of pieces) {
        digest.update(piece)
      }
      expect(digest.digest()).toBe(await sha256Hex(Buffer.concat(pieces)))
    }),
  )
})
