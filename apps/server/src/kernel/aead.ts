import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto'

/**
 * Tink's AES-GCM-HKDF streaming AEAD (https://developers.google.com/tink/streaming-aead/aes_gcm_hkdf_streaming): any byte
 * range can be read and authenticated by itself.
 *
 *     header    = u8 header length ‖ salt (as long as the derived key) ‖ nonce prefix (7)
 *     key       = HKDF(data key, salt, info = associated data)
 *     segment i = AES-GCM(key, nonce = prefix ‖ u32be i ‖ u8 last, plaintext i) ‖ tag (16)
 *
 * Segment 0 is shorter by the header, so that segment i starts at byte i × segment size of the file. The counter and the
 * last flag in the nonce make a moved, dropped or cut-off segment fail.
 */
export type Parameters = {
  readonly segmentBytes: number
  readonly derivedKeyBytes: 16 | 32
  readonly hash: 'sha1' | 'sha256'
  readonly dataKeyBytes: number
}

export class WrongCiphertext extends Error {
  constructor(detail: string) {
    super(`the stored bytes do not authenticate: ${detail}`)
    this.name = 'WrongCiphertext'
  }
}

/** Encrypts a stream piece by piece. `push` answers what is ready to be written; `end` the rest. */
export type Sealing = {
  readonly header: Uint8Array
  /** Keeps views of what it is given until a segment is full: the caller does not write into it again. */
  readonly push: (plaintext: Uint8Array) => readonly Uint8Array[]
  readonly end: () => readonly Uint8Array[]
}
/** Bytes encrypted by one call: small enough for the processor's cache, and for memory that is used again at once. */
const stepBytes = 32 * 1024

export type Opening = { readonly open: (index: number, isLast: boolean, ciphertext: Uint8Array) => Uint8Array }

export type StreamingAead = {
  readonly segmentBytes: number
  readonly headerBytes: number
  /** How many fresh random bytes `seal` needs: salt and nonce prefix. */
  readonly randomBytes: number
  readonly seal: (dataKey: Uint8Array, associatedData: Uint8Array, random: Uint8Array) => Sealing
  /**
   * The same stream for a plaintext that is there as a whole: header and ciphertext in small steps, so that each can be
   * written while it is in the processor's cache and its memory used for the next (measured: half the CPU of one step).
   */
  readonly sealWhole: (
    dataKey: Uint8Array,
    associatedData: Uint8Array,
    random: Uint8Array,
    plaintext: Uint8Array,
  ) => Generator<Uint8Array>
  /** Opens segments one by one. Throws {@link WrongCiphertext}. */
  readonly open: (dataKey: Uint8Array, associatedData: Uint8Array, header: Uint8Array) => Opening
  /** Stored size of a plaintext of so many bytes. */
  readonly storedSize: (sizeBytes: number) => number
  /** Plaintext size of so many stored bytes, or null when no plaintext has that stored size. */
  readonly plainSize: (storedBytes: number) => number | null
  /** First and last segment that hold the plaintext from `start` to before `end`. */
  readonly segmentsOf: (start: number, end: number) => { readonly first: number; readonly last: number }
  /** Offset in the plaintext of a segment's first byte. */
  readonly plainStart: (index: number) => number
}

const prefixBytes = 7
const tagBytes = 16

export function streamingAead(parameters: Parameters): StreamingAead {
  const { segmentBytes, derivedKeyBytes, hash, dataKeyBytes } = parameters
  const cipherName = derivedKeyBytes === 32 ? 'aes-256-gcm' : 'aes-128-gcm'
  const headerBytes = 1 + derivedKeyBytes + prefixBytes
  const firstPlainBytes = segmentBytes - headerBytes - tagBytes
  const plainBytes = segmentBytes - tagBytes

  function derive(dataKey: Uint8Array, salt: Uint8Array, associatedData: Uint8Array): Uint8Array {
    if (dataKey.length !== dataKeyBytes) {
      throw new TypeError(`a data key has ${dataKeyBytes} bytes`)
    }
    return new Uint8Array(hkdfSync(hash, dataKey, salt, associatedData, derivedKeyBytes))
  }

  function begin(dataKey: Uint8Array, associatedData: Uint8Array, random: Uint8Array) {
    const salt = random.subarray(0, derivedKeyBytes)
    const prefix = random.subarray(derivedKeyBytes, derivedKeyBytes + prefixBytes)
    const key = derive(dataKey, salt, associatedData)
    return { key, prefix, header: Buffer.concat([Uint8Array.of(headerBytes), salt, prefix]) }
  }

  function* sealSegment(
    { key, prefix }: { readonly key: Uint8Array; readonly prefix: Uint8Array },
    index: number,
    last: boolean,
    plaintext: Iterable<Uint8Array>,
  ): Generator<Uint8Array> {
    const cipher = createCipheriv(cipherName, key, nonce(prefix, index, last))
    for (const piece of plaintext) {
      for (let from = 0; from < piece.length; from += stepBytes) {
        yield cipher.update(piece.subarray(from, from + stepBytes))
      }
    }
    cipher.final()
    yield cipher.getAuthTag()
  }

  function seal(dataKey: Uint8Array, associatedData: Uint8Array, random: Uint8Array): Sealing {
    const stream = begin(dataKey, associatedData, random)
    let index = 0
    let held: Uint8Array[] = []
    let heldBytes = 0

    function sealHeld(last: boolean): readonly Uint8Array[] {
      const parts = [...sealSegment(stream, index, last, held)]
      index += 1
      held = []
      heldBytes = 0
      return parts
    }

    return {
      header: stream.header,
      push(plaintext) {
        const ready: Uint8Array[] = []
        let rest = plaintext
        while (rest.length > 0) {
          const capacity = index === 0 ? firstPlainBytes : plainBytes
          // A full segment is sealed only when more follows: until then it may be the last one, which has another nonce.
          if (heldBytes === capacity) {
            ready.push(...sealHeld(false))
            continue
          }
          const piece = rest.subarray(0, capacity - heldBytes)
          held.push(piece)
          heldBytes += piece.length
          rest = rest.subarray(piece.length)
        }
        return ready
      },
      end: () => sealHeld(true),
    }
  }

  function* sealWhole(
    dataKey: Uint8Array,
    associatedData: Uint8Array,
    random: Uint8Array,
    plaintext: Uint8Array,
  ): Generator<Uint8Array> {
    const stream = begin(dataKey, associatedData, random)
    const sizeBytes = plaintext.length
    yield stream.header
    let from = 0
    for (let index = 0; index === 0 || from < sizeBytes; index += 1) {
      const to = Math.min(sizeBytes, from + (index === 0 ? firstPlainBytes : plainBytes))
      yield* sealSegment(stream, index, to === sizeBytes, [plaintext.subarray(from, to)])
      from = to
    }
  }

  function open(dataKey: Uint8Array, associatedData: Uint8Array, header: Uint8Array): Opening {
    if (header.length !== headerBytes || header[0] !== headerBytes) {
      throw new WrongCiphertext('header')
    }
    const key = derive(dataKey, header.subarray(1, 1 + derivedKeyBytes), associatedData)
    const prefix = header.subarray(1 + derivedKeyBytes)
    return {
      open(index, isLast, ciphertext) {
        if (ciphertext.length < tagBytes) {
          throw new WrongCiphertext(`segment ${index} is cut off`)
        }
        const split = ciphertext.length - tagBytes
        const decipher = createDecipheriv(cipherName, key, nonce(prefix, index, isLast))
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

  function storedSize(sizeBytes: number): number {
    const segments = sizeBytes <= firstPlainBytes ? 1 : 1 + Math.ceil((sizeBytes - firstPlainBytes) / plainBytes)
    return headerBytes + sizeBytes + segments * tagBytes
  }

  function segmentAt(offset: number): number {
    return offset < firstPlainBytes ? 0 : 1 + Math.floor((offset - firstPlainBytes) / plainBytes)
  }

  return {
    segmentBytes,
    headerBytes,
    randomBytes: derivedKeyBytes + prefixBytes,
    seal,
    sealWhole,
    open,
    storedSize,
    plainSize(storedBytes) {
      const segments = Math.max(1, Math.ceil(storedBytes / segmentBytes))
      const sizeBytes = storedBytes - headerBytes - segments * tagBytes
      return sizeBytes >= 0 && storedSize(sizeBytes) === storedBytes ? sizeBytes : null
    },
    segmentsOf: (start, end) => ({ first: segmentAt(start), last: segmentAt(Math.max(start, end - 1)) }),
    plainStart: (index) => (index === 0 ? 0 : firstPlainBytes + (index - 1) * plainBytes),
  }
}

/** What footage is stored with: AES-256, HKDF-SHA256, 1 MiB segments (design §3). */
export const footageAead: StreamingAead = streamingAead({
  segmentBytes: 1024 * 1024,
  derivedKeyBytes: 32,
  hash: 'sha256',
  dataKeyBytes: 32,
})

function nonce(prefix: Uint8Array, index: number, last: boolean): Uint8Array {
  const bytes = new Uint8Array(12)
  bytes.set(prefix)
  new DataView(bytes.buffer).setUint32(prefixBytes, index)
  bytes[11] = last ? 1 : 0
  return bytes
}
