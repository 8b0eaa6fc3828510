export { type Box, boxOf, inPolygon, inRing } from './area.ts'
export { type CellRange, cellOf, cellResolution, cellsCovering } from './cell.ts'
export { divide } from './divide.ts'
export {
  type Feature,
  type FeatureCollection,
  feature,
  featureCollection,
  type Geometry,
  type LineStringGeometry,
  type PointGeometry,
  type PolygonGeometry,
  type Position,
  pointOf,
  positionOf,
  type Ring,
} from './geojson.ts'
export { areaM2, centreOf, type Flat, type Plane, planeAround, signedArea } from './plane.ts'
export { bearingDeg, destination, distanceM, earthRadiusM, type Point } from './point.ts'
export { isSimpleRing } from './simple.ts'
export { type Cut, clipLine, splitRing } from './split.ts'
export {
  distanceToLineM,
  fastestMps,
  flagJumps,
  isPlausibleMove,
  lengthM,
  type Measured,
  simplify,
} from './track.ts'
