/**
 * A GeoJSON file as others make it (RFC 7946), read without trust: its bytes are judged before its shapes, and every
 * reason to refuse it has a name of its own, with words for what to do.
 */
export type Shape =
  | { readonly type: 'Polygon'; readonly coordinates: [number, number][][] }
  | { readonly type: 'Point'; readonly coordinates: [number, number] }
  | { readonly type: 'LineString'; readonly coordinates: [number, number][] }
export type FileFeature = {
  /** From 1, as it stands in the file. */
  readonly number: number
  readonly shape: Shape
  readonly properties: Readonly<Record<string, string>>
}
export const fileFaults = [
  'empty',
  'too-large',
  'zipped',
  'not-utf8',
  'garbled',
  'not-json',
  'not-geojson',
  'no-features',
  'not-degrees',
  'swapped',
  'bad-coordinates',
  'several-pieces',
  'other-geometry',
] as const
export type FileFault = (typeof fileFaults)[number]
export type ReadFile =
  | { readonly fault: FileFault; readonly at: number | null }
  | { readonly fault: null; readonly features: readonly FileFeature[]; readonly properties: readonly string[] }

export const largestFileBytes = 12 * 1024 * 1024

class Bad extends Error {
  readonly fault: FileFault
  readonly at: number | null
  constructor(fault: FileFault, at: number | null = null) {
    super(fault)
    this.fault = fault
    this.at = at
  }
}

export function readGeoJson(bytes: Uint8Array): ReadFile {
  try {
    const features = featuresOf(parse(textOf(bytes)))
    const properties = [...new Set(features.flatMap((feature) => Object.keys(feature.properties)))]
    return { fault: null, features, properties }
  } catch (error) {
    if (error instanceof Bad) {
      return { fault: error.fault, at: error.at }
    }
    throw error
  }
}

function textOf(bytes: Uint8Array): string {
  if (bytes.length === 0) {
    throw new Bad('empty')
  }
  if (bytes.length > largestFileBytes) {
    throw new Bad('too-large')
  }
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) {
    throw new Bad('zipped')
  }
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new Bad('not-utf8')
  }
  // "Ã±" is what ñ becomes when UTF-8 was read as Latin-1 and written again
  if (/Ã[\u0080-\u00bf]|\ufffd/.test(text)) {
    throw new Bad('garbled')
  }
  return text
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Bad('not-json')
  }
}

type Loose = Readonly<Record<string, unknown>>
const isObject = (value: unknown): value is Loose =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function featuresOf(root: unknown): readonly FileFeature[] {
  if (!isObject(root)) {
    throw new Bad('not-geojson')
  }
  const list = root.type === 'FeatureCollection' ? root.features : root.type === 'Feature' ? [root] : null
  if (!Array.isArray(list)) {
    throw new Bad('not-geojson')
  }
  if (list.length === 0) {
    throw new Bad('no-features')
  }
  const features = list.map((feature: unknown, index): FileFeature => {
    const number = index + 1
    if (!isObject(feature) || feature.type !== 'Feature' || !isObject(feature.geometry)) {
      throw new Bad('not-geojson', number)
    }
    const given = isObject(feature.properties) ? Object.entries(feature.properties) : []
    const properties = given.flatMap(([name, value]): [string, string][] =>
      typeof value === 'string' || typeof value === 'number' ? [[name, String(value).trim()]] : [],
    )
    return { number, shape: shapeOf(feature.geometry, number), properties: Object.fromEntries(properties) }
  })
  refuseSwapped(features)
  return features
}

function shapeOf({ type, coordinates }: Loose, number: number): Shape {
  const list = (value: unknown): readonly unknown[] => {
    if (!Array.isArray(value)) {
      throw new Bad('bad-coordinates', number)
    }
    return value
  }
  const line = (value: unknown): [number, number][] => withoutRepeats(list(value).map((each) => position(each, number)))
  switch (type) {
    case 'Point':
      return { type, coordinates: position(coordinates, number) }
    case 'LineString':
      return { type, coordinates: line(coordinates) }
    case 'Polygon':
      return { type, coordinates: list(coordinates).map(line) }
    case 'MultiPolygon':
    case 'MultiLineString':
    case 'MultiPoint': {
      const parts = list(coordinates)
      if (parts.length !== 1) {
        throw new Bad('several-pieces', number)
      }
      return shapeOf({ type: type.slice('Multi'.length), coordinates: parts[0] }, number)
    }
    default:
      throw new Bad('other-geometry', number)
  }
}

/** A height is left out. More than a degree can be is a projection in metres (UTM). */
function position(value: unknown, number: number): [number, number] {
  if (!Array.isArray(value) || !Number.isFinite(value[0]) || !Number.isFinite(value[1])) {
    throw new Bad('bad-coordinates', number)
  }
  const [longitude, latitude] = [value[0] as number, value[1] as number]
  if (Math.abs(longitude) > 180 || Math.abs(latitude) > 180) {
    throw new Bad('not-degrees', number)
  }
  if (Math.abs(latitude) > 90) {
    throw new Bad('swapped', number)
  }
  return [round(longitude), round(latitude)]
}

/** Seven decimals: about a centimetre. More only makes neighbours differ. */
const round = (degrees: number): number => Math.round(degrees * 1e7) / 1e7

const withoutRepeats = (line: [number, number][]): [number, number][] =>
  line.filter(([x, y], index) => {
    const before = line[index - 1]
    return before === undefined || before[0] !== x || before[1] !== y
  })

/** Nobody patrols beyond the polar circles: latitudes there are longitudes written first. */
function refuseSwapped(features: readonly FileFeature[]): void {
  for (const { shape, number } of features) {
    const first =
      shape.type === 'Point'
        ? shape.coordinates
        : shape.type === 'LineString'
          ? shape.coordinates[0]
          : shape.coordinates[0]?.[0]
    if (first !== undefined && Math.abs(first[1]) > 66.6) {
      throw new Bad('swapped', number)
    }
  }
}
