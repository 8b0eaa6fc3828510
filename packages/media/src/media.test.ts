import { readFileSync } from 'node:fs'
import { liveFlags, liveHeaderBytes } from '@sereno/contracts'
import fc from 'fast-check'
import {
  ALL_FORMATS,
  BufferSource,
  EncodedPacketSink,
  Input,
  type InputAudioTrack,
  type InputVideoTrack,
} from 'mediabunny'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  createSegmenter,
  decodeMessage,
  encodeMessage,
  type Gop,
  type MadeSegment,
  MediaError,
  messageFlags,
  messageHeaderBytes,
  readInit,
  readSegment,
  retimeSegment,
  type Sample,
  type Segmenter,
} from './index.ts'

const clip = readFileSync(new URL('../fixtures/clip.mp4', import.meta.url))
let segmenter: Segmenter
let segments: MadeSegment[]
let gops: Gop[]

beforeAll(async () => {
  const input = new Input({ formats: ALL_FORMATS, source: new BufferSource(new Uint8Array(clip)) })
  const video = (await input.getPrimaryVideoTrack()) as InputVideoTrack
  const audio = (await input.getPrimaryAudioTrack()) as InputAudioTrack
  const config = (await video.getDecoderConfig())!
  const frames = await samplesOf(video)
  const sound = await samplesOf(audio)
  gops = [0, 2, 4].map((second) => ({
    video: frames.filter((sample) => within(sample, second)),
    // the first group is from before the touch: no sound
    audio: second === 0 ? [] : sound.filter((sample) => within(sample, second)),
  }))
  const made = await createSegmenter({
    video: {
      codec: config.codec,
      width: config.codedWidth ?? 0,
      height: config.codedHeight ?? 0,
      description: new Uint8Array(config.description as Uint8Array<ArrayBuffer>),
    },
    audio: { codec: 'opus', sampleRate: 48_000, channels: 1 },
    first: gops[0]!,
  })
  segmenter = made.segmenter
  segments = [made.first, await segmenter.add(gops[1]!), await segmenter.add(gops[2]!)]
})

describe('segmenter', () => {
  test('the init declares both tracks although the first group has no sound', () => {
    const init = readInit(segmenter.init)
    expect(init.video).toMatchObject({ codec: 'avc1.42c00c', width: 320, height: 180 })
    expect(init.audio).toMatchObject({ codec: 'opus', sampleRate: 48_000, channels: 1 })
    expect(segmenter.initSha256).toMatch(/^[0-9a-f]{64}$/)
  })

  test('every segment is one group: the samples come back byte for byte, on one time line', () => {
    const init = readInit(segmenter.init)
    for (const [index, made] of segments.entries()) {
      const segment = readSegment(made.media, init)
      expect(segment.startsWithKeyFrame).toBe(true)
      expect(segment.decodeTime).toBe(index * 2 * made.timescale)
      expect(segment.duration).toBe(2 * made.timescale)
      expect(segment.video.samples.map((sample) => [...sample.data])).toEqual(
        gops[index]!.video.map((sample) => [...sample.data]),
      )
      expect(segment.audio?.samples.length ?? 0).toBe(gops[index]!.audio.length)
    }
  })

  test('init and segments together are a file others can read', async () => {
    const file = Buffer.concat([segmenter.init, ...segments.map((segment) => segment.media)])
    const input = new Input({ formats: ALL_FORMATS, source: new BufferSource(new Uint8Array(file)) })
    const video = (await input.getPrimaryVideoTrack()) as InputVideoTrack
    const read = await samplesOf(video)
    expect(read.length).toBe(90)
    expect(read.at(-1)!.timestampUs).toBe(gops[2]!.video.at(-1)!.timestampUs)
  })

  test('a group without its key frame is refused', async () => {
    await expect(segmenter.add({ video: gops[1]!.video.slice(1), audio: [] })).rejects.toThrow(MediaError)
  })
})

describe('retiming', () => {
  test('moves each track to its new time and leaves the samples alone', () => {
    const init = readInit(segmenter.init)
    const before = readSegment(segments[1]!.media, init)
    const moved = retimeSegment(
      segments[1]!.media,
      new Map([
        [init.video.trackId, 10 ** 12],
        [init.audio!.trackId, 5 * 10 ** 11],
      ]),
    )
    const after = readSegment(moved, init)
    expect(after.decodeTime).toBe(10 ** 12)
    expect(after.duration).toBe(before.duration)
    expect(after.audio!.decodeTime).toBe(5 * 10 ** 11)
    expect(after.video.samples.map((sample) => sample.data)).toEqual(before.video.samples.map((sample) => sample.data))
    expect(moved.length).toBe(segments[1]!.media.length)
  })

  test('a track without a new time is refused', () => {
    expect(() => retimeSegment(segments[1]!.media, new Map([[1, 0]]))).toThrow(MediaError)
  })
})

test('bytes that were cut or bent are refused with MediaError and nothing else', () => {
  const init = readInit(segmenter.init)
  const media = segments[1]!.media
  const head = media.length - gops[1]!.video.reduce((sum, sample) => sum + sample.data.length, 0)
  fc.assert(
    fc.property(fc.integer({ min: 0, max: media.length - 1 }), fc.boolean(), (place, cut) => {
      const bent = cut ? media.slice(0, place) : new Uint8Array(media)
      if (!cut) {
        bent[place % head] = (bent[place % head]! ^ 0x80) & 0xff
      }
      try {
        readSegment(bent, init)
      } catch (error) {
        expect(error instanceof MediaError || error instanceof RangeError).toBe(true)
      }
    }),
    { numRuns: 300 },
  )
})

describe('live messages', () => {
  test('the numbers are the contract’s', () => {
    expect(messageFlags).toEqual(liveFlags)
    expect(messageHeaderBytes).toBe(liveHeaderBytes)
  })

  test('what is encoded is decoded', () => {
    fc.assert(
      fc.property(
        fc.record({
          key: fc.boolean(),
          config: fc.boolean(),
          audio: fc.boolean(),
          timestampUs: fc.maxSafeNat(),
          durationUs: fc.integer({ min: 0, max: 0xffffffff }),
          payload: fc.uint8Array({ maxLength: 64 }),
        }),
        (message) => {
          expect(decodeMessage(encodeMessage(message))).toEqual(message)
        },
      ),
    )
  })

  test('another version, unknown flags and short bytes are no message', () => {
    expect(decodeMessage(new Uint8Array(13))).toBeNull()
    expect(decodeMessage(new Uint8Array([2, ...new Uint8Array(13)]))).toBeNull()
    expect(decodeMessage(new Uint8Array([1, 8, ...new Uint8Array(12)]))).toBeNull()
  })
})

async function samplesOf(track: InputVideoTrack | InputAudioTrack): Promise<Sample[]> {
  const samples: Sample[] = []
  for await (const packet of new EncodedPacketSink(track).packets()) {
    samples.push({
      data: packet.data,
      key: packet.type === 'key',
      timestampUs: packet.microsecondTimestamp,
      durationUs: packet.microsecondDuration,
    })
  }
  return samples
}

function within(sample: Sample, second: number): boolean {
  return sample.timestampUs >= second * 1_000_000 && sample.timestampUs < (second + 2) * 1_000_000
}
