import type { Ground } from './ground.ts'

/** A territory as one GeoJSON file that reads back as it was: `kind`, `code`, `name` and whose part each area is. */
export function geoJsonOf({ areas, places, zones, lines }: Ground): string {
  const codeOf = new Map(areas.map(({ id, code }) => [id, code]))
  const feature = (geometry: object, properties: object): string =>
    JSON.stringify({ type: 'Feature', geometry, properties })
  const features = [
    ...areas.map(({ kind, code, name, parent, shape }) =>
      feature(shape, { kind, code, name, ...(parent === null ? {} : { parent: codeOf.get(parent) ?? '' }) }),
    ),
    ...zones.map(({ kind, name, shape }) => feature(shape, { kind, name })),
    ...places.map(({ kind, name, longitude, latitude }) =>
      feature({ type: 'Point', coordinates: [longitude, latitude] }, { kind: `place:${kind}`, name }),
    ),
    ...lines.map(({ kind, name, coordinates }) => feature({ type: 'LineString', coordinates }, { kind, name })),
  ]
  return `{"type":"FeatureCollection","features":[\n${features.join(',\n')}\n]}\n`
}
