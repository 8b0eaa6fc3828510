import type { ExpressionSpecification } from 'maplibre-gl'

const equatorM = 40_075_016.686
const tilePixels = 512

/** How many pixels the whole world is wide at a zoom. */
export const worldPixels = (zoom: number): number => tilePixels * 2 ** zoom

/** Web Mercator as the map engine has it: 0 to 1, from 180° west and the far north. */
export function mercator(longitude: number, latitude: number): { readonly x: number; readonly y: number } {
  const turn = (latitude * Math.PI) / 180
  return { x: (longitude + 180) / 360, y: (1 - Math.asinh(Math.tan(turn)) / Math.PI) / 2 }
}

const pixelsPerMetre = (latitude: number, zoom: number): number =>
  worldPixels(zoom) / (equatorM * Math.cos((latitude * Math.PI) / 180))

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
