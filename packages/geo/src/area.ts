import type { PolygonGeometry, Position, Ring } from './geojson.ts'

export type Box = { readonly west: number; readonly south: number; readonly east: number; readonly north: number }

/** Smallest box around positions. Does not cross the antimeridian. */
export function boxOf(positions: readonly Position[]): Box {
  let box = { west: Infinity, south: Infinity, east: -Infinity, north: -Infinity }
  for (const [longitude, latitude] of positions) {
    box = {
      west: Math.min(box.west, longitude),
      south: Math.min(box.south, latitude),
      east: Math.max(box.east, longitude),
      north: Math.max(box.north, latitude),
    }
  }
  return box
}

/**
 * Whether a position lies in a ring (even-odd). Half-open at edges: of two areas that share an edge exactly one holds a
 * position on it, so that neighbouring quadrants never both claim a unit.
 */
export function inRing(ring: Ring, [longitude, latitude]: Position): boolean {
  let inside = false
  for (let index = 0; index + 1 < ring.length; index += 1) {
    const [x, y] = ring[index] as Position
    const [nextX, nextY] = ring[index + 1] as Position
    if (y > latitude !== nextY > latitude) {
      // Computed from the lower end upwards, so that the same edge walked the other way gives the same number.
      const [lowX, lowY, highX, highY] = y < nextY ? [x, y, nextX, nextY] : [nextX, nextY, x, y]
      if (longitude < lowX + ((latitude - lowY) / (highY - lowY)) * (highX - lowX)) {
        inside = !inside
      }
    }
  }
  return inside
}

/** Whether a position lies in a polygon with holes. */
export function inPolygon(polygon: PolygonGeometry, position: Position): boolean {
  return polygon.coordinates.filter((ring) => inRing(ring, position)).length % 2 === 1
}

/** Closed, at least a triangle, with area, and no edge crossing or touching another one. */
export function isSimpleRing(ring: Ring): boolean {
  const first = ring[0]
  const last = ring.at(-1)
  if (ring.length < 4 || first === undefined || last === undefined || first[0] !== last[0] || first[1] !== last[1]) {
    return false
  }
  // From west to east: an edge is compared only with those that begin before it ends.
  const edges = Array.from({ length: ring.length - 1 }, (_, index) => ({ index, ends: edge(ring, index) }))
    .map(({ index, ends: [from, to] }) => ({
      index,
      ends: [from, to] as const,
      west: Math.min(from[0], to[0]),
      east: Math.max(from[0], to[0]),
    }))
    .sort((one, other) => one.west - other.west)
  for (const [place, one] of edges.entries()) {
    for (let next = place + 1; next < edges.length; next += 1) {
      const other = edges[next]
      if (other === undefined || other.west > one.east) {
        break
      }
      const apart = Math.abs(one.index - other.index)
      if (apart !== 1 && apart !== edges.length - 1 && touch(one.ends, other.ends)) {
        return false
      }
    }
  }
  return true
}

type Edge = readonly [Position, Position]

function edge(ring: Ring, index: number): Edge {
  return [ring[index] as Position, ring[index + 1] as Position]
}

function touch([a, b]: Edge, [c, d]: Edge): boolean {
  const sides = [turn(a, b, c), turn(a, b, d), turn(c, d, a), turn(c, d, b)] as const
  if (sides[0] * sides[1] < 0 && sides[2] * sides[3] < 0) {
    return true
  }
  return (
    (sides[0] === 0 && within(a, b, c)) ||
    (sides[1] === 0 && within(a, b, d)) ||
    (sides[2] === 0 && within(c, d, a)) ||
    (sides[3] === 0 && within(c, d, b))
  )
}

function turn(from: Position, to: Position, other: Position): number {
  return Math.sign((to[0] - from[0]) * (other[1] - from[1]) - (to[1] - from[1]) * (other[0] - from[0]))
}

function within(from: Position, to: Position, other: Position): boolean {
  return (
    Math.min(from[0], to[0]) <= other[0] &&
    other[0] <= Math.max(from[0], to[0]) &&
    Math.min(from[1], to[1]) <= other[1] &&
    other[1] <= Math.max(from[1], to[1])
  )
}
