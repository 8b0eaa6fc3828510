import type { ExpressionSpecification } from 'maplibre-gl'

const equatorM = 40_075_016.686
const tilePixels = 512

const pixelsPerMetre = (latitude: number, zoom: number): number =>
  (tilePixels * 2 ** zoom) / (equatorM * Math.cos((latitude * Math.PI) / 180))

/** A property in metres as a radius in pixels at any zoom (Web Mercator). */
export const metresAsPixels = (property: string, latitude: number): ExpressionSpecification => [
  'interpolate',
  ['exponential', 2],
  ['zoom'],
  0,
  ['*', ['get', property], pixelsPerMetre(latitude, 0)],
  22,
  ['*', ['get', property], pixelsPerMetre(latitude, 22)],
]

export const metresPerPixel = (latitude: number, zoom: number): number => 1 / pixelsPerMetre(latitude, zoom)
