import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { footageAead, type StreamingAead, streamingAead, WrongCiphertext } from './aead.ts'

const small = streamingAead({ segmentBytes: 64, derivedKeyBytes: 32, hash: 'sha256', dataKeyBytes: 32 })
const dataKey = new Uint8Array(32).fill(7)
const name = new TextEncoder().encode('recordings/1')

function sealWhole(aead: StreamingAead, plaintext: Uint8Array, cuts: readonly number[] = []): Buffer {
  const sealing = aead.seal(dataKey, name, new Uint8Array(aead.randomBytes).fill(3))
  const pieces: Uint8Array[] = [sealing.header]
  let from = 0
  for (const cut of [...cuts, plaintext.length]) {
    pieces.push(...sealing.push(plaintext.subarray(from, Math.max(from, cut))))
    from = Math.max(from, cut)
  }
  return Buffer.concat([...pieces, ...sealing.end()])
}

function openWhole(aead: StreamingAead, stored: Uint8Array, key = dataKey, associated = name): Buffer {
  const opening = aead.open(key, associated, stored.subarray(0, aead.headerBytes))
  const last = Math.max(0, Math.ceil(stored.length / aead.segmentBytes) - 1)
  return Buffer.concat(
    Array.from({ length: last + 1 }, (_, index) => {
      const from = index === 0 ? aead.headerBytes : index * aead.segmentBytes
      return opening.open(index, index === last, stored.subarray(from, (index + 1) * aead.segmentBytes))
    }),
  )
}

// tink-java, AesGcmHkdfStreamingTestUtil, "test_manually_created_test_vector".
test('the published vector of Tink', () => {
  const tink = streamingAead({ segmentBytes: 64, derivedKeyBytes: 16, hash: 'sha1', dataKeyBytes: 16 })
  const key = Buffer.from('6eb56cdc726dfbe5d57f2fcdc6e9345b', 'hex')
  const plaintext = 'This is a fairly long plaintext. It is of the exact length to create three output blocks. '
  const random = Buffer.from('93b3af5e14ab378d065addfc8484da642c0862877baea8', 'hex')
  const sealing = tink.seal(key, Buffer.from('aad'), random)
  const stored = Buffer.concat([sealing.header, ...sealing.push(Buffer.from(plaintext)), ...sealing.end()])
  expect(stored.toString('hex')).toBe(
    '1893b3af5e14ab378d065addfc8484da642c0862877baea8' +
      'db92d9c77406a406168478821c4298eab3e6d531277f4c1a051714faebcaefcbca7b7be05e9445ea' +
      'a0bb2904153398a25084dd80ae0edcd1c3079fcea2cd3770630ee36f7539207b8ec9d754956d486b71cdf989f0ed6fba6779b63558be0a66e668df14e1603cd2' +
      'af8944844078345286d0b292e772e7190775c51a0f83e40c0b75821027e7e538e111',
  )
  expect(openWhole(tink, stored, key, Buffer.from('aad')).toString()).toBe(plaintext)
})

describe('properties', () => {
  const plaintexts = fc.uint8Array({ maxLength: 400 })

  test('what was sealed in any pieces opens to the same, with the sizes foretold', () => {
    fc.assert(
      fc.property(plaintexts, fc.array(fc.nat(400), { maxLength: 6 }), (plaintext, cuts) => {
        const sorted = cuts.map((cut) => Math.min(cut, plaintext.length)).sort((a, b) => a - b)
        const stored = sealWhole(small, plaintext, sorted)
        expect(stored.length).toBe(small.storedSize(plaintext.length))
        expect(small.plainSize(stored.length)).toBe(plaintext.length)
        expect(openWhole(small, stored).equals(plaintext)).toBe(true)
        const atOnce = small.sealWhole(dataKey, name, new Uint8Array(small.randomBytes).fill(3), plaintext)
        expect(Buffer.concat([...atOnce]).equals(stored)).toBe(true)
      }),
    )
  })

  test('a flipped bit, a cut, a swap of segments: nothing opens', () => {
    fc.assert(
      fc.property(plaintexts, fc.nat(), fc.nat(7), (plaintext, at, bit) => {
        const stored = sealWhole(small, plaintext)
        stored[at % stored.length]! ^= 1 << bit
        expect(() => openWhole(small, stored)).toThrow(WrongCiphertext)
      }),
    )
    const stored = sealWhole(small, new Uint8Array(300).fill(1))
    expect(() => openWhole(small, stored.subarray(0, 128))).toThrow(WrongCiphertext)
    const swapped = Buffer.concat([
      stored.subarray(0, 64),
      stored.subarray(128, 192),
      stored.subarray(64, 128),
      stored.subarray(192),
    ])
    expect(() => openWhole(small, swapped)).toThrow(WrongCiphertext)
    expect(() => openWhole(small, stored, dataKey, Buffer.from('recordings/2'))).toThrow(WrongCiphertext)
    expect(() => openWhole(small, stored, new Uint8Array(32))).toThrow(WrongCiphertext)
  })

  test('sizes no plaintext can have are known', () => {
    const possible = new Set(Array.from({ length: 500 }, (_, size) => small.storedSize(size)))
    for (let stored = 0; stored < small.storedSize(499); stored += 1) {
      expect(small.plainSize(stored) !== null).toBe(possible.has(stored))
    }
  })
})

test('footage: whole segments of 1 MiB and their edges', () => {
  for (const size of [0, 1, 1024 * 1024 - 56, 1024 * 1024 - 55, 2 * 1024 * 1024]) {
    const plaintext = new Uint8Array(size).fill(9)
    const stored = sealWhole(footageAead, plaintext)
    expect(stored.length).toBe(footageAead.storedSize(size))
    expect(openWhole(footageAead, stored).equals(plaintext)).toBe(true)
  }
})
