import {
  BufferTarget,
  CmafOutputFormat,
  EncodedAudioPacketSource,
  EncodedPacket,
  EncodedVideoPacketSource,
  Output,
} from 'mediabunny'
import { MediaError } from './box.ts'
import { type Init, readInit } from './init.ts'
import { readSegment, type Sample } from './segment.ts'

export type VideoTrack = {
  /** RFC 6381, as the encoder gives it. */
  readonly codec: string
  readonly width: number
  readonly height: number
  /** AVCDecoderConfigurationRecord. */
  readonly description: Uint8Array
}
export type AudioTrack = { readonly codec: 'opus'; readonly sampleRate: number; readonly channels: number }

/** One group of pictures: it begins with its key frame. Samples have their true durations. */
export type Gop = { readonly video: readonly Sample[]; readonly audio: readonly Sample[] }

export type MadeSegment = {
  /** `styp sidx moof mdat` */
  readonly media: Uint8Array<ArrayBuffer>
  /** Ticks of the video track, as written in the bytes. */
  readonly timescale: number
  readonly decodeTime: number
  readonly duration: number
}
export type Segmenter = {
  /** `ftyp moov`, both tracks declared; the same bytes for the whole recording. */
  readonly init: Uint8Array<ArrayBuffer>
  /** SHA-256, lower-case hexadecimal. */
  readonly initSha256: string
  readonly codecs: { readonly video: string; readonly audio: string | null }
  readonly add: (gop: Gop) => Promise<MadeSegment>
}

/**
 * Cuts a recording into segments: one CMAF output per group of pictures, so that a segment is there as soon as its
 * group ends. Both tracks are declared from the start: the seconds before the touch have no sound, later ones do.
 * The first init is the one; mediabunny writes the hour into each, so later ones are dropped.
 */
export async function createSegmenter(tracks: {
  readonly video: VideoTrack
  readonly audio: AudioTrack | null
  readonly first: Gop
}): Promise<{ readonly segmenter: Segmenter; readonly first: MadeSegment }> {
  const { init, media } = await write(tracks, tracks.first)
  const parsed = readInit(init)
  const segmenter: Segmenter = {
    init,
    initSha256: await sha256Hex(init),
    codecs: { video: tracks.video.codec, audio: tracks.audio?.codec ?? null },
    add: async (gop) => describe((await write(tracks, gop)).media, parsed),
  }
  return { segmenter, first: describe(media, parsed) }
}

async function write(
  tracks: { readonly video: VideoTrack; readonly audio: AudioTrack | null },
  gop: Gop,
): Promise<{ readonly init: Uint8Array<ArrayBuffer>; readonly media: Uint8Array<ArrayBuffer> }> {
  if (gop.video[0]?.key !== true) {
    throw new MediaError('a group of pictures begins with its key frame')
  }
  const target = new BufferTarget()
  const initTarget = new BufferTarget()
  const output = new Output({ format: new CmafOutputFormat(), target, initTarget })
  const video = new EncodedVideoPacketSource('avc')
  output.addVideoTrack(video, {
    decoderConfig: {
      codec: tracks.video.codec,
      codedWidth: tracks.video.width,
      codedHeight: tracks.video.height,
      description: tracks.video.description,
    },
  })
  const audio = tracks.audio === null ? null : new EncodedAudioPacketSource('opus')
  if (audio !== null && tracks.audio !== null) {
    output.addAudioTrack(audio, {
      decoderConfig: {
        codec: tracks.audio.codec,
        sampleRate: tracks.audio.sampleRate,
        numberOfChannels: tracks.audio.channels,
      },
    })
  }
  await output.start()
  for (const sample of gop.video) {
    await video.add(packetOf(sample))
  }
  for (const sample of audio === null ? [] : gop.audio) {
    await audio?.add(packetOf(sample))
  }
  await output.finalize()
  if (target.buffer === null || initTarget.buffer === null) {
    throw new MediaError('no segment was written')
  }
  return { init: new Uint8Array(initTarget.buffer), media: new Uint8Array(target.buffer) }
}

function packetOf(sample: Sample): EncodedPacket {
  return new EncodedPacket(
    sample.data,
    sample.key ? 'key' : 'delta',
    sample.timestampUs / 1_000_000,
    sample.durationUs / 1_000_000,
  )
}

function describe(media: Uint8Array<ArrayBuffer>, init: Init): MadeSegment {
  const { timescale, decodeTime, duration } = readSegment(media, init)
  return { media, timescale, decodeTime, duration }
}

async function sha256Hex(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
