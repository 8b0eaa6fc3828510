import { type Box, boxOf } from '@sereno/geo'
import type { Area, Line, Place, Zone } from '../api/api.ts'
import { collection, type FeatureCollection, line, point } from './geojson.ts'

/** Lima's Santiago de Surco, for a map that has no territory yet. */
const fallback: Box = { west: -77.03, south: -12.19, east: -76.94, north: -12.07 }

/** Areas and, above them, the zones on which nobody should record. */
export const areaFeatures = ({
  areas,
  zones,
}: {
  readonly areas: readonly Area[]
  readonly zones: readonly Zone[]
}): FeatureCollection =>
  collection(
    [...areas, ...zones.map((zone) => ({ ...zone, code: zone.name }))].map(({ id, kind, code, name, shape }) => ({
      type: 'Feature',
      geometry: {
        type: 'Polygon',
        coordinates: shape.coordinates.map((ring) => ring.map((position) => [...position])),
      },
      properties: { id, kind, code, name },
    })),
  )

export const lineFeatures = (lines: readonly Line[]): FeatureCollection =>
  collection(lines.map(({ kind, name, coordinates }) => line(coordinates, { kind, name })))

export const placeFeatures = (places: readonly Place[]): FeatureCollection =>
  collection(places.map(({ id, kind, name, longitude, latitude }) => point(longitude, latitude, { id, kind, name })))

export function boxOfAreas(areas: readonly Area[]): Box {
  const district = areas.filter(({ kind }) => kind === 'district')
  const positions = (district.length > 0 ? district : areas).flatMap(({ shape }) => shape.coordinates.flat())
  return positions.length === 0 ? fallback : boxOf(positions)
}
