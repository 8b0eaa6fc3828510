import { distanceM, inRing, pointOf } from '@sereno/geo'
import { expect, test } from 'vitest'
import { follow, readGpx, wander } from './walk.ts'

const ring = [
  [-77, -12],
  [-76.99, -12],
  [-76.99, -12.01],
  [-77, -12.01],
  [-77, -12],
] as const

/** A repeatable source of numbers in [0, 1) (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

test('a walker stays about its quadrant and never jumps', () => {
  const walker = wander(ring, { speedMps: 1.3, random: seeded(7), startMs: 0 })
  let before = walker.fixAt(0)
  for (let second = 1; second <= 3600; second += 1) {
    const fix = walker.fixAt(second * 1000)
    expect(distanceM(before, fix)).toBeLessThan(12)
    expect(fix.accuracyM).toBeGreaterThan(2)
    const near =
      inRing(ring, [fix.longitude, fix.latitude]) || ring.some((corner) => distanceM(pointOf(corner), fix) < 1200)
    expect(near).toBe(true)
    before = fix
  }
})

test('a GPX track is followed at its own pace and begins again', () => {
  const points = readGpx(`<gpx><trk><trkseg>
    <trkpt lat="-12.0" lon="-77.0"><time>2026-01-01T00:00:00Z</time></trkpt>
    <trkpt lat="-12.001" lon="-77.0"><time>2026-01-01T00:01:40Z</time></trkpt></trkseg></trk></gpx>`)
  const walker = follow(points, 1000)
  const half = walker.fixAt(51_000)
  expect(half.latitude).toBeCloseTo(-12.0005, 6)
  expect(half.headingDeg).toBeCloseTo(180, 3)
  expect(half.speedMps).toBeCloseTo(1.11, 1)
  expect(walker.fixAt(101_000).latitude).toBeCloseTo(-12, 6)
})

test('a GPX file without a track is refused with a sentence', () => {
  expect(() => readGpx('<gpx></gpx>')).toThrow('at least two')
  expect(() => readGpx('<trkpt lat="x" lon="1"></trkpt>')).toThrow('lat and lon')
})
