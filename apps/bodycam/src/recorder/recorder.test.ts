import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createClockWatch } from './clock-watch.ts'
import { createDrops } from './drops.ts'
import { createGopCollector, type PageGop } from './gops.ts'
import { letterbox } from './letterbox.ts'
import { settingsFor } from './quality.ts'
import { createRing } from './ring.ts'
import { createTimeLine } from './time-line.ts'

const frame = fc.record({ key: fc.boolean(), stepUs: fc.integer({ min: 0, max: 90_000 }) })

describe('groups of pictures', () => {
  test('begin with a key frame, hold every frame after the first key once, and leave no time out', () => {
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 120 }), (steps) => {
        const gops: PageGop[] = []
        const collector = createGopCollector((gop) => gops.push(gop))
        let atUs = 1_000_000
        let fed = 0
        let seenKey = false
        for (const { key, stepUs } of steps) {
          atUs += stepUs
          seenKey ||= key
          fed += seenKey ? 1 : 0
          collector.add({ key, atUs, data: new Uint8Array([fed & 255]) })
        }
        collector.close(atUs + 33_000)
        expect(gops.flatMap((gop) => gop.frames).length).toBe(fed)
        for (const [place, gop] of gops.entries()) {
          expect(gop.frames[0]!.key).toBe(true)
          expect(gop.frames.slice(1).some((sample) => sample.key)).toBe(false)
          const sumUs = gop.frames.reduce((sum, sample) => sum + sample.durationUs, 0)
          expect(gop.startUs + sumUs).toBe(gop.endUs)
          expect(gop.frames.every((sample) => sample.durationUs > 0)).toBe(true)
          expect(gops[place + 1]?.startUs ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(gop.startUs)
        }
      }),
    )
  })
})

describe('pre-event ring', () => {
  test('never holds more than was promised, and what it gives is in order', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30 }),
        fc.array(fc.record({ lengthUs: fc.integer({ min: 1, max: 4_000_000 }), holeUs: fc.nat(3_000_000) }), {
          maxLength: 60,
        }),
        (keepSeconds, gops) => {
          const ring = createRing(keepSeconds)
          let atUs = 0
          for (const { lengthUs, holeUs } of gops) {
            atUs += holeUs
            ring.push({ frames: [], startUs: atUs, endUs: atUs + lengthUs })
            atUs += lengthUs
            expect(ring.seconds()).toBeLessThanOrEqual(keepSeconds)
          }
          const taken = ring.take()
          for (const [place, gop] of taken.entries()) {
            expect(gop.startUs).toBeGreaterThanOrEqual(taken[place - 1]?.endUs ?? 0)
          }
          expect(ring.take()).toEqual([])
        },
      ),
    )
  })

  test('forgets what lies before a hole', () => {
    const ring = createRing(30)
    ring.push({ frames: [], startUs: 0, endUs: 2_000_000 })
    ring.push({ frames: [], startUs: 9_000_000, endUs: 11_000_000 })
    expect(ring.take().map((gop) => gop.startUs)).toEqual([9_000_000])
  })
})

test('a source that restarts its count stays on one growing time line', () => {
  const line = createTimeLine()
  expect(line.place(500, 1000)).toBe(1_000_000)
  expect(line.place(33_500, 1060)).toBe(1_033_000)
  // eight seconds later the camera comes back and counts from zero
  expect(line.place(0, 9000)).toBe(9_000_000)
  expect(line.place(33_000, 9010)).toBe(9_033_000)
})

test('a clock that is set is noticed once, by how much, both ways; drifting and sleeping are not', () => {
  let wallMs = 1_700_000_000_000
  let monotonicMs = 5000
  const watch = createClockWatch(
    () => wallMs,
    () => monotonicMs,
  )
  const later = (byMs: number, setMs = 0): number | null => {
    monotonicMs += byMs
    wallMs += byMs + setMs
    return watch.look()
  }
  expect(later(1000)).toBeNull()
  expect(later(1000, 3_600_000)).toBe(3_600_000)
  expect(later(1000)).toBeNull()
  expect(later(1000, -86_400_000)).toBe(-86_400_000)
  for (let second = 0; second < 300; second += 1) {
    // a bad quartz, and a page that was not asked for a minute
    expect(later(second === 100 ? 60_000 : 1000, 5)).toBeNull()
  }
})

test('frames that were left out are told once each, with the segment they fell into', () => {
  const drops = createDrops()
  expect(drops.take(10)).toBeNull()
  for (const atUs of [100, 133, 166, 2100]) {
    drops.add(atUs)
  }
  expect(drops.take(2000)).toEqual({ count: 3, fromUs: 100, toUs: 166 })
  expect(drops.take(2000)).toBeNull()
  expect(drops.take(4000)).toEqual({ count: 1, fromUs: 2100, toUs: 2100 })
})

test('a turned phone’s picture keeps its shape inside the size the recording began with', () => {
  const wide = { width: 1280, height: 720 }
  expect(letterbox(wide, wide)).toBeNull()
  expect(letterbox({ width: 1279, height: 720 }, wide)).toBeNull()
  expect(letterbox({ width: 720, height: 1280 }, wide)).toEqual({ x: 437, y: 0, width: 405, height: 720 })
  expect(letterbox(wide, { width: 720, height: 1280 })).toEqual({ x: 0, y: 437, width: 720, height: 405 })
  fc.assert(
    fc.property(fc.integer({ min: 16, max: 4000 }), fc.integer({ min: 16, max: 4000 }), (width, height) => {
      const box = letterbox({ width, height }, wide)
      if (box !== null) {
        expect(box.x >= 0 && box.y >= 0).toBe(true)
        expect(box.x + box.width <= wide.width && box.y + box.height <= wide.height).toBe(true)
        expect(box.width === wide.width || box.height === wide.height).toBe(true)
      }
    }),
  )
})

test('low quality makes room last about three times as long and grows nothing', () => {
  const full = { width: 1280, height: 720, framesPerSecond: 30, videoBitsPerSecond: 2_000_000, segmentSeconds: 2 }
  expect(settingsFor(full, 'full')).toBe(full)
  const low = settingsFor(full, 'low')
  expect([low.width, low.height, low.videoBitsPerSecond]).toEqual([640, 360, 600_000])
  expect(settingsFor({ ...full, width: 320, height: 180 }, 'low').width).toBe(320)
})
