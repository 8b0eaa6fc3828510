import { describe, expect, it } from 'vitest'
import type { Area } from '../../api/api.ts'
import { beginDraft, changesOf, redo, step, undo } from './draft.ts'
import { areasOf, emptyGround, type Ground, nameArea, putPlace, remove, split, under } from './ground.ts'
import { guess, takeLayer } from './layers.ts'
import { readGeoJson } from './read-file.ts'
import { geoJsonOf } from './write-file.ts'

let count = 0
const uuid = (): string => {
  count += 1
  return `id-${count}`
}
const square = (x: number, y: number, size = 0.01): [number, number][] => [
  [x, y],
  [x + size, y],
  [x + size, y + size],
  [x, y + size],
  [x, y],
]
const polygon = (x: number, y: number, properties: object, size?: number): object => ({
  type: 'Feature',
  properties,
  geometry: { type: 'Polygon', coordinates: [square(x, y, size)] },
})
const bytes = (value: unknown): Uint8Array =>
  new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value))
const file = (...features: readonly object[]): Uint8Array => bytes({ type: 'FeatureCollection', features })
const faultOf = (content: Uint8Array): string | null => readGeoJson(content).fault

describe('a file', () => {
  it('is refused by name for what is wrong with its bytes', () => {
    expect(faultOf(new Uint8Array())).toBe('empty')
    expect(faultOf(new Uint8Array([0x50, 0x4b, 3, 4]))).toBe('zipped')
    expect(faultOf(new Uint8Array([0x7b, 0x22, 0xf1, 0x22, 0x7d]))).toBe('not-utf8')
    expect(faultOf(bytes('{"nombre":"CaÃ±averal"}'))).toBe('garbled')
    expect(faultOf(bytes('<kml/>'))).toBe('not-json')
    expect(faultOf(bytes([1]))).toBe('not-geojson')
    expect(faultOf(file())).toBe('no-features')
  })

  it('is refused for what is wrong with its shapes, with the number of the feature', () => {
    const second = (geometry: object): unknown => {
      const { fault, ...rest } = readGeoJson(file(polygon(-77, -12, {}), { type: 'Feature', properties: {}, geometry }))
      return [fault, 'at' in rest ? rest.at : null]
    }
    expect(second({ type: 'Point', coordinates: [278_000, 8_663_000] })).toEqual(['not-degrees', 2])
    expect(second({ type: 'Point', coordinates: [-12, -77] })).toEqual(['swapped', 2])
    expect(second({ type: 'Point', coordinates: ['-77', -12] })).toEqual(['bad-coordinates', 2])
    expect(second({ type: 'GeometryCollection' })).toEqual(['other-geometry', 2])
    expect(second({ type: 'MultiPolygon', coordinates: [[square(0, 0)], [square(1, 1)]] })).toEqual([
      'several-pieces',
      2,
    ])
  })

  it('is read past a byte-order mark, heights, repeated corners and a multipolygon of one', () => {
    const ring = square(-77, -12).map(([x, y]) => [x, y, 150])
    const multi = { type: 'MultiPolygon', coordinates: [[[ring[0], ...ring]]] }
    const read = readGeoJson(
      bytes(`\ufeff${JSON.stringify({ type: 'Feature', properties: { NOMBRE: 'Cañaveral' }, geometry: multi })}`),
    )
    expect(read).toMatchObject({ fault: null, properties: ['NOMBRE'] })
    expect(read.fault === null && read.features[0]?.shape.coordinates).toEqual([square(-77, -12)])
  })
})

/** A district of two sectors, as two files of a surveyor give it. */
function surveyed(): Ground {
  const take = (ground: Ground, content: Uint8Array): Ground => {
    const read = readGeoJson(content)
    if (read.fault !== null) {
      throw new Error(read.fault)
    }
    const { layer, columns } = guess(read.features, read.properties)
    return takeLayer(ground, read.features, layer, columns, uuid).ground
  }
  const sectors = file(
    polygon(-77, -12, { COD_SECTOR: 'S1', NOMBRE: 'Norte' }),
    polygon(-76.99, -12, { COD_SECTOR: 'S2', NOMBRE: 'Sur' }),
  )
  return take(take(emptyGround, sectors), file(polygon(-77, -12, { NOMBRE: 'Distrito', COD_SECTOR: 'D' }, 0.02)))
}
const area = (ground: Ground, code: string): Area | undefined => ground.areas.find((each) => each.code === code)

describe('a layer', () => {
  it('finds its columns, and areas find whose they are, in whatever order they came', () => {
    const ground = surveyed()
    expect(ground.areas.map(({ kind, code, name }) => [kind, code, name])).toEqual([
      ['sector', 'S1', 'Norte'],
      ['sector', 'S2', 'Sur'],
      ['district', 'D', 'Distrito'],
    ])
    expect(areasOf(ground, 'sector').map(({ parent }) => parent)).toEqual([
      area(ground, 'D')?.id,
      area(ground, 'D')?.id,
    ])
  })

  it('keeps the identity of what keeps its code, and says what it could not take', () => {
    const ground = surveyed()
    const read = readGeoJson(
      file(polygon(-77, -12, { c: 'S1', n: 'Otro' }), polygon(-76.99, -12, { n: '' }), {
        type: 'Feature',
        properties: { c: 'S3', n: 'Punto' },
        geometry: { type: 'Point', coordinates: [-77, -12] },
      }),
    )
    const taken = takeLayer(
      ground,
      read.fault === null ? read.features : [],
      'sector',
      { code: 'c', name: 'n', kind: '' },
      uuid,
    )
    expect(areasOf(taken.ground, 'sector').map(({ id, name }) => [id, name])).toEqual([
      [area(ground, 'S1')?.id, 'Otro'],
    ])
    expect(taken.faults).toEqual([
      { number: 2, fault: 'no-name' },
      { number: 3, fault: 'wrong-geometry' },
    ])
  })

  it('written as a file reads back as it was', () => {
    const ground: Ground = {
      ...(split(surveyed(), area(surveyed(), 'S1')?.id ?? '', 1, uuid) ?? surveyed()),
      places: [{ id: 'p', kind: 'police-station', name: 'Comisaría', longitude: -76.995, latitude: -11.995 }],
      zones: [
        { id: 'z', kind: 'no-record', name: 'Posta', shape: { type: 'Polygon', coordinates: [square(-77, -12)] } },
      ],
      lines: [{ kind: 'avenue', name: 'Av. Central', coordinates: square(-77, -12) }],
    }
    const read = readGeoJson(bytes(geoJsonOf(ground)))
    const { layer, columns } = guess(
      read.fault === null ? read.features : [],
      read.fault === null ? read.properties : [],
    )
    expect(layer).toBe('all')
    expect(takeLayer(ground, read.fault === null ? read.features : [], layer, columns, uuid).ground).toEqual(ground)
  })
})

describe('a draft', () => {
  it('cuts a sector into quadrants with codes nobody has, in the place of those it had', () => {
    const ground = surveyed()
    const [one, two] = areasOf(ground, 'sector')
    const first = split(ground, one?.id ?? '', 3, uuid) ?? ground
    const both = split(first, two?.id ?? '', 2, uuid) ?? first
    expect(areasOf(both, 'quadrant').map(({ code }) => code)).toEqual(['C-01', 'C-02', 'C-03', 'C-04', 'C-05'])
    const again = split(both, one?.id ?? '', 2, uuid) ?? both
    expect(areasOf(again, 'quadrant').map(({ code }) => code)).toEqual(['C-04', 'C-05', 'C-01', 'C-02'])
    expect(areasOf(remove(again, one?.id ?? ''), 'quadrant')).toHaveLength(2)
    const pressed = areasOf(again, 'quadrant').find(({ id }) => id === under(again, [-76.9871, -11.9951]))
    expect(pressed?.parent).toBe(two?.id)
  })

  it('goes back and forth, and counts what differs from what is in force', () => {
    const ground = surveyed()
    const begun = beginDraft(3, ground)
    const named = step(begun, nameArea(ground, area(ground, 'S1')?.id ?? '', { code: 'S1', name: 'Los Ceibos' }))
    const placed = step(
      named,
      putPlace(named.now, { id: 'p', kind: 'park', name: 'Parque', longitude: -77, latitude: -12 }),
    )
    expect([changesOf(begun), changesOf(named), changesOf(placed)]).toEqual([0, 1, 2])
    expect(step(placed, { ...placed.now })).toBe(placed)
    const back = undo(undo(undo(placed)))
    expect([changesOf(back), back.future.length]).toEqual([0, 2])
    expect(redo(redo(redo(back))).now).toEqual(placed.now)
    expect(step(undo(placed), ground).future).toEqual([])
  })
})
