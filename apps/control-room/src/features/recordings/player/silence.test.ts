import { createSegmenter, readInit, type Sample } from '@sereno/media'
import { expect, test } from 'vitest'
import { createSilence, silentFragment } from './silence.ts'

// Constrained baseline 1280 × 720; the bytes of the picture itself are never looked at here.
const description = Uint8Array.from([
  1, 0x42, 0xc0, 0x1f, 0xff, 0xe1, 0, 10, 0x67, 0x42, 0xc0, 0x1f, 0xda, 0x01, 0x40, 0x16, 0xe9, 0xa8, 1, 0, 4, 0x68,
  0xce, 0x3c, 0x80,
])
const video = { codec: 'avc1.42c01f', width: 1280, height: 720, description }
const audio = { codec: 'opus', sampleRate: 48_000, channels: 1 } as const
const pictures = (fromMs: number, count: number): Sample[] =>
  Array.from({ length: count }, (_, index) => ({
    data: Uint8Array.of(0, 0, 0, 2, 0x65, 0x80),
    key: index === 0,
    timestampUs: fromMs * 1000 + index * 100_000,
    durationUs: 100_000,
  }))
const sounds = (fromMs: number, toMs: number): Sample[] =>
  Array.from({ length: (toMs - fromMs) / 20 }, (_, index) => ({
    data: Uint8Array.of(0xf8, 1, 2),
    key: true,
    timestampUs: (fromMs + index * 20) * 1000,
    durationUs: 20_000,
  }))

test('seconds without sound get silence of their length; what has sound keeps its bytes', async () => {
  const { segmenter, first } = await createSegmenter({
    video,
    audio,
    first: { video: pictures(0, 20), audio: [] },
  })
  const half = await segmenter.add({ video: pictures(2000, 20), audio: sounds(3000, 4000) })
  const whole = await segmenter.add({ video: pictures(4000, 20), audio: sounds(4000, 6000) })
  const silence = createSilence()
  const copy = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes)
  expect(silence(copy(segmenter.init))).toEqual(copy(segmenter.init))
  const { trackId = 0, timescale = 0 } = readInit(segmenter.init).audio ?? {}
  const silent = (fromUs: number, packets: number) =>
    silentFragment({ trackId, timescale, channels: 1, fromUs, packets })
  expect(silence(copy(first.media))).toEqual(Uint8Array.from([...silent(0, 100), ...first.media]))
  expect(silence(copy(half.media))).toEqual(Uint8Array.from([...silent(2_000_000, 50), ...half.media]))
  expect(silence(copy(whole.media))).toEqual(copy(whole.media))
})

test('what is no segment of ours goes on as it is', () => {
  const silence = createSilence()
  const other = Uint8Array.of(0x47, 1, 2, 3, 4, 5, 6, 7, 8)
  expect(silence(other)).toBe(other)
})
