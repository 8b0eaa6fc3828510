/** Matroska and WebM (RFC 9559): times, codecs and the device tags before the first cluster. Reads hostile bytes. */
import { type Facts, nothing, type Reader } from './facts.ts'
import { parseIso6709 } from './text-positions.ts'

const headBytes = 4 * 1024 * 1024
const ids = {
  ebml: 0x1a45dfa3,
  docType: 0x4282,
  segment: 0x18538067,
  info: 0x1549a966,
  scale: 0x2ad7b1,
  duration: 0x4489,
  date: 0x4461,
  tracks: 0x1654ae6b,
  track: 0xae,
  trackType: 0x83,
  codec: 0x86,
  tags: 0x1254c367,
  tag: 0x7373,
  simpleTag: 0x67c8,
  tagName: 0x45a3,
  tagText: 0x4487,
  cluster: 0x1f43b675,
} as const
/** Nanoseconds are counted from 2001-01-01 (RFC 9559 §5.1.2.11). */
const epoch2001 = Date.UTC(2001, 0, 1)

type Element = { readonly id: number; readonly start: number; readonly end: number }

export async function readMatroska(reader: Reader): Promise<Facts | null> {
  const bytes = await reader.read(0, Math.min(headBytes, reader.sizeBytes))
  const [head, segment] = elementsOf(bytes, 0, bytes.length)
  if (head?.id !== ids.ebml) {
    return null
  }
  const docType = elementsOf(bytes, head.start, head.end).find(({ id }) => id === ids.docType)
  const parts = segment?.id === ids.segment ? elementsOf(bytes, segment.start, segment.end) : []
  const info = childrenOf(bytes, parts, ids.info)
  const scale =
    numberOf(
      bytes,
      info.find(({ id }) => id === ids.scale),
    ) ?? 1_000_000
  const length =
    floatOf(
      bytes,
      info.find(({ id }) => id === ids.duration),
    ) ?? 0
  const date = info.find(({ id }) => id === ids.date)
  const tracks = childrenOf(bytes, parts, ids.tracks).filter(({ id }) => id === ids.track)
  const codecs = tracks.map((track) => {
    const own = elementsOf(bytes, track.start, track.end)
    const codec = own.find(({ id }) => id === ids.codec)
    return {
      type: numberOf(
        bytes,
        own.find(({ id }) => id === ids.trackType),
      ),
      codec: codec === undefined ? '' : textOf(bytes, codec),
    }
  })
  const tags = tagsOf(bytes, childrenOf(bytes, parts, ids.tags))
  const place = parseIso6709(tags.get('LOCATION') ?? '')
  const durationMs = Math.round((length * scale) / 1_000_000)
  return {
    ...nothing,
    container: docType !== undefined && textOf(bytes, docType) === 'webm' ? 'webm' : 'mkv',
    video: codecs.find(({ type }) => type === 1)?.codec ?? null,
    audio: codecs.find(({ type }) => type === 2)?.codec ?? null,
    durationMs: durationMs > 0 && durationMs < 30 * 86_400_000 ? durationMs : 0,
    createdAt:
      date === undefined ? null : { ms: epoch2001 + Math.round(signed64(bytes, date.start) / 1_000_000), utc: true },
    maker: tags.get('MAKE') ?? null,
    model: tags.get('MODEL') ?? null,
    positions:
      place === null ? [] : [{ ...place, offsetMs: 0, atMs: null, accuracyM: null, speedMps: null, headingDeg: null }],
  }
}

/** Of the file as a whole: RFC 9559 §5.1.8. The first of a name counts. */
function tagsOf(bytes: Uint8Array, tags: readonly Element[]): ReadonlyMap<string, string> {
  const simple = tags.flatMap((tag) => elementsOf(bytes, tag.start, tag.end).filter(({ id }) => id === ids.simpleTag))
  const found = new Map<string, string>()
  for (const { start, end } of simple) {
    const parts = elementsOf(bytes, start, end)
    const name = parts.find(({ id }) => id === ids.tagName)
    const text = parts.find(({ id }) => id === ids.tagText)
    const key = name === undefined ? '' : textOf(bytes, name).toUpperCase()
    if (text !== undefined && key !== '' && !found.has(key)) {
      found.set(key, textOf(bytes, text).trim())
    }
  }
  return found
}

function childrenOf(bytes: Uint8Array, parts: readonly Element[], id: number): readonly Element[] {
  const part = parts.find((each) => each.id === id)
  return part === undefined ? [] : elementsOf(bytes, part.start, part.end)
}

/** Elements one after the other, up to the first cluster or to what does not fit. */
function elementsOf(bytes: Uint8Array, start: number, end: number): readonly Element[] {
  const elements: Element[] = []
  for (let at = start; at < end && elements.length < 4_096; ) {
    const id = variable(bytes, at, false)
    const size = id === null ? null : variable(bytes, at + id.width, true)
    if (id === null || size === null || id.value === ids.cluster) {
      break
    }
    const from = at + id.width + size.width
    // An unknown size (all ones) runs to the end, as do sizes beyond what was read.
    const to = Math.min(end, size.isUnknown ? end : from + size.value)
    elements.push({ id: id.value, start: from, end: to })
    at = to
  }
  return elements
}

function variable(bytes: Uint8Array, at: number, isSize: boolean) {
  const first = bytes[at]
  if (first === undefined || first === 0) {
    return null
  }
  const width = Math.clz32(first) - 23
  if (width > 8 || at + width > bytes.length) {
    return null
  }
  let value = isSize ? first & (0xff >> width) : first
  let ones = isSize && value === 0xff >> width
  for (let place = 1; place < width; place += 1) {
    const next = bytes[at + place] ?? 0
    ones &&= next === 0xff
    value = value * 256 + next
  }
  return { value, width, isUnknown: ones }
}

function numberOf(bytes: Uint8Array, element: Element | undefined): number | null {
  if (element === undefined || element.end - element.start > 8) {
    return null
  }
  let value = 0
  for (let at = element.start; at < element.end; at += 1) {
    value = value * 256 + (bytes[at] ?? 0)
  }
  return value
}

function floatOf(bytes: Uint8Array, element: Element | undefined): number | null {
  const width = element === undefined ? 0 : element.end - element.start
  if (element === undefined || (width !== 4 && width !== 8) || element.end > bytes.length) {
    return null
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset + element.start, width)
  return width === 4 ? view.getFloat32(0) : view.getFloat64(0)
}

function signed64(bytes: Uint8Array, at: number): number {
  return at + 8 > bytes.length ? 0 : Number(new DataView(bytes.buffer, bytes.byteOffset + at, 8).getBigInt64(0))
}

function textOf(bytes: Uint8Array, { start, end }: Element): string {
  return new TextDecoder().decode(bytes.subarray(start, Math.min(end, start + 128))).replaceAll('\0', '')
}
