import type { Area, Line, Place, Zone } from '../../api/api.ts'
import { belong, type Ground } from './ground.ts'
import type { FileFeature } from './read-file.ts'

/** What a file is said to hold. `all` is a file of Sereno's own, which says it of each feature. */
export const layers = ['all', 'district', 'sector', 'quadrant', 'place', 'no-record', 'line'] as const
export type Layer = (typeof layers)[number]
/** Which property of the file holds what; `''`: none. */
export type Columns = { readonly code: string; readonly name: string; readonly kind: string }
export type FeatureFault = 'wrong-geometry' | 'no-name' | 'no-code' | 'long-words' | 'unknown-kind'
export type Imported = {
  readonly ground: Ground
  readonly taken: number
  readonly faults: readonly { readonly number: number; readonly fault: FeatureFault }[]
}

export const placeKinds = ['police-station', 'park', 'school', 'health', 'safe-place', 'other'] as const
const geometryOf: Readonly<Record<Exclude<Layer, 'all'>, FileFeature['shape']['type']>> = {
  district: 'Polygon',
  sector: 'Polygon',
  quadrant: 'Polygon',
  'no-record': 'Polygon',
  place: 'Point',
  line: 'LineString',
}
/** Column names that surveyors give, Spanish and English. */
const known = {
  code: /^(code|cod|c[oó]digo|codigo_.*|cod_.*|id_.*|sector|cuadrante|num.*|n[°º])$/i,
  name: /^(name|nombre|nom|nom_.*|nombre_.*|descrip.*|denomin.*)$/i,
  kind: /^(kind|tipo|type|clase|categor[ií]a)$/i,
}

/** A first guess at what a file holds, to be confirmed by a person. */
export function guess(
  features: readonly FileFeature[],
  properties: readonly string[],
): {
  readonly layer: Layer
  readonly columns: Columns
} {
  const find = (pattern: RegExp): string => properties.find((property) => pattern.test(property)) ?? ''
  const columns = { code: find(known.code), name: find(known.name), kind: find(known.kind) }
  const own = features.every(({ properties: { kind } }) => kind !== undefined && layerOfKind(kind) !== null)
  const shape = features[0]?.shape.type
  const polygons = features.length === 1 ? 'district' : features.length > 20 ? 'quadrant' : 'sector'
  return { layer: own ? 'all' : shape === 'Point' ? 'place' : shape === 'LineString' ? 'line' : polygons, columns }
}

function layerOfKind(kind: string): Exclude<Layer, 'all'> | null {
  if (kind === 'district' || kind === 'sector' || kind === 'quadrant' || kind === 'no-record') {
    return kind
  }
  return kind === 'avenue' || kind === 'street' ? 'line' : kind.startsWith('place:') ? 'place' : null
}

/**
 * Puts the features of a file in the place of the draft's layer. Areas that keep their code keep their identity, and so
 * do places and zones that keep their name: officers stay with their sector.
 */
export function takeLayer(
  ground: Ground,
  features: readonly FileFeature[],
  layer: Layer,
  columns: Columns,
  uuid: () => string,
): Imported {
  const faults: { number: number; fault: FeatureFault }[] = []
  const areas: Area[] = []
  const places: Place[] = []
  const zones: Zone[] = []
  const lines: Line[] = []
  const seen = new Set<Exclude<Layer, 'all'>>()
  for (const { number, shape, properties } of features) {
    const kind = layer === 'all' ? (properties.kind ?? '') : (properties[columns.kind] ?? '')
    const own = layer === 'all' ? layerOfKind(kind) : layer
    const read = (column: string): string => (column === '' ? '' : (properties[column] ?? ''))
    const code = layer === 'all' ? (properties.code ?? '') : read(columns.code)
    const name = (layer === 'all' ? (properties.name ?? '') : read(columns.name)) || code
    const fault = own === null ? 'unknown-kind' : faultOf(own, shape.type, code || name, name)
    if (own === null || fault !== null) {
      faults.push({ number, fault: fault ?? 'unknown-kind' })
      continue
    }
    seen.add(own)
    if (shape.type === 'Point') {
      const [longitude, latitude] = shape.coordinates
      const id = ground.places.find((place) => place.name === name)?.id ?? uuid()
      places.push({ id, kind: placeKindOf(kind), name, longitude, latitude })
    } else if (shape.type === 'LineString') {
      const isAvenue = kind === 'avenue' || /^av(\.|enida)\b/i.test(name)
      lines.push({ kind: isAvenue ? 'avenue' : 'street', name, coordinates: shape.coordinates })
    } else if (own === 'no-record') {
      const id = ground.zones.find((zone) => zone.name === name)?.id ?? uuid()
      zones.push({ id, kind: 'no-record', name, shape })
    } else if (own === 'district' || own === 'sector' || own === 'quadrant') {
      const short = (code || name).slice(0, 20)
      const id = ground.areas.find((area) => area.kind === own && area.code === short)?.id ?? uuid()
      areas.push({ id, kind: own, code: short, name, parent: null, shape })
    }
  }
  const kept = ground.areas.filter(({ kind }) => !seen.has(kind))
  const next = belong({
    areas: [...kept, ...areas],
    places: seen.has('place') ? places : ground.places,
    zones: seen.has('no-record') ? zones : ground.zones,
    lines: seen.has('line') ? lines : ground.lines,
  })
  return { ground: seen.size === 0 ? ground : next, taken: features.length - faults.length, faults }
}

function faultOf(layer: Exclude<Layer, 'all'>, shape: string, code: string, name: string): FeatureFault | null {
  if (geometryOf[layer] !== shape) {
    return 'wrong-geometry'
  }
  if (name === '') {
    return 'no-name'
  }
  const hasCode = layer === 'district' || layer === 'sector' || layer === 'quadrant'
  if (hasCode && code === '') {
    return 'no-code'
  }
  return name.length > 120 || (hasCode && code.length > 20) ? 'long-words' : null
}

function placeKindOf(kind: string): string {
  const plain = kind.replace(/^place:/, '').toLowerCase()
  return (placeKinds as readonly string[]).includes(plain) ? plain : /comisar/.test(plain) ? 'police-station' : 'other'
}
