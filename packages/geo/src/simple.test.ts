import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isSimpleRing, type Position, type Ring } from './index.ts'

/** Every edge against every other one, in whole numbers: slow, and plainly right. */
function isSimpleByPairs(ring: Ring): boolean {
  const edges = ring.slice(1).map((to, index) => [ring[index] as Position, to] as const)
  const turn = (a: Position, b: Position, c: Position) =>
    Math.sign((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]))
  const holds = ([a, b]: readonly [Position, Position], c: Position) =>
    turn(a, b, c) === 0 && (c[0] - a[0]) * (c[0] - b[0]) <= 0 && (c[1] - a[1]) * (c[1] - b[1]) <= 0
  return edges.every((one, index) => {
    const next = edges[(index + 1) % edges.length] as readonly [Position, Position]
    const isShort = one[0][0] === one[1][0] && one[0][1] === one[1][1]
    return (
      !isShort &&
      !holds(one, next[1]) &&
      !holds(next, one[0]) &&
      edges.every((other, place) => {
        const apart = Math.abs(index - place)
        const crosses =
          turn(...one, other[0]) * turn(...one, other[1]) < 0 && turn(...other, one[0]) * turn(...other, one[1]) < 0
        const touches = other.some((end) => holds(one, end)) || one.some((end) => holds(other, end))
        return apart === 0 || apart === 1 || apart === edges.length - 1 || !(crosses || touches)
      })
    )
  })
}

const closed = (corners: readonly Position[]): Ring => [...corners, corners[0] as Position]

/** Whole teeth side by side, along a back: turned, every edge is long whichever way a line sweeps. */
function comb(teeth: number, turned: number): Ring {
  const corners: Position[] = []
  for (let tooth = 0; tooth < teeth; tooth += 1) {
    corners.push([2 * tooth, 1], [2 * tooth + 0.5, 2 * teeth], [2 * tooth + 1, 1])
  }
  corners.push([2 * teeth, 0], [0, 0])
  const [cos, sin] = [Math.cos(turned), Math.sin(turned)]
  return closed(corners.map(([x, y]) => [x * cos - y * sin, x * sin + y * cos]))
}

describe('a simple ring', () => {
  it('is told as comparing every pair of edges tells it, on a small grid where corners and edges often touch', () => {
    const corner = fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 5 }))
    fc.assert(
      fc.property(fc.array(corner, { minLength: 3, maxLength: 8 }).map(closed), (ring) => {
        expect(isSimpleRing(ring)).toBe(isSimpleByPairs(ring))
      }),
      { numRuns: 5_000 },
    )
  })

  it('is told the same of a sound one with a corner moved', () => {
    const wide = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 4, maxLength: 16 })
    fc.assert(
      fc.property(wide, fc.nat(), fc.integer({ min: -12, max: 12 }), (heights, which, moved) => {
        const line: Position[] = heights.map((height, index) => [index, height])
        const corners: Position[] = [...line, [heights.length, 0], [-1, 0]]
        expect(isSimpleRing(closed(corners))).toBe(true)
        const place = which % line.length
        const [x, y] = corners[place] as Position
        const ring = closed(corners.with(place, [x + (moved % 4), y - moved]))
        expect(isSimpleRing(ring)).toBe(isSimpleByPairs(ring))
      }),
      { numRuns: 2_000 },
    )
  })

  it.each([0, 0.3, Math.PI / 4, Math.PI / 2, 2])('takes n log n looks at a comb turned by %d', (turned) => {
    const ring = comb(1_666, turned)
    let looks = 0
    expect(isSimpleRing(ring, () => (looks += 1))).toBe(true)
    expect(ring.length).toBeGreaterThan(4_990)
    expect(looks).toBeLessThan(ring.length * 16)
  })
})
