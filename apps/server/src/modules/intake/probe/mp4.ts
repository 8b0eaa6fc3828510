/**
 * MP4 and QuickTime (ISO/IEC 14496-12): what the movie box says of tracks, times, device and place, and the samples of text
 * and telemetry tracks. Reads hostile bytes: every size is checked against what is there, every list has an end.
 */
import { type Facts, type FoundPosition, mostPositions, nothing, type Reader } from './facts.ts'
import { type Box, boxAt, childrenOf, mostBoxes, textAt, u32, u64, within } from './mp4-boxes.ts'
import { samplesOf, type Telemetry } from './mp4-samples.ts'
import { tagsOf } from './mp4-tags.ts'
import { parseIso6709, parseNmea } from './text-positions.ts'

const mostMovieBytes = 96 * 1024 * 1024
/** Seconds from 1904-01-01 to 1970-01-01. */
const epoch1904 = 2_082_844_800

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
  const texts = await samplesOf(
    reader,
    movie,
    tracks.filter(({ handler }) => ['text', 'sbtl', 'subt'].includes(handler)),
  )
  const gpmf = await samplesOf(
    reader,
    movie,
    tracks.filter(({ codec }) => codec === 'gpmd'),
  )
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
