import { join } from 'node:path'
import { readInit, readSegment } from '@sereno/media'
import { expect, test } from 'vitest'
import { cut, readClip } from './clip.ts'

const file = join(import.meta.dirname, '../clips/calle-noche.mp4')

test('a clip loops without a seam: each piece begins where the one before ended', async () => {
  const clip = await readClip(file)
  const init = readInit(clip.init)
  let end = 0
  for (let index = 0; index < clip.pieces.length * 2 + 1; index += 1) {
    const piece = cut(clip, index, true)
    const segment = readSegment(piece.media, init)
    expect(segment.startsWithKeyFrame).toBe(true)
    expect(Math.abs(segment.decodeTime - end)).toBeLessThanOrEqual(clip.pieces.length)
    expect({ decodeTime: piece.decodeTime, duration: piece.durationTicks }).toEqual({
      decodeTime: segment.decodeTime,
      duration: segment.duration,
    })
    end = segment.decodeTime + segment.duration
  }
})

test('the seconds before the touch carry no sound', async () => {
  const clip = await readClip(file)
  const init = readInit(clip.init)
  expect(readSegment(cut(clip, 1, false).media, init).audio).toBeNull()
  expect(readSegment(cut(clip, 1, true).media, init).audio?.samples.length).toBeGreaterThan(50)
})

test('what is not H.264 in MP4 is refused with the command that converts it', async () => {
  await expect(readClip(join(import.meta.dirname, '../package.json'))).rejects.toThrow('ffmpeg')
})
