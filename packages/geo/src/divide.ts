import type { Position, Ring } from './geojson.ts'
import { centreOf, type Flat, planeAround, signedArea } from './plane.ts'
import { type Cut, splitRing } from './split.ts'

const angleStepDeg = 5

/**
 * Divides a simple ring into `parts` simple rings of equal area that cover it, by straight cuts. Deterministic. Among the
 * cuts that leave exactly two pieces the one with the most compact pieces is taken, so that quadrants look like quarters
 * of a town rather than strips.
 */
export function divide(ring: Ring, parts: number): readonly Ring[] {
  const [longitude, latitude] = centreOf(ring)
  const plane = planeAround({ longitude, latitude })
  return divideFlat(ring.map(plane.flatten), parts).map((piece) => rounded(piece.map(plane.lift)))
}

function divideFlat(ring: readonly Flat[], parts: number): readonly (readonly Flat[])[] {
  if (parts <= 1) {
    return [ring]
  }
  const first = Math.floor(parts / 2)
  const halves = bestSplit(ring, first / parts)
  return [...divideFlat(halves[0], first), ...divideFlat(halves[1], parts - first)]
}

type Halves = readonly [readonly Flat[], readonly Flat[]]

function bestSplit(ring: readonly Flat[], share: number): Halves {
  let best: { readonly halves: Halves; readonly score: number } | null = null
  for (let angleDeg = 0; angleDeg < 180; angleDeg += angleStepDeg) {
    // Both ways round, because the shares of the two sides differ when the parts are odd.
    for (const turnedDeg of [angleDeg, angleDeg + 180]) {
      const angle = (turnedDeg * Math.PI) / 180
      const normal: Flat = [Math.cos(angle), Math.sin(angle)]
      const halves = splitRing(ring, { normal, offset: offsetOf(ring, normal, share) })
      if (halves !== null) {
        const score = raggedness(halves[0]) + raggedness(halves[1])
        best = best === null || score < best.score - 1e-9 ? { halves, score } : best
      }
    }
  }
  if (best === null) {
    throw new RangeError('this outline cannot be cut in two by a straight line')
  }
  return best.halves
}

/** Perimeter squared over area: 16 for a square, larger for anything longer or more ragged. */
function raggedness(ring: readonly Flat[]): number {
  let perimeter = 0
  for (let index = 0; index + 1 < ring.length; index += 1) {
    const [x, y] = ring[index] as Flat
    const [nextX, nextY] = ring[index + 1] as Flat
    perimeter += Math.hypot(nextX - x, nextY - y)
  }
  return perimeter ** 2 / Math.abs(signedArea(ring))
}

/** Where to cut across `normal` so that `share` of the area lies below, by halving the interval. */
function offsetOf(ring: readonly Flat[], normal: Flat, share: number): number {
  const heights = ring.map(([x, y]) => normal[0] * x + normal[1] * y)
  let low = Math.min(...heights)
  let high = Math.max(...heights)
  const wanted = share * Math.abs(signedArea(ring))
  for (let step = 0; step < 50; step += 1) {
    const middle = (low + high) / 2
    if (areaBelow(ring, { normal, offset: middle }) < wanted) {
      low = middle
    } else {
      high = middle
    }
  }
  return (low + high) / 2
}

// Sutherland–Hodgman: where the cut leaves several pieces they hang together by edges without area.
function areaBelow(ring: readonly Flat[], cut: Cut): number {
  const below: Flat[] = []
  for (let index = 0; index + 1 < ring.length; index += 1) {
    const from = ring[index] as Flat
    const to = ring[index + 1] as Flat
    const fromHeight = cut.normal[0] * from[0] + cut.normal[1] * from[1] - cut.offset
    const toHeight = cut.normal[0] * to[0] + cut.normal[1] * to[1] - cut.offset
    if (fromHeight <= 0) {
      below.push(from)
    }
    if (fromHeight < 0 !== toHeight < 0 && fromHeight !== toHeight) {
      const along = fromHeight / (fromHeight - toHeight)
      below.push([from[0] + (to[0] - from[0]) * along, from[1] + (to[1] - from[1]) * along])
    }
  }
  const [first] = below
  return first === undefined ? 0 : Math.abs(signedArea([...below, first]))
}

/** Seven decimals: about a centimetre. */
function rounded(ring: Ring): Ring {
  return ring.map(([longitude, latitude]): Position => [round(longitude), round(latitude)])
}

function round(degrees: number): number {
  return Math.round(degrees * 1e7) / 1e7
}
