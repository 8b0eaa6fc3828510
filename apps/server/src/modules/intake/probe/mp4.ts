/**
 * MP4 and QuickTime (ISO/IEC 14496-12): what the movie box says of tracks, times, device and place, and the samples of text
 * and telemetry tracks. Reads hostile bytes: every size is checked against what is there, every list has an end.
 */
import { type Facts, type FoundPosition, mostPositions, nothing, type Reader } from './facts.ts'
import { parseIso6709, parseNmea } from './text-positions.ts'

const mostMovieBytes = 96 * 1024 * 1024
const mostBoxes = 50_000
/** Seconds from 1904-01-01 to 1970-01-01. */
const epoch1904 = 2_082_844_800

type Box = { readonly type: string; readonly start: number; readonly end: number }
type Telemetry = { readonly bytes: Uint8Array; readonly offsetMs: number; readonly durationMs: number }
export type Mp4 = Facts & {
  /** Samples of a GoPro `gpmd` track, for its own reader. */
  readonly gpmf: readonly Telemetry[]
}

export async function readMp4(reader: Reader): Promise<Mp4 | null> {
  const found = await topBoxes(reader)
  if (found.movie === null) {
    return null
  }
  const movie = await reader.read(found.movie.start, Math.min(mostMovieBytes, found.movie.end - found.movie.start))
  const boxes = childrenOf(movie, 0, movie.length)
  const header = headerOf(movie, boxes)
  const tracks = boxes.filter(({ type }) => type === 'trak').map((box) => trackOf(movie, box))
  const tags = tagsOf(movie, boxes)
  const video = tracks.find(({ handler }) => handler === 'vide')
  const audio = tracks.find(({ handler }) => handler === 'soun')
  const trackMs = Math.max(0, ...[video, audio].map((track) => track?.durationMs ?? 0))
  const durationMs =
    Math.max(header.durationMs, trackMs) || (await fragmentsMs(reader, found.fragments, video?.timescale))
  const place = parseIso6709(tags.get('place') ?? '')
  const texts = await samplesOf(reader, movie, tracks, (track) => ['text', 'sbtl', 'subt'].includes(track.handler))
  const gpmf = await samplesOf(reader, movie, tracks, (track) => track.codec === 'gpmd')
  const written = texts.flatMap((sample) => nmeaOf(sample)).slice(0, mostPositions)
  const start: readonly FoundPosition[] =
    place === null ? [] : [{ ...place, offsetMs: 0, atMs: null, accuracyM: null, speedMps: null, headingDeg: null }]
  const tagged = Date.parse(tags.get('date') ?? '')
  return {
    ...nothing,
    container: found.brand === 'qt  ' ? 'mov' : 'mp4',
    video: video?.codec ?? null,
    audio: audio?.codec ?? null,
    durationMs,
    createdAt: Number.isFinite(tagged) ? { ms: tagged, utc: true } : header.createdAt,
    maker: tags.get('maker') ?? (gpmf.length > 0 ? 'GoPro' : null),
    model: tags.get('model') ?? null,
    serial: tags.get('serial') ?? null,
    positions: written.length > 0 ? written : start,
    gpmf,
  }
}

function nmeaOf({ bytes, offsetMs }: Telemetry): FoundPosition[] {
  const text = new TextDecoder('latin1').decode(bytes)
  return text.split(/[\r\n]+/).flatMap((line) => {
    const fix = parseNmea(line)
    return fix === null ? [] : [{ ...fix, offsetMs }]
  })
}

async function topBoxes(reader: Reader): Promise<{ brand: string; movie: Box | null; fragments: readonly Box[] }> {
  let brand = ''
  let movie: Box | null = null
  const fragments: Box[] = []
  for (let at = 0, count = 0; at + 8 <= reader.sizeBytes && count < mostBoxes; count += 1) {
    const head = await reader.read(at, 16)
    const box = boxAt(head, 0, at, reader.sizeBytes)
    if (box === null) {
      break
    }
    if (box.type === 'ftyp') {
      brand = textAt(head, 8, 4)
    } else if (box.type === 'moov') {
      movie ??= box
    } else if (box.type === 'moof') {
      fragments.push(box)
    } else if (count === 0 && !['wide', 'free', 'skip', 'mdat', 'styp', 'pnot'].includes(box.type)) {
      return { brand, movie: null, fragments: [] }
    }
    at = box.end
  }
  return { brand: brand === '' ? 'qt  ' : brand, movie, fragments }
}

/** The box whose header begins at `at` of `bytes`, which lie at `base` of the file; positions are of its content. */
function boxAt(bytes: Uint8Array, at: number, base: number, limit: number): Box | null {
  if (at + 8 > bytes.length) {
    return null
  }
  const short = u32(bytes, at)
  const type = textAt(bytes, at + 4, 4)
  const isLong = short === 1 && at + 16 <= bytes.length
  const size = isLong ? u32(bytes, at + 8) * 2 ** 32 + u32(bytes, at + 12) : short === 0 ? limit - base - at : short
  const header = isLong ? 16 : 8
  const end = base + at + size
  return size < header || end > limit ? null : { type, start: base + at + header, end }
}

function childrenOf(bytes: Uint8Array, start: number, end: number): readonly Box[] {
  const boxes: Box[] = []
  for (let at = start; at + 8 <= end && boxes.length < mostBoxes; ) {
    const box = boxAt(bytes, at, 0, end)
    if (box === null) {
      break
    }
    boxes.push(box)
    at = box.end
  }
  return boxes
}

function within(bytes: Uint8Array, box: Box | undefined, ...path: readonly string[]): Box | undefined {
  return path.reduce<Box | undefined>(
    (parent, type) =>
      parent === undefined
        ? undefined
        : childrenOf(bytes, parent.start, parent.end).find((child) => child.type === type),
    box,
  )
}

/** Version 0 or 1 of mvhd and mdhd: creation, timescale, duration. */
function timesOf(bytes: Uint8Array, box: Box | undefined): { created: number; timescale: number; duration: number } {
  if (box === undefined || box.end - box.start < 20) {
    return { created: 0, timescale: 0, duration: 0 }
  }
  const { start } = box
  return bytes[start] === 1 && box.end - start >= 32
    ? { created: u64(bytes, start + 4), timescale: u32(bytes, start + 20), duration: u64(bytes, start + 24) }
    : { created: u32(bytes, start + 4), timescale: u32(bytes, start + 12), duration: u32(bytes, start + 16) }
}

function headerOf(bytes: Uint8Array, boxes: readonly Box[]): Pick<Facts, 'durationMs' | 'createdAt'> {
  const times = timesOf(
    bytes,
    boxes.find(({ type }) => type === 'mvhd'),
  )
  const ms = (times.created - epoch1904) * 1000
  return { durationMs: msOf(times), createdAt: ms > 0 ? { ms, utc: false } : null }
}

function msOf({ duration, timescale }: { readonly duration: number; readonly timescale: number }): number {
  const ms = timescale === 0 || duration >= 0xffffffff ? 0 : Math.round((duration * 1000) / timescale)
  return ms > 0 && ms < 30 * 86_400_000 ? ms : 0
}

type Track = ReturnType<typeof trackOf>

function trackOf(bytes: Uint8Array, box: Box) {
  const times = timesOf(bytes, within(bytes, box, 'mdia', 'mdhd'))
  const handler = within(bytes, box, 'mdia', 'hdlr')
  const table = within(bytes, box, 'mdia', 'minf', 'stbl')
  const described = within(bytes, table, 'stsd')
  return {
    handler: handler === undefined ? '' : textAt(bytes, handler.start + 8, 4),
    codec: described === undefined ? '' : textAt(bytes, described.start + 12, 4),
    timescale: times.timescale,
    durationMs: msOf(times),
    table,
  }
}

/** Samples of small tracks (text, telemetry), each with its place in time. */
async function samplesOf(
  reader: Reader,
  movie: Uint8Array,
  tracks: readonly Track[],
  wanted: (track: Track) => boolean,
): Promise<readonly Telemetry[]> {
  const samples: Telemetry[] = []
  let leftBytes = 64 * 1024 * 1024
  for (const track of tracks.filter(wanted)) {
    for (const { offset, sizeBytes, ticks, duration } of placesOf(movie, track)) {
      leftBytes -= sizeBytes
      if (leftBytes < 0 || samples.length >= mostPositions) {
        return samples
      }
      const bytes = await reader.read(offset, sizeBytes)
      const ms = (value: number): number => Math.round((value * 1000) / Math.max(1, track.timescale))
      samples.push({ bytes, offsetMs: ms(ticks), durationMs: ms(duration) })
    }
  }
  return samples
}

type Place = { readonly offset: number; readonly sizeBytes: number; readonly ticks: number; readonly duration: number }

function placesOf(bytes: Uint8Array, { table }: Track): readonly Place[] {
  const entries = (type: string, width: number, from = 8): readonly number[] => {
    const box = within(bytes, table, type)
    const count = box === undefined ? 0 : u32(bytes, box.start + from - 4)
    const room = box === undefined ? 0 : Math.floor((box.end - box.start - from) / width)
    return Array.from(
      { length: Math.min(count, room, mostPositions) },
      (_, place) => (box?.start ?? 0) + from + place * width,
    )
  }
  const sizesBox = within(bytes, table, 'stsz')
  const same = sizesBox === undefined ? 0 : u32(bytes, sizesBox.start + 4)
  const count = sizesBox === undefined ? 0 : Math.min(u32(bytes, sizesBox.start + 8), mostPositions)
  const sizes =
    same > 0 ? Array.from({ length: count }, () => same) : entries('stsz', 4, 12).map((at) => u32(bytes, at))
  const short = entries('stco', 4).map((at) => u32(bytes, at))
  const chunks = short.length > 0 ? short : entries('co64', 8).map((at) => u64(bytes, at))
  const runs = entries('stsc', 12).map((at) => ({ first: u32(bytes, at), samples: u32(bytes, at + 4) }))
  const times = entries('stts', 8).map((at) => ({ count: u32(bytes, at), delta: u32(bytes, at + 4) }))
  const places: Place[] = []
  let ticks = 0
  let timeRun = 0
  let inRun = 0
  for (const [chunk, start] of chunks.entries()) {
    const run = runs.findLast(({ first }) => first <= chunk + 1)
    let offset = start
    for (let sample = 0; sample < (run?.samples ?? 1) && places.length < sizes.length; sample += 1) {
      const sizeBytes = sizes[places.length] ?? 0
      const duration = times[timeRun]?.delta ?? 0
      places.push({ offset, sizeBytes, ticks, duration })
      offset += sizeBytes
      ticks += duration
      inRun += 1
      if (inRun >= (times[timeRun]?.count ?? Number.MAX_SAFE_INTEGER)) {
        timeRun += 1
        inRun = 0
      }
    }
  }
  return places
}

/** Device, place and time as Apple, GoPro and most others write them. */
function tagsOf(bytes: Uint8Array, boxes: readonly Box[]): ReadonlyMap<string, string> {
  const tags = new Map<string, string>()
  const put = (name: string, value: string): void => {
    const clean = value.replaceAll('\0', '').trim().slice(0, 128)
    if (clean !== '' && !tags.has(name)) {
      tags.set(name, clean)
    }
  }
  const user = boxes.find(({ type }) => type === 'udta')
  const classic: Readonly<Record<string, string>> = {
    '©xyz': 'place',
    '©mak': 'maker',
    '©mod': 'model',
    '©day': 'date',
  }
  for (const box of user === undefined ? [] : childrenOf(bytes, user.start, user.end)) {
    const name = classic[box.type]
    if (name !== undefined && box.end - box.start > 4) {
      // u16 length, u16 language, text
      put(name, textAt(bytes, box.start + 4, Math.min(box.end - box.start - 4, bytes[box.start + 1] ?? 0)))
    } else if (box.type === 'loci') {
      put('place', lociOf(bytes, box))
    } else if (box.type === 'CAME') {
      put('serial', hexAt(bytes, box.start, Math.min(16, box.end - box.start)))
    }
  }
  for (const meta of boxes.filter(({ type }) => type === 'meta')) {
    appleKeys(bytes, meta, put)
  }
  return tags
}

/** 3GPP TS 26.244 §8.2: version and language, a name that ends in zero, role, then longitude and latitude as 16.16. */
function lociOf(bytes: Uint8Array, { start, end }: Box): string {
  const nameEnd = bytes.indexOf(0, start + 6)
  if (nameEnd < 0 || nameEnd + 10 > end) {
    return ''
  }
  const degrees = (at: number, digits: number): string => {
    const value = (u32(bytes, at) | 0) / 65_536
    return `${value < 0 ? '-' : '+'}${Math.abs(value)
      .toFixed(5)
      .padStart(digits + 6, '0')}`
  }
  return `${degrees(nameEnd + 6, 2)}${degrees(nameEnd + 2, 3)}/`
}

const appleNames: Readonly<Record<string, string>> = {
  'com.apple.quicktime.location.ISO6709': 'place',
  'com.apple.quicktime.make': 'maker',
  'com.apple.quicktime.model': 'model',
  'com.apple.quicktime.creationdate': 'date',
  'com.android.manufacturer': 'maker',
  'com.android.model': 'model',
}

function appleKeys(bytes: Uint8Array, meta: Box, put: (name: string, value: string) => void): void {
  const keys = within(bytes, meta, 'keys')
  const list = within(bytes, meta, 'ilst')
  if (keys === undefined || list === undefined) {
    return
  }
  const names = childrenOf(bytes, keys.start + 8, keys.end).map(({ start, end }) => textAt(bytes, start, end - start))
  for (const item of childrenOf(bytes, list.start, list.end)) {
    const index = u32(bytes, item.start - 4)
    const name = appleNames[names[index - 1] ?? '']
    const data = within(bytes, item, 'data')
    if (name !== undefined && data !== undefined && data.end - data.start > 8) {
      put(name, textAt(bytes, data.start + 8, Math.min(256, data.end - data.start - 8)))
    }
  }
}

/** A fragmented file's length: where its last fragment begins, and as much again as between its last two. */
async function fragmentsMs(reader: Reader, fragments: readonly Box[], timescale: number | undefined): Promise<number> {
  const times: number[] = []
  for (const fragment of fragments.slice(-2)) {
    const bytes = await reader.read(fragment.start, Math.min(65_536, fragment.end - fragment.start))
    const decode = within(bytes, { type: 'moof', start: 0, end: bytes.length }, 'traf', 'tfdt')
    if (decode !== undefined) {
      times.push(bytes[decode.start] === 1 ? u64(bytes, decode.start + 4) : u32(bytes, decode.start + 4))
    }
  }
  const [before = 0, last = before] = times
  return timescale === undefined ? 0 : msOf({ duration: last + Math.max(0, last - before), timescale })
}

function u32(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) * 2 ** 24 + ((bytes[at + 1] ?? 0) << 16) + ((bytes[at + 2] ?? 0) << 8) + (bytes[at + 3] ?? 0)
}

function u64(bytes: Uint8Array, at: number): number {
  return u32(bytes, at) * 2 ** 32 + u32(bytes, at + 4)
}

function textAt(bytes: Uint8Array, at: number, lengthBytes: number): string {
  const slice = bytes.subarray(at, at + lengthBytes)
  return lengthBytes === 4 ? String.fromCharCode(...slice) : new TextDecoder().decode(slice)
}

function hexAt(bytes: Uint8Array, at: number, lengthBytes: number): string {
  return Buffer.from(bytes.subarray(at, at + lengthBytes)).toString('hex')
}
