/** RFC 7946 as far as the map's sources use it. */
export type Geometry =
  | { readonly type: 'Point'; readonly coordinates: number[] }
  | { readonly type: 'LineString'; readonly coordinates: number[][] }
  | { readonly type: 'Polygon'; readonly coordinates: number[][][] }
export type Properties = Readonly<Record<string, string | number | boolean>>
export type Feature<P extends Properties = Properties> = {
  readonly type: 'Feature'
  readonly geometry: Geometry
  readonly properties: P
}
export type FeatureCollection<P extends Properties = Properties> = {
  readonly type: 'FeatureCollection'
  readonly features: Feature<P>[]
}

export const point = <P extends Properties>(longitude: number, latitude: number, properties: P): Feature<P> => ({
  type: 'Feature',
  geometry: { type: 'Point', coordinates: [longitude, latitude] },
  properties,
})
export const line = <P extends Properties>(
  positions: readonly (readonly [number, number])[],
  properties: P,
): Feature<P> => ({
  type: 'Feature',
  geometry: { type: 'LineString', coordinates: positions.map((position) => [...position]) },
  properties,
})
export const collection = <P extends Properties>(features: readonly Feature<P>[]): FeatureCollection<P> => ({
  type: 'FeatureCollection',
  features: [...features],
})
