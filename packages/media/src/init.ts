import { type Box, boxesOf, childrenOf, findBox, MediaError, needBox, typeAt, viewOf } from './box.ts'

export type InitVideo = {
  readonly trackId: number
  /** RFC 6381, e.g. avc1.42c01f. */
  readonly codec: string
  readonly width: number
  readonly height: number
  /** Ticks a second. */
  readonly timescale: number
  /** AVCDecoderConfigurationRecord: the WebCodecs `description`. */
  readonly description: Uint8Array
}
export type InitAudio = {
  readonly trackId: number
  readonly codec: string
  readonly sampleRate: number
  readonly channels: number
  readonly timescale: number
}
export type Init = { readonly video: InitVideo; readonly audio: InitAudio | null }

/** Reads an init segment (`ftyp moov`) with one H.264 track and at most one Opus or AAC track. Throws MediaError. */
export function readInit(bytes: Uint8Array): Init {
  const moov = needBox(bytes, boxesOf(bytes), 'moov')
  const tracks = childrenOf(bytes, moov).filter((box) => box.type === 'trak')
  let video: InitVideo | null = null
  let audio: InitAudio | null = null
  for (const trak of tracks) {
    const handler = typeAt(bytes, needBox(bytes, childrenOf(bytes, trak), 'mdia', 'hdlr').content + 8)
    if (handler === 'vide') {
      video ??= readVideo(bytes, trak)
    } else if (handler === 'soun') {
      audio ??= readAudio(bytes, trak)
    }
  }
  if (video === null) {
    throw new MediaError('the init segment declares no picture')
  }
  return { video, audio }
}

function readVideo(bytes: Uint8Array, trak: Box): InitVideo {
  const entry = sampleEntry(bytes, trak)
  if (entry.type !== 'avc1' && entry.type !== 'avc3') {
    throw new MediaError(`the picture is coded as ${entry.type}`)
  }
  const view = viewOf(bytes)
  const record = needBox(bytes, boxesOf(bytes, entry.content + 78, entry.end), 'avcC')
  const description = bytes.slice(record.content, record.end)
  const profile = [...description.subarray(1, 4)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return {
    ...header(bytes, trak),
    codec: `${entry.type}.${profile}`,
    width: view.getUint16(entry.content + 24),
    height: view.getUint16(entry.content + 26),
    description,
  }
}

function readAudio(bytes: Uint8Array, trak: Box): InitAudio {
  const entry = sampleEntry(bytes, trak)
  const view = viewOf(bytes)
  const known: Readonly<Record<string, string>> = { Opus: 'opus', mp4a: 'mp4a.40.2' }
  const codec = known[entry.type]
  if (codec === undefined) {
    throw new MediaError(`the sound is coded as ${entry.type}`)
  }
  return {
    ...header(bytes, trak),
    codec,
    sampleRate: view.getUint32(entry.content + 24) >>> 16,
    channels: view.getUint16(entry.content + 16),
  }
}

function header(bytes: Uint8Array, trak: Box): { readonly trackId: number; readonly timescale: number } {
  const view = viewOf(bytes)
  const children = childrenOf(bytes, trak)
  const tkhd = needBox(bytes, children, 'tkhd')
  const mdhd = needBox(bytes, children, 'mdia', 'mdhd')
  const wide = (box: Box): boolean => bytes[box.content] === 1
  return {
    trackId: view.getUint32(tkhd.content + (wide(tkhd) ? 20 : 12)),
    timescale: view.getUint32(mdhd.content + (wide(mdhd) ? 20 : 12)),
  }
}

function sampleEntry(bytes: Uint8Array, trak: Box): Box {
  const stsd = findBox(bytes, childrenOf(bytes, trak), 'mdia', 'minf', 'stbl', 'stsd')
  const entry = stsd === undefined ? undefined : childrenOf(bytes, stsd, 8)[0]
  if (entry === undefined) {
    throw new MediaError('a track without a sample entry')
  }
  return entry
}
