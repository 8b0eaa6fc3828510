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
