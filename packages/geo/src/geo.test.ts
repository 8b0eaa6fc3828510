import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  areaM2,
  bearingDeg,
  boxOf,
  centreOf,
  clipLine,
  destination,
  distanceM,
  distanceToLineM,
  type Flat,
  flagJumps,
  inPolygon,
  inRing,
  isPlausibleMove,
  isSimpleRing,
  lengthM,
  type Measured,
  type Point,
  type Position,
  planeAround,
  pointOf,
  positionOf,
  type Ring,
  signedArea,
  simplify,
  splitRing,
} from './index.ts'

const point = fc.record({
  longitude: fc.double({ min: -179, max: 179, noNaN: true }),
  latitude: fc.double({ min: -75, max: 75, noNaN: true }),
})
const nearLima = fc.record({
  longitude: fc.double({ min: -77.02, max: -76.94, noNaN: true }),
  latitude: fc.double({ min: -12.18, max: -12.07, noNaN: true }),
})
/** A star-shaped, so simple, often concave ring around a centre; flat metres. */
const star = fc.array(fc.double({ min: 100, max: 3000, noNaN: true }), { minLength: 5, maxLength: 24 }).map((radii) => {
  const ring = radii.map((radius, index): Flat => {
    const angle = (2 * Math.PI * index) / radii.length
    return [radius * Math.cos(angle), radius * Math.sin(angle)]
  })
  return [...ring, ring[0] as Flat]
})

describe('points', () => {
  it('measures known distances', () => {
    // Lima, Plaza Mayor to Miraflores, Parque Kennedy: 8.6 km; a degree of latitude on the mean sphere: 111.195 km.
    expect(
      distanceM({ longitude: -77.0306, latitude: -12.0464 }, { longitude: -77.0305, latitude: -12.1211 }),
    ).toBeCloseTo(8306, -1)
    expect(distanceM({ longitude: 0, latitude: 0 }, { longitude: 0, latitude: 1 })).toBeCloseTo(111_195.08, 1)
  })
  it('is a metric', () => {
    fc.assert(
      fc.property(point, point, point, (a, b, c) => {
        expect(distanceM(a, b)).toBeCloseTo(distanceM(b, a), 6)
        expect(distanceM(a, a)).toBe(0)
        expect(distanceM(a, c)).toBeLessThanOrEqual(distanceM(a, b) + distanceM(b, c) + 1e-6)
      }),
    )
  })
  it('arrives where bearing and distance lead', () => {
    fc.assert(
      fc.property(
        point,
        fc.double({ min: 0, max: 359.9, noNaN: true }),
        fc.double({ min: 1, max: 50_000, noNaN: true }),
        (from, along, far) => {
          const to = destination(from, along, far)
          expect(distanceM(from, to)).toBeCloseTo(far, 3)
          const off = Math.abs(bearingDeg(from, to) - along)
          expect(Math.min(off, 360 - off)).toBeLessThan(0.01)
        },
      ),
    )
  })
  it('flattens and lifts back', () => {
    fc.assert(
      fc.property(nearLima, nearLima, (origin, other) => {
        const plane = planeAround(origin)
        const flat = plane.flatten(positionOf(other))
        expect(Math.abs(Math.hypot(...flat) - distanceM(origin, other))).toBeLessThan(
          0.002 * distanceM(origin, other) + 0.001,
        )
        const back = pointOf(plane.lift(flat))
        expect(distanceM(back, other)).toBeLessThan(1e-3)
      }),
    )
  })
})

describe('areas', () => {
  const square: Ring = [
    [0, 0],
    [1, 0],
    [1, 1],
    [0, 1],
    [0, 0],
  ]
  it('knows inside from outside, with holes', () => {
    const hole: Ring = [
      [0.4, 0.4],
      [0.6, 0.4],
      [0.6, 0.6],
      [0.4, 0.6],
      [0.4, 0.4],
    ]
    expect(inPolygon({ type: 'Polygon', coordinates: [square, hole] }, [0.2, 0.2])).toBe(true)
    expect(inPolygon({ type: 'Polygon', coordinates: [square, hole] }, [0.5, 0.5])).toBe(false)
    expect(inPolygon({ type: 'Polygon', coordinates: [square] }, [1.2, 0.5])).toBe(false)
  })
  it('gives a position on a shared edge to exactly one neighbour', () => {
    const right: Ring = [
      [1, 0],
      [2, 0],
      [2, 1],
      [1, 1],
      [1, 0],
    ]
    fc.assert(
      fc.property(fc.double({ min: 0, max: 0.999, noNaN: true }), (latitude) => {
        expect(Number(inRing(square, [1, latitude])) + Number(inRing(right, [1, latitude]))).toBe(1)
      }),
    )
  })
  it('tells simple rings from others', () => {
    expect(isSimpleRing(square)).toBe(true)
    expect(
      isSimpleRing([
        [0, 0],
        [1, 1],
        [1, 0],
        [0, 1],
        [0, 0],
      ]),
    ).toBe(false)
    expect(
      isSimpleRing([
        [0, 0],
        [1, 0],
        [1, 1],
        [0, 1],
      ]),
    ).toBe(false)
    fc.assert(
      fc.property(star, (ring) => {
        expect(isSimpleRing(ring)).toBe(true)
      }),
    )
  })
  it('measures area and centre', () => {
    const plane = planeAround({ longitude: -77, latitude: -12.1 })
    const ring = (
      [
        [0, 0],
        [1000, 0],
        [1000, 500],
        [0, 500],
        [0, 0],
      ] as const
    ).map(plane.lift)
    expect(areaM2(ring)).toBeCloseTo(500_000, -2)
    const [east, north] = plane.flatten(centreOf(ring))
    expect(east).toBeCloseTo(500, 3)
    expect(north).toBeCloseTo(250, 3)
    expect(boxOf(square)).toEqual({ west: 0, south: 0, east: 1, north: 1 })
  })
})

describe('cutting', () => {
  it('leaves two simple rings whose areas add up', () => {
    fc.assert(
      fc.property(
        star,
        fc.double({ min: 0, max: 3.1, noNaN: true }),
        fc.double({ min: -900, max: 900, noNaN: true }),
        (ring, angle, offset) => {
          const cut = { normal: [Math.cos(angle), Math.sin(angle)] as const, offset }
          const halves = splitRing(ring, cut)
          if (halves === null) {
            return
          }
          const areas = halves.map((half) => Math.abs(signedArea(half)))
          expect((areas[0] ?? 0) + (areas[1] ?? 0)).toBeCloseTo(Math.abs(signedArea(ring)), 2)
          for (const half of halves) {
            expect(half[0]).toEqual(half.at(-1))
            expect(half.length).toBeGreaterThanOrEqual(4)
          }
          for (const [x, y] of halves[0]) {
            expect(cut.normal[0] * x + cut.normal[1] * y).toBeLessThanOrEqual(offset + 1e-6)
          }
        },
      ),
    )
  })
  it('refuses a cut that would leave three pieces', () => {
    const fork: Flat[] = [
      [0, 0],
      [5, 0],
      [5, 5],
      [4, 5],
      [4, 1],
      [1, 1],
      [1, 5],
      [0, 5],
      [0, 0],
    ]
    expect(splitRing(fork, { normal: [0, 1], offset: 3 })).toBeNull()
    expect(splitRing(fork, { normal: [0, 1], offset: 9 })).toBeNull()
    expect(splitRing(fork, { normal: [1, 0], offset: 2.5 })).not.toBeNull()
  })
  it('keeps of a line what lies inside', () => {
    const fork: Ring = [
      [0, 0],
      [5, 0],
      [5, 5],
      [4, 5],
      [4, 1],
      [1, 1],
      [1, 5],
      [0, 5],
      [0, 0],
    ]
    expect(
      clipLine(
        [
          [-1, 3],
          [6, 3],
        ],
        fork,
      ),
    ).toEqual([
      [
        [0, 3],
        [1, 3],
      ],
      [
        [4, 3],
        [5, 3],
      ],
    ])
    expect(
      clipLine(
        [
          [0.5, 0.5],
          [0.5, 4],
          [0.7, 4.5],
        ],
        fork,
      ),
    ).toEqual([
      [
        [0.5, 0.5],
        [0.5, 4],
        [0.7, 4.5],
      ],
    ])
    expect(
      clipLine(
        [
          [-3, -3],
          [-1, -2],
        ],
        fork,
      ),
    ).toEqual([])
  })
})

describe('tracks', () => {
  const fix = (atMs: number, at: Point, accuracyM = 5): Measured => ({ ...at, atMs, accuracyM })
  const here = { longitude: -76.99, latitude: -12.13 }
  it('lets walking, driving and noise pass, and flags a leap', () => {
    expect(isPlausibleMove(fix(0, here), fix(1000, destination(here, 90, 1.4)))).toBe(true)
    expect(isPlausibleMove(fix(0, here), fix(1000, destination(here, 90, 40)))).toBe(true)
    expect(isPlausibleMove(fix(0, here, 100), fix(1000, destination(here, 90, 300), 100))).toBe(true)
    expect(isPlausibleMove(fix(0, here), fix(1000, destination(here, 90, 2000)))).toBe(false)
    expect(isPlausibleMove(fix(0, here), fix(60_000, destination(here, 90, 2000)))).toBe(true)
  })
  it('flags the leap alone, and goes on from the last plausible fix', () => {
    const track = [fix(0, here), fix(1000, destination(here, 0, 5000)), fix(2000, destination(here, 0, 3))]
    expect(flagJumps(track, null).map((each) => each.implausible)).toEqual([false, true, false])
    expect(flagJumps(track.slice(1), fix(0, here)).map((each) => each.implausible)).toEqual([true, false])
  })
  it('drops no fix and changes none', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(100_000), nearLima, fc.nat(80))), (raw) => {
        const track = raw.map(([at, where, accuracy]) => fix(at, where, accuracy)).sort((a, b) => a.atMs - b.atMs)
        const flagged = flagJumps(track, null)
        expect(flagged.map(({ implausible: _, ...rest }) => rest)).toEqual(track)
        expect(flagged[0]?.implausible ?? false).toBe(false)
      }),
    )
  })
  it('simplifies within the tolerance', () => {
    fc.assert(
      fc.property(
        fc.array(nearLima.map(positionOf), { minLength: 2, maxLength: 60 }),
        fc.integer({ min: 1, max: 800 }),
        (line, tolerance) => {
          const short = simplify(line, tolerance)
          expect(short[0]).toEqual(line[0])
          expect(short.at(-1)).toEqual(line.at(-1))
          for (const position of line) {
            // The recheck's plane has another origin than the simplification's: 0.2 % of some kilometres.
            expect(distanceToLineM(pointOf(position), short)).toBeLessThanOrEqual(tolerance * 1.01 + 15)
          }
        },
      ),
    )
    const straight: Position[] = [
      [-77, -12],
      [-76.99, -12],
      [-76.98, -12],
    ]
    expect(simplify(straight, 1)).toHaveLength(2)
    expect(lengthM(straight.map(pointOf))).toBeCloseTo(distanceM(pointOf([-77, -12]), pointOf([-76.98, -12])), 1)
  })
})
