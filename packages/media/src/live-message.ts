/**
 * Messages of the live leg (design §4): u8 version = 1, u8 flags, u64 timestamp µs, u32 duration µs, payload;
 * integers big-endian. The numbers are the contract's (`liveFlags`, `liveHeaderBytes`); a test holds them together.
 */
export const messageFlags = { key: 1, config: 2, audio: 4 } as const
export const messageHeaderBytes = 14

export type LiveMessage = {
  readonly key: boolean
  /** The payload is a {@link LiveConfig} as JSON, not a chunk. */
  readonly config: boolean
  readonly audio: boolean
  readonly timestampUs: number
  readonly durationUs: number
  readonly payload: Uint8Array
}

export type LiveConfig =
  | { readonly codec: string; readonly width: number; readonly height: number; readonly description?: string }
  | { readonly codec: string; readonly sampleRate: number; readonly channels: number }

/** Bytes of a message. Throws RangeError for a negative time or a duration over 71 minutes. */
export function encodeMessage(message: LiveMessage): Uint8Array<ArrayBuffer> {
  const { timestampUs, durationUs, payload } = message
  if (!Number.isSafeInteger(timestampUs) || timestampUs < 0 || durationUs < 0 || durationUs > 0xffffffff) {
    throw new RangeError('a live message has whole, positive microseconds')
  }
  const bytes = new Uint8Array(messageHeaderBytes + payload.length)
  const view = new DataView(bytes.buffer)
  view.setUint8(0, 1)
  view.setUint8(
    1,
    (message.key ? messageFlags.key : 0) |
      (message.config ? messageFlags.config : 0) |
      (message.audio ? messageFlags.audio : 0),
  )
  view.setBigUint64(2, BigInt(timestampUs))
  view.setUint32(10, Math.round(durationUs))
  bytes.set(payload, messageHeaderBytes)
  return bytes
}

/** The message in these bytes (the payload is a view), or null when they are none: unknown version or flags, too short. */
export function decodeMessage(bytes: Uint8Array): LiveMessage | null {
  if (bytes.length < messageHeaderBytes || bytes[0] !== 1) {
    return null
  }
  const flags = bytes[1] ?? 0
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const timestampUs = Number(view.getBigUint64(2))
  if (flags > 7 || !Number.isSafeInteger(timestampUs)) {
    return null
  }
  return {
    key: (flags & messageFlags.key) !== 0,
    config: (flags & messageFlags.config) !== 0,
    audio: (flags & messageFlags.audio) !== 0,
    timestampUs,
    durationUs: view.getUint32(10),
    payload: bytes.subarray(messageHeaderBytes),
  }
}
