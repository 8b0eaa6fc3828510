import type { Point } from './point.ts'

/** RFC 7946: [longitude, latitude]. */
export type Position = readonly [number, number]
/** Closed: the first position is repeated at the end. */
export type Ring = readonly Position[]
export type PolygonGeometry = { readonly type: 'Polygon'; readonly coordinates: readonly Ring[] }
export type LineStringGeometry = { readonly type: 'LineString'; readonly coordinates: readonly Position[] }
export type PointGeometry = { readonly type: 'Point'; readonly coordinates: Position }
export type Geometry = PolygonGeometry | LineStringGeometry | PointGeometry
export type Feature<G extends Geometry, P> = {
  readonly type: 'Feature'
  readonly id?: string | number
  readonly geometry: G
  readonly properties: P
}
export type FeatureCollection<G extends Geometry, P> = {
  readonly type: 'FeatureCollection'
  readonly features: readonly Feature<G, P>[]
}

export function positionOf(point: Point): Position {
  return [point.longitude, point.latitude]
}

export function pointOf(position: Position): Point {
  return { longitude: position[0], latitude: position[1] }
}

export function feature<G extends Geometry, P>(geometry: G, properties: P): Feature<G, P> {
  return { type: 'Feature', geometry, properties }
}

export function featureCollection<G extends Geometry, P>(features: readonly Feature<G, P>[]): FeatureCollection<G, P> {
  return { type: 'FeatureCollection', features }
}
