import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto'

/**
 * Tink's AES-GCM-HKDF streaming AEAD (https://developers.google.com/tink/streaming-aead/aes_gcm_hkdf_streaming) with
 * AES-256, HKDF-SHA256 and 1 MiB ciphertext segments: any byte range can be read and authenticated by itself.
 *
 *     header = u8 40 ‖ salt (32) ‖ nonce prefix (7)
 *     key    = HKDF-SHA256(data key, salt, info = associated data)
 *     segment i = AES-256-GCM(key, nonce = prefix ‖ u32be i ‖ u8 last, plaintext i) ‖ tag (16)
 *
 * Segment 0 is shorter by the header, so that segment i starts at byte i MiB of the file. The counter and the last flag
 * in the nonce make a moved, dropped or cut-off segment fail.
 */
export const segmentBytes: number = 1024 * 1024
const saltBytes = 32
const prefixBytes = 7
export const headerBytes: number = 1 + saltBytes + prefixBytes
const tagBytes = 16
const firstPlainBytes = segmentBytes - headerBytes - tagBytes
const plainBytes = segmentBytes - tagBytes

export class WrongCiphertext extends Error {
  constructor(detail: string) {
    super(`the stored bytes do not authenticate: ${detail}`)
    this.name = 'WrongCiphertext'
  }
}

type StreamKey = { readonly key: Uint8Array; readonly prefix: Uint8Array }

/** Encrypts a stream piece by piece. `push` answers what is ready to be written; `end` the rest. */
export type Sealing = {
  readonly header: Uint8Array
  readonly push: (plaintext: Uint8Array) => readonly Uint8Array[]
  readonly end: () => readonly Uint8Array[]
}

/** @param random 39 fresh random bytes: salt and nonce prefix. */
export function beginSealing(dataKey: Uint8Array, associatedData: Uint8Array, random: Uint8Array): Sealing {
  const salt = random.subarray(0, saltBytes)
  const prefix = random.subarray(saltBytes, saltBytes + prefixBytes)
  const stream = { key: deriveKey(dataKey, salt, associatedData), prefix }
  const header = Buffer.concat([Uint8Array.of(headerBytes), salt, prefix])
  let index = 0
  let held: Uint8Array[] = []
  let heldBytes = 0

  function seal(last: boolean): readonly Uint8Array[] {
    const cipher = createCipheriv('aes-256-gcm', stream.key, nonce(stream.prefix, index, last))
    const parts = held.map((piece) => cipher.update(piece))
    cipher.final()
    index += 1
    held = []
    heldBytes = 0
    return [...parts, cipher.getAuthTag()]
  }

  return {
    header,
    push(plaintext) {
      const ready: Uint8Array[] = []
      let rest = plaintext
      while (rest.length > 0) {
        const capacity = index === 0 ? firstPlainBytes : plainBytes
        // A full segment is sealed only when more follows: until then it may be the last one, which has another nonce.
        if (heldBytes === capacity) {
          ready.push(...seal(false))
          continue
        }
        const piece = rest.subarray(0, capacity - heldBytes)
        held.push(piece)
        heldBytes += piece.length
        rest = rest.subarray(piece.length)
      }
      return ready
    },
    end: () => seal(true),
  }
}

/** Stored size of a plaintext of so many bytes. */
export function storedSize(sizeBytes: number): number {
  const segments = sizeBytes <= firstPlainBytes ? 1 : 1 + Math.ceil((sizeBytes - firstPlainBytes) / plainBytes)
  return headerBytes + sizeBytes + segments * tagBytes
}

/** Plaintext size of so many stored bytes, or null when no plaintext has that stored size. */
export function plainSize(storedBytes: number): number | null {
  const segments = Math.max(1, Math.ceil(storedBytes / segmentBytes))
  const sizeBytes = storedBytes - headerBytes - segments * tagBytes
  return sizeBytes >= 0 && storedSize(sizeBytes) === storedBytes ? sizeBytes : null
}

/** Which stored bytes hold the plaintext from `start` to before `end`, by whole segments. */
export function segmentsOf(range: { readonly start: number; readonly end: number }): {
  readonly first: number
  readonly last: number
} {
  const at = (offset: number): number =>
    offset < firstPlainBytes ? 0 : 1 + Math.floor((offset - firstPlainBytes) / plainBytes)
  return { first: at(range.start), last: at(Math.max(range.start, range.end - 1)) }
}

/** Offset in the plaintext of the first byte of a segment. */
export function plainStart(index: number): number {
  return index === 0 ? 0 : firstPlainBytes + (index - 1) * plainBytes
}

/** Opens segments one by one. Throws {@link WrongCiphertext}. */
export function beginOpening(
  dataKey: Uint8Array,
  associatedData: Uint8Array,
  header: Uint8Array,
): { readonly open: (index: number, isLast: boolean, ciphertext: Uint8Array) => Uint8Array } {
  if (header.length !== headerBytes || header[0] !== headerBytes) {
    throw new WrongCiphertext('header')
  }
  const stream: StreamKey = {
    key: deriveKey(dataKey, header.subarray(1, 1 + saltBytes), associatedData),
    prefix: header.subarray(1 + saltBytes),
  }
  return {
    open(index, isLast, ciphertext) {
      if (ciphertext.length < tagBytes) {
        throw new WrongCiphertext(`segment ${index} is cut off`)
      }
      const split = ciphertext.length - tagBytes
      const decipher = createDecipheriv('aes-256-gcm', stream.key, nonce(stream.prefix, index, isLast))
      decipher.setAuthTag(ciphertext.subarray(split))
      const plaintext = decipher.update(ciphertext.subarray(0, split))
      try {
        decipher.final()
      } catch {
        throw new WrongCiphertext(`segment ${index}`)
      }
      return plaintext
    },
  }
}

function deriveKey(dataKey: Uint8Array, salt: Uint8Array, associatedData: Uint8Array): Uint8Array {
  if (dataKey.length !== 32) {
    throw new TypeError('a data key has 32 bytes')
  }
  return new Uint8Array(hkdfSync('sha256', dataKey, salt, associatedData, 32))
}

function nonce(prefix: Uint8Array, index: number, last: boolean): Uint8Array {
  const bytes = new Uint8Array(12)
  bytes.set(prefix)
  new DataView(bytes.buffer).setUint32(prefixBytes, index)
  bytes[11] = last ? 1 : 0
  return bytes
}
