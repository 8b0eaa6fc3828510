import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createGopCollector, type PageGop } from './gops.ts'
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
