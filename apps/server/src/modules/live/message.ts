import { liveFlags, liveHeaderBytes } from '@sereno/contracts'

/** Largest message taken from a publisher: a 4K key frame fits, a flood does not. */
export const maximumMessageBytes = 2 * 1024 * 1024
/** A config message is a line of JSON; nothing else belongs in one. */
const maximumConfigBytes = 16 * 1024

export type LiveTrack = 'video' | 'audio'
export type LiveMessage = {
  readonly track: LiveTrack
  readonly kind: 'config' | 'frame'
  /** A viewer may start here. Always true for audio, whose packets stand alone. */
  readonly key: boolean
  readonly timestampUs: number
  readonly durationUs: number
  /** The whole message as received: relayed unchanged, so that no viewer costs a copy. */
  readonly bytes: Uint8Array
}

export type LiveMessageFault = 'too-short' | 'too-large' | 'version' | 'flags' | 'timestamp' | 'empty' | 'config'

/**
 * Reads the header of a live message (design §4): u8 version = 1, u8 flags (1 key, 2 config, 4 audio), u64 timestamp
 * in µs, u32 duration in µs, payload; big-endian. Names the fault instead of throwing: what arrives is a stranger's.
 */
export function readLiveMessage(bytes: Uint8Array): LiveMessage | { readonly fault: LiveMessageFault } {
  if (bytes.length > maximumMessageBytes) {
    return { fault: 'too-large' }
  }
  if (bytes.length < liveHeaderBytes) {
    return { fault: 'too-short' }
  }
  if (bytes.length === liveHeaderBytes) {
    return { fault: 'empty' }
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const flags = view.getUint8(1)
  if (view.getUint8(0) !== 1) {
    return { fault: 'version' }
  }
  if ((flags & ~(liveFlags.key | liveFlags.config | liveFlags.audio)) !== 0) {
    return { fault: 'flags' }
  }
  const timestamp = view.getBigUint64(2)
  if (timestamp > BigInt(Number.MAX_SAFE_INTEGER)) {
    return { fault: 'timestamp' }
  }
  const track: LiveTrack = (flags & liveFlags.audio) === 0 ? 'video' : 'audio'
  const kind = (flags & liveFlags.config) === 0 ? 'frame' : 'config'
  if (kind === 'config' && !isConfig(bytes.subarray(liveHeaderBytes), track)) {
    return { fault: 'config' }
  }
  return {
    track,
    kind,
    key: track === 'audio' || (flags & liveFlags.key) !== 0,
    timestampUs: Number(timestamp),
    durationUs: view.getUint32(10),
    bytes,
  }
}

/** A decoder is configured with it in somebody's browser: only the declared members, of the declared types. */
function isConfig(payload: Uint8Array, track: LiveTrack): boolean {
  if (payload.length > maximumConfigBytes) {
    return false
  }
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload))
  } catch {
    return false
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return false
  }
  const members = new Map(Object.entries(value))
  const allowed = track === 'video' ? ['codec', 'description', 'width', 'height'] : ['codec', 'sampleRate', 'channels']
  const description = members.get('description')
  return (
    [...members.keys()].every((name) => allowed.includes(name)) &&
    isText(members.get('codec'), 64) &&
    (description === undefined || isText(description, maximumConfigBytes)) &&
    (track === 'video'
      ? isWhole(members.get('width'), 8192) && isWhole(members.get('height'), 8192)
      : isWhole(members.get('sampleRate'), 192_000) && isWhole(members.get('channels'), 8))
  )
}

function isText(value: unknown, maximumLength: number): boolean {
  return typeof value === 'string' && value.length > 0 && value.length <= maximumLength
}

function isWhole(value: unknown, maximum: number): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= maximum
}
