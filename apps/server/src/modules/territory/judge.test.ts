import { randomUUID } from 'node:crypto'
import type { Position, Ring } from '@sereno/geo'
import { describe, expect, it } from 'vitest'
import { demonstrationGround } from './demonstration.ts'
import { type Judged, judge } from './judge.ts'
import type { AreaView } from './territory.ts'

const faults = async (ground: Judged): Promise<readonly string[]> =>
  (await judge(ground)).map(({ fault, about }) => `${fault} ${about}`.trim())

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

/** Teeth as long as the sector is high: every edge lies beside all others, whichever way one looks. */
function comb(teeth: number): Ring {
  const [x, y, step] = [-77, -12, 0.01 / (2 * teeth)]
  const corners: Position[] = []
  for (let tooth = 0; tooth < teeth; tooth += 1) {
    const at = x + 2 * tooth * step
    corners.push([at, y + 0.001], [at + step / 2, y + 0.01], [at + step, y + 0.001])
  }
  return [...corners, [x + 0.01, y], [x, y], corners[0] as Position]
}

describe('a territory that somebody wants in force', () => {
  it('is sound when sectors cover the district, and the demonstration is', async () => {
    expect(await faults(of(district, west, east))).toEqual([])
    expect(await faults(demonstrationGround(randomUUID))).toEqual([])
    expect(await faults(of())).toEqual([])
  })

  it('has one district', async () => {
    expect(await faults(of(west))).toContain('no-district')
    expect(await faults(of(district, area('district', 'E', square(40, 0))))).toEqual(['several-districts D, E'])
  })

  it('has shapes that are closed, simple and of a size', async () => {
    const open = square(0, 0).slice(0, -1)
    const [a, b, c, d] = square(0, 0) as [Position, Position, Position, Position]
    expect(await faults(of(district, area('sector', 'S1', open, district)))).toEqual(['ring-open S1'])
    expect(await faults(of(district, area('sector', 'S1', [a, c, b, d, a], district)))).toEqual(['shape-invalid S1'])
    expect(await faults(of(district, area('sector', 'S1', square(0, 0, 0.05), district)))).toEqual(['too-small S1'])
    expect(await faults(of(area('district', 'D', square(0, 0, 3000))))).toEqual(['too-large D'])
  })

  it('has no code and no name twice, whatever the case they are written in', async () => {
    const twin = { ...east, code: ' s1 ', name: west.name.toUpperCase() }
    expect(await faults(of(district, west, twin))).toEqual(['code-taken S1', `name-taken ${west.name}`])
    const place = (name: string) => ({ id: randomUUID(), kind: 'park', name, longitude: -76.995, latitude: -11.995 })
    expect(await faults({ ...of(district), places: [place('Parque'), place('parque')] })).toEqual(['name-taken Parque'])
  })

  it('keeps sectors in the district and quadrants in their sector', async () => {
    const lost = { ...east, parent: randomUUID() }
    expect(await faults(of(district, west, lost))).toEqual(['parent-missing S2', 'not-covered D'])
    const elsewhere = area('sector', 'S2', square(30, 0), district)
    expect(await faults(of(district, west, elsewhere))).toContain('outside-parent S2')
    const wide = area('sector', 'S2', square(10, 0, 12, 10), district)
    expect(await faults(of(district, west, wide))).toEqual(['reaches-out S2', 'overlap D'])
  })

  it('says what is not covered, what is covered twice, and what lies outside', async () => {
    expect(await faults(of(district, west))).toEqual(['not-covered D'])
    expect(await faults(of(district, west, area('sector', 'S2', square(1, 1, 8), district)))).toEqual(['overlap D'])
    const zone = {
      id: randomUUID(),
      kind: 'no-record' as const,
      name: 'Posta',
      shape: area('sector', '', square(50, 0)).shape,
    }
    const place = { id: randomUUID(), kind: 'park', name: 'Parque', longitude: -76, latitude: -12 }
    expect(await faults({ ...of(district), places: [place], zones: [zone] })).toEqual([
      'place-outside Parque',
      'zone-outside Posta',
    ])
  })

  it('judges a horseshoe by a point that lies in it', async () => {
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
    expect(await faults(of(round, area('sector', 'S1', shoe, round)))).toEqual([])
  })

  it('asks nothing else of what is too detailed', async () => {
    const detailed = Array.from({ length: 81 }, (_, index) => area('quadrant', `C-${index}`, comb(1_666), west))
    expect(await faults(of(...detailed))).toEqual(['too-detailed'])
    const holed = area('district', 'D', square(0, 0, 20, 10))
    const holes = Array.from({ length: 19 }, () => comb(1_666).map(([x, y]): [number, number] => [x, y]))
    holed.shape.coordinates.push(...holes)
    const sectors = Array.from({ length: 5 }, (_, index) => area('sector', `S${index}`, comb(1_666), holed))
    expect(await faults(of(holed, ...sectors))).toEqual(['too-detailed'])
  })

  it('is judged in turns between which others have theirs, also the largest there may be', async () => {
    const quadrants = Array.from({ length: 79 }, (_, index) => area('quadrant', `C-${index}`, comb(1_666), west))
    const turns: number[] = []
    const count = async (looks: number) => void turns.push(looks)
    const codes = (await judge(of(district, west, east, ...quadrants), count)).map(({ fault }) => fault)
    expect(codes).toEqual(['overlap'])
    expect(turns.length).toBeGreaterThan(5)
    expect(Math.max(...turns)).toBeLessThan(500_000)
    // Some 16 looks at each of 395,000 corners for the shapes, and as many for where they lie.
    expect(turns.reduce((sum, looks) => sum + looks, 0)).toBeLessThan(395_000 * 32)
  })

  it('takes turns as well for what lies in a parent of many corners', async () => {
    const parent = area('sector', 'S1', comb(400), district)
    const turns: number[] = []
    await judge(of(district, parent, area('quadrant', 'C-1', comb(400), parent)), async (looks) => {
      turns.push(looks)
    })
    expect(turns.length).toBeGreaterThan(15)
    expect(Math.max(...turns)).toBeLessThan(200_000)
  })
})
