/** AVI (RIFF) and MPEG transport streams (ISO/IEC 13818-1): codecs and length. Reads hostile bytes. */
import { type Facts, nothing, type Reader } from './facts.ts'

export async function readAvi(reader: Reader): Promise<Facts | null> {
  const bytes = await reader.read(0, Math.min(1024 * 1024, reader.sizeBytes))
  if (ascii(bytes, 0) !== 'RIFF' || ascii(bytes, 8) !== 'AVI ') {
    return null
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const found = { video: null as string | null, audio: null as string | null, microseconds: 0, frames: 0, date: '' }
  walk(bytes, view, 12, bytes.length, 0, found)
  const durationMs = Math.round((found.microseconds * found.frames) / 1000)
  const at = Date.parse(`${found.date} UTC`)
  return {
    ...nothing,
    container: 'avi',
    video: found.video,
    audio: found.audio,
    durationMs: durationMs > 0 && durationMs < 30 * 86_400_000 ? durationMs : 0,
    createdAt: Number.isFinite(at) ? { ms: at, utc: false } : null,
  }
}

type FoundAvi = { video: string | null; audio: string | null; microseconds: number; frames: number; date: string }

function walk(bytes: Uint8Array, view: DataView, start: number, end: number, depth: number, found: FoundAvi): void {
  for (let at = start; at + 8 <= end; ) {
    const id = ascii(bytes, at)
    const size = view.getUint32(at + 4, true)
    const from = at + 8
    if (id === 'LIST' && ascii(bytes, from) === 'movi') {
      return
    }
    if (id === 'LIST' && depth < 4 && from + 4 <= end) {
      walk(bytes, view, from + 4, Math.min(end, from + size), depth + 1, found)
    } else if (id === 'avih' && from + 20 <= end) {
      found.microseconds = view.getUint32(from, true)
      found.frames = view.getUint32(from + 16, true)
    } else if (id === 'strh' && from + 8 <= end) {
      const type = ascii(bytes, from)
      found.video ??= type === 'vids' ? ascii(bytes, from + 4) : null
      found.audio ??= type === 'auds' ? 'pcm' : null
    } else if (id === 'IDIT') {
      found.date = new TextDecoder('latin1')
        .decode(bytes.subarray(from, Math.min(end, from + Math.min(size, 64))))
        .trim()
    }
    at = from + size + (size % 2)
  }
}

const streamTypes: Readonly<Record<number, string>> = {
  1: 'mpeg1',
  2: 'mpeg2',
  15: 'aac',
  17: 'aac',
  27: 'h264',
  36: 'hevc',
  129: 'ac3',
  3: 'mp2',
  4: 'mp2',
}
const videoTypes: ReadonlySet<number> = new Set([1, 2, 27, 36])

export async function readTransport(reader: Reader): Promise<Facts | null> {
  const head = await reader.read(0, Math.min(2 * 1024 * 1024, reader.sizeBytes))
  const layout = [
    { packet: 188, lead: 0 },
    { packet: 192, lead: 4 },
  ].find(({ packet, lead }) => [0, 1, 2, 3].every((place) => head[lead + place * packet] === 0x47))
  if (layout === undefined) {
    return null
  }
  const { packet, lead } = layout
  const tailAt = Math.max(0, Math.floor((reader.sizeBytes - 2 * 1024 * 1024) / packet) * packet)
  const tail = await reader.read(tailAt, reader.sizeBytes - tailAt)
  const first = timesOf(head, packet, lead)
  const last = timesOf(tail, packet, lead)
  const types = programOf(head, packet, lead)
  const ticks = first.low === null || last.high === null ? 0 : (last.high - first.low + 2 ** 33) % 2 ** 33
  const durationMs = Math.round(ticks / 90)
  return {
    ...nothing,
    container: 'mpeg-ts',
    video: nameOf(types.find((type) => videoTypes.has(type))),
    audio: nameOf(types.find((type) => !videoTypes.has(type))),
    durationMs: durationMs < 26 * 3_600_000 ? durationMs : 0,
  }
}

function nameOf(type: number | undefined): string | null {
  return type === undefined ? null : (streamTypes[type] ?? null)
}

/** Lowest and highest presentation time in a stretch of packets, 90 kHz. */
function timesOf(bytes: Uint8Array, packet: number, lead: number): { low: number | null; high: number | null } {
  let low: number | null = null
  let high: number | null = null
  for (let at = lead; at + 188 <= bytes.length; at += packet) {
    const pes = payloadOf(bytes, at)
    const starts = ((bytes[at + 1] ?? 0) & 0x40) !== 0
    if (pes === null || !starts || bytes[pes] !== 0 || bytes[pes + 1] !== 0 || bytes[pes + 2] !== 1) {
      continue
    }
    if (((bytes[pes + 7] ?? 0) & 0x80) !== 0) {
      const b = (place: number): number => bytes[pes + 9 + place] ?? 0
      const time = ((b(0) >> 1) & 7) * 2 ** 30 + b(1) * 2 ** 22 + (b(2) >> 1) * 2 ** 15 + b(3) * 2 ** 7 + (b(4) >> 1)
      low = low === null ? time : Math.min(low, time)
      high = high === null ? time : Math.max(high, time)
    }
  }
  return { low, high }
}

/** Stream types of the first program map that is told. */
function programOf(bytes: Uint8Array, packet: number, lead: number): readonly number[] {
  let mapPid: number | null = null
  for (let at = lead; at + 188 <= bytes.length; at += packet) {
    const pid = (((bytes[at + 1] ?? 0) & 0x1f) << 8) | (bytes[at + 2] ?? 0)
    const payload = payloadOf(bytes, at)
    if (payload === null || ((bytes[at + 1] ?? 0) & 0x40) === 0) {
      continue
    }
    const table = payload + 1 + (bytes[payload] ?? 0)
    if (pid === 0 && mapPid === null) {
      mapPid = (((bytes[table + 10] ?? 0) & 0x1f) << 8) | (bytes[table + 11] ?? 0)
    } else if (pid === mapPid) {
      return mapOf(bytes, table, at + 188)
    }
  }
  return []
}

function mapOf(bytes: Uint8Array, table: number, limit: number): readonly number[] {
  const length = (((bytes[table + 1] ?? 0) & 0x0f) << 8) | (bytes[table + 2] ?? 0)
  const skip = (((bytes[table + 10] ?? 0) & 0x0f) << 8) | (bytes[table + 11] ?? 0)
  const types: number[] = []
  for (let at = table + 12 + skip; at + 5 <= Math.min(limit, table + 3 + length - 4); ) {
    types.push(bytes[at] ?? 0)
    at += 5 + ((((bytes[at + 3] ?? 0) & 0x0f) << 8) | (bytes[at + 4] ?? 0))
  }
  return types
}

function payloadOf(bytes: Uint8Array, at: number): number | null {
  const control = ((bytes[at + 3] ?? 0) >> 4) & 3
  if ((control & 1) === 0) {
    return null
  }
  const from = at + 4 + (control === 3 ? 1 + (bytes[at + 4] ?? 0) : 0)
  return from < at + 188 ? from : null
}

function ascii(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4))
}
