import { type StreamingAead, WrongCiphertext } from '../aead.ts'

/** Where sealed bytes lie: a file, an object. `readAt` answers exactly `length` bytes or throws. */
export type SealedBytes = {
  readonly storedBytes: number
  readonly readAt: (position: number, length: number) => Promise<Uint8Array>
}

const encoder = new TextEncoder()

/** What an object's name contributes to its encryption: two stored objects cannot change places. */
export const associatedData = (key: string): Uint8Array => encoder.encode(key)

/**
 * The plaintext from `start` to before `end`, in pieces of at most one segment, each authenticated before it is given.
 * Throws `WrongCiphertext`.
 */
export async function* readSealedRange(
  aead: StreamingAead,
  sealed: SealedBytes,
  key: string,
  dataKey: Uint8Array,
  range?: { readonly start: number; readonly end: number },
): AsyncGenerator<Uint8Array> {
  const { storedBytes, readAt } = sealed
  const sizeBytes = aead.plainSize(storedBytes)
  if (sizeBytes === null) {
    throw new WrongCiphertext('size')
  }
  const start = Math.max(0, range?.start ?? 0)
  const end = Math.min(sizeBytes, range?.end ?? sizeBytes)
  const lastIndex = Math.max(0, Math.ceil(storedBytes / aead.segmentBytes) - 1)
  const wanted = aead.segmentsOf(start, end)
  // The header stands before the first segment: whoever begins there asks once.
  const head = await readAt(0, wanted.first === 0 ? Math.min(storedBytes, aead.segmentBytes) : aead.headerBytes)
  const opening = aead.open(dataKey, associatedData(key), head.subarray(0, aead.headerBytes))
  // An empty object still has one segment, which is authenticated before "nothing" is answered.
  for (
    let index = wanted.first;
    index <= Math.min(wanted.last, lastIndex) && (start < end || sizeBytes === 0);
    index += 1
  ) {
    const from = index * aead.segmentBytes
    const to = Math.min(storedBytes, from + aead.segmentBytes)
    const sealedSegment = index === 0 ? head.subarray(aead.headerBytes) : await readAt(from, to - from)
    const plaintext = opening.open(index, index === lastIndex, sealedSegment)
    const offset = aead.plainStart(index)
    const piece = plaintext.subarray(Math.max(0, start - offset), Math.max(0, end - offset))
    if (piece.length > 0) {
      yield piece
    }
  }
}
