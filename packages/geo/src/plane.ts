import type { Position, Ring } from './geojson.ts'
import { earthRadiusM, type Point } from './point.ts'

/** A flat spot of ground: metres east and north of its origin. */
export type Flat = readonly [number, number]
export type Plane = { readonly flatten: (position: Position) => Flat; readonly lift: (flat: Flat) => Position }

/** Equirectangular plane around an origin. Within 20 km of it lengths are right to 0.2 % at city latitudes. */
export function planeAround(origin: Point): Plane {
  const metresPerDegree = (earthRadiusM * Math.PI) / 180
  const eastPerDegree = metresPerDegree * Math.cos((origin.latitude * Math.PI) / 180)
  return {
    flatten: ([longitude, latitude]) => [
      (longitude - origin.longitude) * eastPerDegree,
      (latitude - origin.latitude) * metresPerDegree,
    ],
    lift: ([east, north]) => [origin.longitude + east / eastPerDegree, origin.latitude + north / metresPerDegree],
  }
}

/** Twice the signed area is positive for counter-clockwise rings. Unit: square of the ring's unit. */
export function signedArea(ring: readonly Flat[]): number {
  let doubled = 0
  for (let index = 0; index + 1 < ring.length; index += 1) {
    const [x, y] = ring[index] as Flat
    const [nextX, nextY] = ring[index + 1] as Flat
    doubled += x * nextY - nextX * y
  }
  return doubled / 2
}

/** Area in square metres. */
export function areaM2(ring: Ring): number {
  const [first] = ring
  if (first === undefined) {
    return 0
  }
  const plane = planeAround({ longitude: first[0], latitude: first[1] })
  return Math.abs(signedArea(ring.map(plane.flatten)))
}

/** Centre of mass of a ring (of its plane picture). The mean of the corners when the ring has no area. */
export function centreOf(ring: Ring): Position {
  const [first] = ring
  if (first === undefined) {
    throw new RangeError('an empty ring has no centre')
  }
  let doubled = 0
  let east = 0
  let north = 0
  for (let index = 0; index + 1 < ring.length; index += 1) {
    // Relative to the first corner, so that small areas far from 0° keep their digits.
    const [x, y] = relative(ring[index] as Position, first)
    const [nextX, nextY] = relative(ring[index + 1] as Position, first)
    const cross = x * nextY - nextX * y
    doubled += cross
    east += (x + nextX) * cross
    north += (y + nextY) * cross
  }
  if (doubled === 0) {
    const corners = ring.length > 1 ? ring.slice(0, -1) : ring
    return [mean(corners.map(([x]) => x)), mean(corners.map(([, y]) => y))]
  }
  return [first[0] + east / (3 * doubled), first[1] + north / (3 * doubled)]
}

function relative(position: Position, origin: Position): Flat {
  return [position[0] - origin[0], position[1] - origin[1]]
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
