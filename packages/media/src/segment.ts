import { type Box, boxesOf, childrenOf, findBox, MediaError, needBox, viewOf } from './box.ts'
import type { Init } from './init.ts'

/** One coded frame or sound packet. Times in microseconds on the recording's time line. */
export type Sample = {
  readonly data: Uint8Array
  readonly key: boolean
  readonly timestampUs: number
  readonly durationUs: number
}
export type TrackFragment = {
  readonly trackId: number
  /** Ticks of the track. */
  readonly decodeTime: number
  readonly duration: number
  readonly samples: readonly Sample[]
}
export type Segment = {
  /** Ticks of the video track. */
  readonly decodeTime: number
  readonly duration: number
  readonly timescale: number
  readonly startsWithKeyFrame: boolean
  readonly video: TrackFragment
  /** Null when no sound was recorded in this segment. */
  readonly audio: TrackFragment | null
}

type Defaults = { readonly trackId: number; readonly duration: number; readonly size: number; readonly flags: number }

const nonSyncFlag = 0x10000

/** Reads a media segment (`styp sidx moof mdat`) with the timescales of its init. Payloads are views. Throws MediaError. */
export function readSegment(bytes: Uint8Array, init: Init): Segment {
  const boxes = boxesOf(bytes)
  const moof = needBox(bytes, boxes, 'moof')
  if (boxes.filter((box) => box.type === 'moof').length !== 1) {
    throw new MediaError('a segment has one fragment')
  }
  const timescales = new Map([[init.video.trackId, init.video.timescale]])
  if (init.audio !== null) {
    timescales.set(init.audio.trackId, init.audio.timescale)
  }
  const fragments = childrenOf(bytes, moof)
    .filter((box) => box.type === 'traf')
    .map((traf) => readFragment(bytes, moof, traf, timescales))
  const video = fragments.find((fragment) => fragment.trackId === init.video.trackId)
  if (video === undefined) {
    throw new MediaError('a segment without a picture')
  }
  return {
    decodeTime: video.decodeTime,
    duration: video.duration,
    timescale: init.video.timescale,
    startsWithKeyFrame: video.samples[0]?.key ?? false,
    video,
    audio: fragments.find((fragment) => fragment.trackId === init.audio?.trackId) ?? null,
  }
}

function readFragment(bytes: Uint8Array, moof: Box, traf: Box, timescales: ReadonlyMap<number, number>): TrackFragment {
  const children = childrenOf(bytes, traf)
  const defaults = readDefaults(bytes, needBox(bytes, children, 'tfhd'))
  const timescale = timescales.get(defaults.trackId)
  if (timescale === undefined) {
    throw new MediaError('a track that the init does not declare')
  }
  const decodeTime = readDecodeTime(bytes, children)
  const samples: Sample[] = []
  let ticks = decodeTime
  for (const trun of children.filter((box) => box.type === 'trun')) {
    ticks = readRun(bytes, { moof, trun, defaults, timescale, ticks }, samples)
  }
  return { trackId: defaults.trackId, decodeTime, duration: ticks - decodeTime, samples }
}

function readDecodeTime(bytes: Uint8Array, children: readonly Box[]): number {
  const tfdt = findBox(bytes, children, 'tfdt')
  if (tfdt === undefined) {
    throw new MediaError('no tfdt box')
  }
  const view = viewOf(bytes)
  return bytes[tfdt.content] === 1 ? Number(view.getBigUint64(tfdt.content + 4)) : view.getUint32(tfdt.content + 4)
}

// ISO 14496-12 §8.8.7: optional fields in the order of their flags.
function readDefaults(bytes: Uint8Array, tfhd: Box): Defaults {
  const view = viewOf(bytes)
  const flags = view.getUint32(tfhd.content) & 0xffffff
  if ((flags & 0x000001) !== 0) {
    throw new MediaError('base data offsets are not used here')
  }
  let offset = tfhd.content + 8 + ((flags & 0x2) !== 0 ? 4 : 0)
  const next = (present: number): number => {
    if ((flags & present) === 0) {
      return 0
    }
    offset += 4
    return view.getUint32(offset - 4)
  }
  return { trackId: view.getUint32(tfhd.content + 4), duration: next(0x8), size: next(0x10), flags: next(0x20) }
}

// §8.8.8. Samples are in decoding order; their time is that of presentation.
function readRun(
  bytes: Uint8Array,
  run: {
    readonly moof: Box
    readonly trun: Box
    readonly defaults: Defaults
    readonly timescale: number
    readonly ticks: number
  },
  samples: Sample[],
): number {
  const { trun, defaults, timescale } = run
  const view = viewOf(bytes)
  const flags = view.getUint32(trun.content) & 0xffffff
  const count = view.getUint32(trun.content + 4)
  if (count > bytes.length) {
    throw new MediaError('more samples than bytes')
  }
  let offset = trun.content + 8
  const next = (present: number): number | null => {
    if ((flags & present) === 0) {
      return null
    }
    if (offset + 4 > trun.end) {
      throw new MediaError('a run is cut off')
    }
    offset += 4
    return view.getUint32(offset - 4)
  }
  let data = run.moof.start + (next(0x1) ?? 0)
  const firstFlags = next(0x4)
  let ticks = run.ticks
  for (let index = 0; index < count; index += 1) {
    const duration = next(0x100) ?? defaults.duration
    const size = next(0x200) ?? defaults.size
    const own = next(0x400)
    // signed since version 1 of the box; negative offsets in version 0 do not exist in practice
    const shift = (next(0x800) ?? 0) | 0
    if (data + size > bytes.length) {
      throw new MediaError('a sample lies outside the segment')
    }
    const sampleFlags = own ?? (index === 0 ? firstFlags : null) ?? defaults.flags
    samples.push({
      data: bytes.subarray(data, data + size),
      key: (sampleFlags & nonSyncFlag) === 0,
      timestampUs: toUs(ticks + shift, timescale),
      durationUs: toUs(ticks + duration, timescale) - toUs(ticks, timescale),
    })
    data += size
    ticks += duration
  }
  return ticks
}

function toUs(ticks: number, timescale: number): number {
  return Math.round((ticks * 1_000_000) / timescale)
}
