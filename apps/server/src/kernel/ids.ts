import { randomBytes } from 'node:crypto'
import type { Clock } from './clock.ts'

/** Identifiers and randomness as a parameter. */
export type Ids = {
  /** UUIDv7 (RFC 9562 §5.7): sorts by creation, so it indexes well. */
  readonly uuid: () => string
  /** Unguessable text, base64url; 32 bytes unless told. */
  readonly token: (bytes?: number) => string
  readonly bytes: (count: number) => Uint8Array
}

/** Ids over a clock and a source of random bytes. */
export function createIds(clock: Clock, random: (count: number) => Uint8Array = (count) => randomBytes(count)): Ids {
  let lastMs = 0
  let counter = 0

  // RFC 9562 §6.2 method 1: a 12-bit counter in rand_a keeps ids made within one millisecond in order. It starts in
  // the lower half, and borrows the next millisecond when it runs over.
  function uuid(): string {
    const entropy = random(10)
    const nowMs = clock.nowMs()
    if (nowMs > lastMs) {
      lastMs = nowMs
      counter = (((entropy[8] ?? 0) << 8) | (entropy[9] ?? 0)) & 0x7ff
    } else {
      counter += 1
      if (counter > 0xfff) {
        counter = 0
        lastMs += 1
      }
    }
    const bytes = new Uint8Array(16)
    const view = new DataView(bytes.buffer)
    view.setUint32(0, Math.floor(lastMs / 0x10000))
    view.setUint16(4, lastMs % 0x10000)
    view.setUint16(6, 0x7000 | counter)
    bytes.set(entropy.subarray(0, 8), 8)
    bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f)
    const hex = Buffer.from(bytes.buffer).toString('hex')
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
  }

  return {
    uuid,
    token: (bytes = 32) => Buffer.from(random(bytes)).toString('base64url'),
    bytes: random,
  }
}
