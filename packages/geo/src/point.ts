/** A place on the ground: degrees WGS 84. */
export type Point = { readonly longitude: number; readonly latitude: number }

/** IUGG mean earth radius. */
export const earthRadiusM = 6_371_008.8
const degree = Math.PI / 180

/** Great-circle distance in metres (haversine; exact to 0.6 % of the ellipsoid, stable for short distances). */
export function distanceM(from: Point, to: Point): number {
  const halfLatitude = ((to.latitude - from.latitude) * degree) / 2
  const halfLongitude = ((to.longitude - from.longitude) * degree) / 2
  const chord =
    Math.sin(halfLatitude) ** 2 +
    Math.cos(from.latitude * degree) * Math.cos(to.latitude * degree) * Math.sin(halfLongitude) ** 2
  return 2 * earthRadiusM * Math.asin(Math.min(1, Math.sqrt(chord)))
}

/** Initial bearing, 0 ≤ degrees < 360 clockwise from true north. 0 between equal points. */
export function bearingDeg(from: Point, to: Point): number {
  const fromLatitude = from.latitude * degree
  const toLatitude = to.latitude * degree
  const turn = (to.longitude - from.longitude) * degree
  const east = Math.sin(turn) * Math.cos(toLatitude)
  const north =
    Math.cos(fromLatitude) * Math.sin(toLatitude) - Math.sin(fromLatitude) * Math.cos(toLatitude) * Math.cos(turn)
  const bearing = Math.atan2(east, north) / degree
  return bearing < 0 ? (bearing + 360) % 360 : bearing
}

/** The point reached by going a distance along a bearing. */
export function destination(from: Point, alongDeg: number, lengthM: number): Point {
  const angle = lengthM / earthRadiusM
  const latitude = from.latitude * degree
  const bearing = alongDeg * degree
  const sine = Math.sin(latitude) * Math.cos(angle) + Math.cos(latitude) * Math.sin(angle) * Math.cos(bearing)
  const turn = Math.atan2(
    Math.sin(bearing) * Math.sin(angle) * Math.cos(latitude),
    Math.cos(angle) - Math.sin(latitude) * sine,
  )
  const longitude = from.longitude + turn / degree
  return { longitude: ((longitude + 540) % 360) - 180, latitude: Math.asin(Math.max(-1, Math.min(1, sine))) / degree }
}
