import { readFile } from 'node:fs/promises'
import { type AudioTrack, createSegmenter, type Gop, readInit, retimeSegment, type Sample } from '@sereno/media'
import { BufferSource, EncodedPacketSink, Input, type InputTrack, MP4, QTFF } from 'mediabunny'

type Track = { readonly trackId: number; readonly timescale: number; readonly decodeTime: number }
type Piece = {
  /** The same pictures with and without sound: the seconds before the touch have none. */
  readonly sounding: Uint8Array<ArrayBuffer>
  readonly silent: Uint8Array<ArrayBuffer>
  readonly tracks: readonly Track[]
  /** Ticks of the video track, as written in the bytes. */
  readonly decodeTime: number
  readonly durationTicks: number
  readonly durationUs: number
  readonly gop: Gop
}
export type Clip = {
  readonly name: string
  readonly init: Uint8Array<ArrayBuffer>
  readonly initSha256: string
  readonly codecs: { readonly video: string; readonly audio: string | null }
  readonly video: {
    readonly codec: string
    readonly width: number
    readonly height: number
    readonly description: Uint8Array
  }
  readonly audio: AudioTrack | null
  readonly timescale: number
  readonly lengthUs: number
  readonly pieces: readonly Piece[]
}
/** A piece of a looped clip, re-timed to its place in a recording. */
export type Cut = {
  readonly media: Uint8Array<ArrayBuffer>
  readonly decodeTime: number
  readonly durationTicks: number
  readonly durationMs: number
  readonly gop: Gop
  /** Add to a sample's own time to have its time in the recording. */
  readonly shiftUs: number
}

/** Reads an MP4 with H.264 (and Opus, if it has sound) and cuts it at its key frames. Throws a sentence otherwise. */
export async function readClip(file: string): Promise<Clip> {
  const bytes = await readFile(file)
  const input = new Input({ source: new BufferSource(new Uint8Array(bytes)), formats: [MP4, QTFF] })
  const video = await input.getPrimaryVideoTrack().catch(() => null)
  const config = await video?.getDecoderConfig()
  const description = config?.description
  if (!video || !config?.codec.startsWith('avc1') || description === undefined) {
    throw new Error(
      `${file} is not an MP4 with H.264 video. Convert it:  ffmpeg -i ${file} -c:v libx264 -bf 0 -g 60 out.mp4`,
    )
  }
  const sound = await input.getPrimaryAudioTrack()
  const soundConfig = (await sound?.getCodec()) === 'opus' ? await sound?.getDecoderConfig() : null
  const audio: AudioTrack | null = soundConfig
    ? { codec: 'opus', sampleRate: soundConfig.sampleRate, channels: soundConfig.numberOfChannels }
    : null
  const gops = gopsOf(await samplesOf(video), sound && audio ? await samplesOf(sound) : [])
  const [first] = gops
  if (!first) {
    throw new Error(`${file} has no key frame.`)
  }
  const track = {
    codec: config.codec,
    width: config.codedWidth ?? 0,
    height: config.codedHeight ?? 0,
    description: bytesOf(description),
  }
  const made = await createSegmenter({ video: track, audio, first })
  const init = readInit(made.segmenter.init)
  const pieces: Piece[] = []
  for (const gop of gops) {
    const sounding = await made.segmenter.add(gop)
    const silent = await made.segmenter.add({ video: gop.video, audio: [] })
    pieces.push({
      sounding: sounding.media,
      silent: silent.media,
      tracks: tracksOf(gop, init.video, init.audio),
      decodeTime: sounding.decodeTime,
      durationTicks: sounding.duration,
      durationUs: gop.video.reduce((sum, sample) => sum + sample.durationUs, 0),
      gop,
    })
  }
  return {
    name: file.split('/').at(-1) ?? file,
    init: made.segmenter.init,
    initSha256: made.segmenter.initSha256,
    codecs: made.segmenter.codecs,
    video: track,
    audio,
    timescale: init.video.timescale,
    lengthUs: pieces.reduce((sum, piece) => sum + piece.durationUs, 0),
    pieces,
  }
}

/** Piece `index` of the endless loop of a clip, with its place on the recording's time line. */
export function cut(clip: Clip, index: number, sound: boolean): Cut {
  const piece = clip.pieces[index % clip.pieces.length]
  if (!piece) {
    throw new RangeError('a clip has at least one piece')
  }
  const shiftUs = Math.floor(index / clip.pieces.length) * clip.lengthUs
  const times = new Map(
    piece.tracks.map(({ trackId, timescale, decodeTime }) => [trackId, decodeTime + ticks(shiftUs, timescale)]),
  )
  return {
    media: retimeSegment(sound ? piece.sounding : piece.silent, times),
    decodeTime: piece.decodeTime + ticks(shiftUs, clip.timescale),
    durationTicks: piece.durationTicks,
    durationMs: piece.durationUs / 1000,
    gop: sound ? piece.gop : { video: piece.gop.video, audio: [] },
    shiftUs,
  }
}

async function samplesOf(track: InputTrack): Promise<Sample[]> {
  const samples: Sample[] = []
  for await (const packet of new EncodedPacketSink(track).packets()) {
    samples.push({
      data: packet.data,
      key: packet.type === 'key',
      timestampUs: Math.max(0, Math.round(packet.timestamp * 1_000_000)),
      durationUs: Math.round(packet.duration * 1_000_000),
    })
  }
  return samples
}

function gopsOf(video: readonly Sample[], audio: readonly Sample[]): Gop[] {
  const starts = video.flatMap((sample, index) => (sample.key ? [index] : []))
  return starts.map((start, i) => {
    const frames = video.slice(start, starts[i + 1])
    const fromUs = frames[0]?.timestampUs ?? 0
    const untilUs = video[starts[i + 1] ?? video.length]?.timestampUs ?? Number.POSITIVE_INFINITY
    return { video: frames, audio: audio.filter((a) => a.timestampUs >= fromUs && a.timestampUs < untilUs) }
  })
}

function tracksOf(
  gop: Gop,
  video: { readonly trackId: number; readonly timescale: number },
  audio: { readonly trackId: number; readonly timescale: number } | null,
): Track[] {
  const of = (track: { readonly trackId: number; readonly timescale: number }, sample: Sample | undefined): Track[] =>
    sample
      ? [{ trackId: track.trackId, timescale: track.timescale, decodeTime: ticks(sample.timestampUs, track.timescale) }]
      : []
  return [...of(video, gop.video[0]), ...(audio ? of(audio, gop.audio[0]) : [])]
}

function ticks(us: number, timescale: number): number {
  return Math.round((us * timescale) / 1_000_000)
}

function bytesOf(source: ArrayBufferView | ArrayBufferLike): Uint8Array {
  return ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source)
}
