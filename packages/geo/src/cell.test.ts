import fc from 'fast-check'
import { cellToParent, latLngToCell } from 'h3-js'
import { describe, expect, it } from 'vitest'
import { cellOf, cellResolution, cellsCovering, destination, distanceM } from './index.ts'

const centre = fc.record({
  longitude: fc.double({ min: -179, max: 179, noNaN: true }),
  latitude: fc.double({ min: -80, max: 80, noNaN: true }),
})

describe('cells', () => {
  it('numbers a cell as H3 does', () => {
    const point = { longitude: -76.99, latitude: -12.13 }
    expect(cellOf(point).toString(16)).toBe(latLngToCell(point.latitude, point.longitude, cellResolution))
    expect(cellOf(point)).toBeLessThan(2n ** 63n)
  })
  it('covers every point of a circle', () => {
    fc.assert(
      fc.property(
        centre,
        fc.double({ min: 0, max: 25_000, noNaN: true }),
        fc.array(fc.tuple(fc.double({ min: 0, max: 360, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })), {
          minLength: 20,
          maxLength: 20,
        }),
        (middle, radiusM, spots) => {
          const ranges = cellsCovering(middle, radiusM)
          for (const [bearing, share] of spots) {
            const cell = cellOf(destination(middle, bearing, radiusM * Math.sqrt(share)))
            expect(ranges.some(({ low, high }) => low <= cell && cell <= high)).toBe(true)
          }
        },
      ),
      { numRuns: 200 },
    )
  })
  it('calls inner only what lies wholly inside', () => {
    fc.assert(
      fc.property(
        centre,
        fc.double({ min: 100, max: 25_000, noNaN: true }),
        fc.array(
          fc.tuple(fc.double({ min: 0, max: 360, noNaN: true }), fc.double({ min: 0.8, max: 1.3, noNaN: true })),
          { minLength: 30, maxLength: 30 },
        ),
        (middle, radiusM, spots) => {
          const inner = cellsCovering(middle, radiusM).filter(({ isInner }) => isInner)
          for (const [bearing, share] of spots) {
            const point = destination(middle, bearing, radiusM * share)
            const cell = cellOf(point)
            if (inner.some(({ low, high }) => low <= cell && cell <= high)) {
              expect(distanceM(middle, point)).toBeLessThanOrEqual(radiusM)
            }
          }
        },
      ),
      { numRuns: 200 },
    )
    const here = cellsCovering({ longitude: -76.99, latitude: -12.13 }, 5000)
    expect(here.filter(({ isInner }) => isInner).length).toBeGreaterThan(here.length / 4)
  })
  it('stays small, and single cells for the circles people search', () => {
    for (const radiusM of [0, 50, 250, 500, 1000, 5000, 20_000, 200_000]) {
      expect(cellsCovering({ longitude: -76.99, latitude: -12.13 }, radiusM).length).toBeLessThan(200)
    }
    const ranges = cellsCovering({ longitude: -76.99, latitude: -12.13 }, 250)
    expect(ranges.every(({ low, high }) => low === high)).toBe(true)
  })
  it('gives a coarse cell the range of exactly its descendants', () => {
    const ranges = cellsCovering({ longitude: -76.99, latitude: -12.13 }, 5000)
    const range = ranges[0]
    expect(range).toBeDefined()
    const first = (range?.low ?? 0n).toString(16)
    const last = (range?.high ?? 0n).toString(16)
    const parents = [7, 8, 9].map((resolution) => cellToParent(first, resolution) === cellToParent(last, resolution))
    expect(parents.some(Boolean)).toBe(true)
  })
  it('refuses what is no circle', () => {
    expect(() => cellsCovering({ longitude: 0, latitude: 0 }, -1)).toThrow(RangeError)
    expect(() => cellsCovering({ longitude: 0, latitude: 0 }, Number.NaN)).toThrow(RangeError)
  })
})
