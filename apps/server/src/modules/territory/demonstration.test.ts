import {
  areaM2,
  centreOf,
  distanceM,
  divide,
  inPolygon,
  inRing,
  isSimpleRing,
  type Position,
  pointOf,
} from '@sereno/geo'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { demonstrationGround } from './demonstration.ts'
import { outline } from './demonstration-map.ts'
import { indexGround, nameOf, quadrantOf } from './territory.ts'

let count = 0
function uuid(): string {
  count += 1
  return `00000000-0000-7000-8000-${String(count).padStart(12, '0')}`
}
const ground = demonstrationGround(uuid)
const index = indexGround(ground)
const ringOf = (id: string): readonly Position[] =>
  ground.areas.find((area) => area.id === id)?.shape.coordinates[0] ?? []

describe('the fictitious district', () => {
  it('has nine sectors, 94 quadrants, five police stations, twelve avenues', () => {
    const of = (kind: string): number => ground.areas.filter((area) => area.kind === kind).length
    expect([of('district'), of('sector'), of('quadrant')]).toEqual([1, 9, 94])
    expect(ground.places.filter(({ kind }) => kind === 'police-station')).toHaveLength(5)
    expect(new Set(ground.lines.filter(({ kind }) => kind === 'avenue').map(({ name }) => name)).size).toBe(12)
    expect(ground.lines.filter(({ kind }) => kind === 'street').length).toBeGreaterThan(150)
    expect(new Set(ground.areas.map(({ code }) => code)).size).toBe(104)
  })

  it('is made of simple polygons of like size, quadrants inside their sectors', () => {
    for (const area of ground.areas) {
      expect(isSimpleRing(ringOf(area.id)), area.code).toBe(true)
      expect(area.shape.coordinates).toHaveLength(1)
    }
    const sizes = ground.areas.filter(({ kind }) => kind === 'quadrant').map(({ id }) => areaM2(ringOf(id)))
    expect(Math.max(...sizes) / Math.min(...sizes)).toBeLessThan(1.3)
    expect(sizes.reduce((sum, size) => sum + size, 0) / areaM2(outline)).toBeCloseTo(1, 3)
    for (const quadrant of ground.areas.filter(({ kind }) => kind === 'quadrant')) {
      expect(inRing(ringOf(quadrant.parent ?? ''), centreOf(ringOf(quadrant.id)))).toBe(true)
    }
  })

  it('covers its outline: a point of the district lies in one quadrant, another in none', () => {
    const position = fc.tuple(
      fc.double({ min: -77.02, max: -76.945, noNaN: true }),
      fc.double({ min: -12.176, max: -12.074, noNaN: true }),
    )
    fc.assert(
      fc.property(position, (at) => {
        const holding = index.quadrants.filter(({ shape }) => inPolygon(shape, at))
        expect(holding.length).toBeLessThanOrEqual(1)
        expect(quadrantOf(index, at) !== null).toBe(inRing(outline, at) || holding.length === 1)
      }),
      { numRuns: 2000 },
    )
  })

  it('keeps places and streets inside, and is the same every time', () => {
    for (const place of ground.places) {
      expect(inRing(outline, [place.longitude, place.latitude])).toBe(true)
    }
    for (const line of ground.lines) {
      const [start, end] = [line.coordinates[0], line.coordinates.at(-1)]
      expect(start !== undefined && end !== undefined && distanceM(pointOf(start), pointOf(end)) > 20, line.name).toBe(
        true,
      )
    }
    const again = demonstrationGround(uuid)
    const bare = ({ areas, lines }: typeof ground): unknown => [
      areas.map(({ code, shape }) => [code, shape]),
      lines.map(({ name, coordinates }) => [name, coordinates]),
    ]
    expect(bare(again)).toEqual(bare(ground))
  })

  it('names a point by street and quadrant', () => {
    const avenue = ground.lines.find(({ name }) => name === 'Av. Los Faroles')?.coordinates ?? []
    const middle = avenue[Math.floor(avenue.length / 2)] ?? [0, 0]
    expect(nameOf(index, middle)).toMatch(/^(Av\.|Jr\.|Calle) .+ · C-\d\d$/)
    expect(nameOf(index, [-77.2, -12.3])).toBeNull()
  })
})

describe('dividing', () => {
  it('gives equal parts of any number', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), (parts) => {
        const pieces = divide(outline, parts)
        expect(pieces).toHaveLength(parts)
        for (const piece of pieces) {
          expect(areaM2(piece) / (areaM2(outline) / parts)).toBeCloseTo(1, 2)
        }
      }),
      { numRuns: 12 },
    )
  })
})
