import { randomUUID } from 'node:crypto'
import type { Position, Ring } from '@sereno/geo'
import { describe, expect, it } from 'vitest'
import { demonstrationGround } from './demonstration.ts'
import { type Judged, judge } from './judge.ts'
import type { AreaView } from './territory.ts'

const faults = (ground: Judged): readonly string[] =>
  judge(ground).map(({ fault, about }) => `${fault} ${about}`.trim())

/** A square kilometre or so, from its south-western corner; sizes are thousandths of a degree. */
function square(west: number, south: number, width = 10, height = width): Ring {
  const [x, y] = [-77 + west / 1000, -12 + south / 1000]
  const [east, north] = [x + width / 1000, y + height / 1000]
  const corners: readonly Position[] = [
    [x, y],
    [east, y],
    [east, north],
    [x, north],
    [x, y],
  ]
  return corners
}
function area(kind: AreaView['kind'], code: string, ring: Ring, parent: AreaView | null = null): AreaView {
  const shape = { type: 'Polygon' as const, coordinates: [ring.map(([x, y]): [number, number] => [x, y])] }
  return { id: randomUUID(), kind, code, name: `${kind} ${code}`, parent: parent?.id ?? null, shape }
}
const of = (...areas: readonly AreaView[]): Judged => ({ areas, places: [], zones: [], lines: [] })
const district = area('district', 'D', square(0, 0, 20, 10))
const west = area('sector', 'S1', square(0, 0), district)
const east = area('sector', 'S2', square(10, 0), district)

describe('a territory that somebody wants in force', () => {
  it('is sound when sectors cover the district, and the demonstration is', () => {
    expect(faults(of(district, west, east))).toEqual([])
    expect(faults(demonstrationGround(randomUUID))).toEqual([])
    expect(faults(of())).toEqual([])
  })

  it('has one district', () => {
    expect(faults(of(west))).toContain('no-district')
    expect(faults(of(district, area('district', 'E', square(40, 0))))).toEqual(['several-districts D, E'])
  })

  it('has shapes that are closed, simple and of a size', () => {
    const open = square(0, 0).slice(0, -1)
    const [a, b, c, d] = square(0, 0) as [Position, Position, Position, Position]
    expect(faults(of(district, area('sector', 'S1', open, district)))).toEqual(['ring-open S1'])
    expect(faults(of(district, area('sector', 'S1', [a, c, b, d, a], district)))).toEqual(['shape-invalid S1'])
    expect(faults(of(district, area('sector', 'S1', square(0, 0, 0.05), district)))).toEqual(['too-small S1'])
    expect(faults(of(area('district', 'D', square(0, 0, 3000))))).toEqual(['too-large D'])
  })

  it('has no code and no name twice, whatever the case they are written in', () => {
    const twin = { ...east, code: ' s1 ', name: west.name.toUpperCase() }
    expect(faults(of(district, west, twin))).toEqual(['code-taken S1', `name-taken ${west.name}`])
    const place = (name: string) => ({ id: randomUUID(), kind: 'park', name, longitude: -76.995, latitude: -11.995 })
    expect(faults({ ...of(district), places: [place('Parque'), place('parque')] })).toEqual(['name-taken Parque'])
  })

  it('keeps sectors in the district and quadrants in their sector', () => {
    const lost = { ...east, parent: randomUUID() }
    expect(faults(of(district, west, lost))).toEqual(['parent-missing S2', 'not-covered D'])
    const elsewhere = area('sector', 'S2', square(30, 0), district)
    expect(faults(of(district, west, elsewhere))).toContain('outside-parent S2')
    const wide = area('sector', 'S2', square(10, 0, 12, 10), district)
    expect(faults(of(district, west, wide))).toEqual(['reaches-out S2', 'overlap D'])
  })

  it('says what is not covered, what is covered twice, and what lies outside', () => {
    expect(faults(of(district, west))).toEqual(['not-covered D'])
    expect(faults(of(district, west, area('sector', 'S2', square(1, 1, 8), district)))).toEqual(['overlap D'])
    const zone = {
      id: randomUUID(),
      kind: 'no-record' as const,
      name: 'Posta',
      shape: area('sector', '', square(50, 0)).shape,
    }
    const place = { id: randomUUID(), kind: 'park', name: 'Parque', longitude: -76, latitude: -12 }
    expect(faults({ ...of(district), places: [place], zones: [zone] })).toEqual([
      'place-outside Parque',
      'zone-outside Posta',
    ])
  })

  it('judges a horseshoe by a point that lies in it', () => {
    const [x, y] = [-77, -12]
    const shoe: Ring = [
      [x, y],
      [x + 0.01, y],
      [x + 0.01, y + 0.01],
      [x + 0.008, y + 0.01],
      [x + 0.008, y + 0.002],
      [x + 0.002, y + 0.002],
      [x + 0.002, y + 0.01],
      [x, y + 0.01],
      [x, y],
    ]
    const round = area('district', 'D', shoe)
    expect(faults(of(round, area('sector', 'S1', shoe, round)))).toEqual([])
  })
})
