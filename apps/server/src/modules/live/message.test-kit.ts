import { liveFlags, liveHeaderBytes } from '@sereno/contracts'

/** Live messages of any bytes, for tests: the relay reads headers, never pictures. */
export function frame(options: {
  readonly key?: boolean
  readonly audio?: boolean
  readonly atUs?: number
  readonly sizeBytes?: number
}): Uint8Array {
  const flags = (options.key === true ? liveFlags.key : 0) | (options.audio === true ? liveFlags.audio : 0)
  return message(flags, options.atUs ?? 0, new Uint8Array(options.sizeBytes ?? 100).fill(7))
}

export function config(audio = false): Uint8Array {
  const json = audio
    ? { channels: 1, codec: 'opus', sampleRate: 48_000 }
    : { codec: 'avc1.42001f', height: 720, width: 1280 }
  return message(liveFlags.config | (audio ? liveFlags.audio : 0), 0, new TextEncoder().encode(JSON.stringify(json)))
}

export function message(flags: number, timestampUs: number, payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(liveHeaderBytes + payload.length)
  const view = new DataView(bytes.buffer)
  view.setUint8(0, 1)
  view.setUint8(1, flags)
  view.setBigUint64(2, BigInt(timestampUs))
  view.setUint32(10, 33_333)
  bytes.set(payload, liveHeaderBytes)
  return bytes
}
