import { inRing } from './area.ts'
import type { Position, Ring } from './geojson.ts'
import type { Flat } from './plane.ts'

/** An endless line: the points with normal · point = offset. */
export type Cut = { readonly normal: Flat; readonly offset: number }

/**
 * Cuts a simple closed ring in two along a line: [below, above] by `normal · point`. Null when the line does not cross
 * the outline exactly twice (it misses, touches a corner, or would leave more than two pieces), so that what comes out
 * is always two simple rings that share one edge.
 */
export function splitRing(ring: readonly Flat[], cut: Cut): readonly [readonly Flat[], readonly Flat[]] | null {
  const below: Flat[] = []
  const above: Flat[] = []
  let crossings = 0
  for (let index = 0; index + 1 < ring.length; index += 1) {
    const from = ring[index] as Flat
    const to = ring[index + 1] as Flat
    const fromSide = sideOf(from, cut)
    const toSide = sideOf(to, cut)
    if (fromSide === 0 || toSide === 0) {
      return null
    }
    ;(fromSide < 0 ? below : above).push(from)
    if (fromSide < 0 !== toSide < 0) {
      crossings += 1
      const share = fromSide / (fromSide - toSide)
      const at: Flat = [from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share]
      below.push(at)
      above.push(at)
    }
  }
  return crossings === 2 ? [closed(below), closed(above)] : null
}

/** The stretches of a line that lie inside a ring, in order. Positions in the ring's unit. */
export function clipLine(line: readonly Position[], ring: Ring): readonly (readonly Position[])[] {
  const stretches: Position[][] = []
  let open: Position[] | null = null
  for (let index = 0; index + 1 < line.length; index += 1) {
    const from = line[index] as Position
    const to = line[index + 1] as Position
    const shares = [0, ...crossingShares(from, to, ring), 1]
    for (let piece = 0; piece + 1 < shares.length; piece += 1) {
      const start = shares[piece] as number
      const end = shares[piece + 1] as number
      if (end <= start) {
        continue
      }
      if (!inRing(ring, between(from, to, (start + end) / 2))) {
        open = null
        continue
      }
      if (open === null) {
        open = [between(from, to, start)]
        stretches.push(open)
      }
      open.push(between(from, to, end))
    }
  }
  return stretches
}

function sideOf(point: Flat, cut: Cut): number {
  return cut.normal[0] * point[0] + cut.normal[1] * point[1] - cut.offset
}

function closed(ring: readonly Flat[]): readonly Flat[] {
  const [first] = ring
  return first === undefined ? ring : [...ring, first]
}

function between(from: Position, to: Position, share: number): Position {
  return share === 0
    ? from
    : share === 1
      ? to
      : [from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share]
}

/** Where, as shares of the way from one position to the next, the edges of the ring are crossed. Sorted. */
function crossingShares(from: Position, to: Position, ring: Ring): readonly number[] {
  const shares: number[] = []
  const [east, north] = [to[0] - from[0], to[1] - from[1]]
  for (let index = 0; index + 1 < ring.length; index += 1) {
    const start = ring[index] as Position
    const end = ring[index + 1] as Position
    const [edgeEast, edgeNorth] = [end[0] - start[0], end[1] - start[1]]
    const cross = east * edgeNorth - north * edgeEast
    if (cross === 0) {
      continue
    }
    const along = ((start[0] - from[0]) * edgeNorth - (start[1] - from[1]) * edgeEast) / cross
    const onEdge = ((start[0] - from[0]) * north - (start[1] - from[1]) * east) / cross
    if (along > 0 && along < 1 && onEdge >= 0 && onEdge <= 1) {
      shares.push(along)
    }
  }
  return shares.sort((left, right) => left - right)
}
