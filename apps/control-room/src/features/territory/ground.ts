import { centreOf, divide, inPolygon, type Position } from '@sereno/geo'
import type { Area, Line, Place, Zone } from '../../api/api.ts'

/** A territory without its number: what a draft is made of. Every change gives a new one. */
export type Ground = {
  readonly areas: readonly Area[]
  readonly places: readonly Place[]
  readonly zones: readonly Zone[]
  readonly lines: readonly Line[]
}
export const emptyGround: Ground = { areas: [], places: [], zones: [], lines: [] }

export const areasOf = (ground: Ground, kind: Area['kind']): readonly Area[] =>
  ground.areas.filter((area) => area.kind === kind)

export const nameArea = (ground: Ground, id: string, words: Pick<Area, 'code' | 'name'>): Ground => ({
  ...ground,
  areas: ground.areas.map((area) => (area.id === id ? { ...area, ...words } : area)),
})

export const nameZone = (ground: Ground, id: string, name: string): Ground => ({
  ...ground,
  zones: ground.zones.map((zone) => (zone.id === id ? { ...zone, name } : zone)),
})

/** Adds a place, or puts another in the place of the one with its id. */
export const putPlace = (ground: Ground, place: Place): Ground => ({
  ...ground,
  places: ground.places.some(({ id }) => id === place.id)
    ? ground.places.map((known) => (known.id === place.id ? place : known))
    : [...ground.places, place],
})

/** Takes away an area with all below it, a place or a zone. */
export function remove(ground: Ground, id: string): Ground {
  const gone = new Set([id])
  for (const kind of ['sector', 'quadrant'] as const) {
    for (const area of areasOf(ground, kind)) {
      if (area.parent !== null && gone.has(area.parent)) {
        gone.add(area.id)
      }
    }
  }
  return {
    ...ground,
    areas: ground.areas.filter((area) => !gone.has(area.id)),
    places: ground.places.filter((place) => place.id !== id),
    zones: ground.zones.filter((zone) => zone.id !== id),
  }
}

/** Cuts a sector into quadrants of equal size in the place of those it has. Null where no straight cut divides it. */
export function split(ground: Ground, sector: string, parts: number, uuid: () => string): Ground | null {
  const found = ground.areas.find(({ id }) => id === sector)
  const ring = found?.shape.coordinates[0]
  if (ring === undefined) {
    return null
  }
  const others = ground.areas.filter(({ parent }) => parent !== sector)
  const codes = freeCodes(others)
  try {
    const pieces = divide(ring, parts).map((piece): Area => {
      const code = codes()
      return {
        id: uuid(),
        kind: 'quadrant',
        code,
        name: `Cuadrante ${code.replace(/^C-0*/, '')}`,
        parent: sector,
        shape: { type: 'Polygon', coordinates: [piece.map(([x, y]): [number, number] => [x, y])] },
      }
    })
    return { ...ground, areas: [...others, ...pieces] }
  } catch {
    return null
  }
}

function freeCodes(areas: readonly Area[]): () => string {
  const taken = new Set(areas.map(({ code }) => code))
  let number = 0
  return () => {
    do {
      number += 1
    } while (taken.has(`C-${String(number).padStart(2, '0')}`))
    return `C-${String(number).padStart(2, '0')}`
  }
}

/**
 * Gives each sector the district and each quadrant the sector that its centre lies in, so that layers may come in any
 * order and from files that do not say whose they are.
 */
export function belong(ground: Ground): Ground {
  const district = areasOf(ground, 'district')[0]
  const sectors = areasOf(ground, 'sector')
  return {
    ...ground,
    areas: ground.areas.map((area) => {
      if (area.kind === 'district') {
        return { ...area, parent: null }
      }
      if (area.kind === 'sector') {
        return { ...area, parent: district?.id ?? area.parent }
      }
      const holding = sectors.find(({ shape }) => inPolygon(shape, centreOf(area.shape.coordinates[0] ?? [[0, 0]])))
      return { ...area, parent: holding?.id ?? area.parent }
    }),
  }
}

/** What lies under a press of the map, the smallest first. */
export function under(ground: Ground, at: Position): string | null {
  const zone = ground.zones.find(({ shape }) => inPolygon(shape, at))
  const smallestFirst = (['quadrant', 'sector', 'district'] as const).flatMap((kind) => areasOf(ground, kind))
  return zone?.id ?? smallestFirst.find(({ shape }) => inPolygon(shape, at))?.id ?? null
}

/** How many things differ: added, taken away or changed. */
export function differences(before: Ground, now: Ground): number {
  const rows = (ground: Ground): ReadonlyMap<string, unknown> =>
    new Map(
      [
        ...ground.areas,
        ...ground.places,
        ...ground.zones,
        ...ground.lines.map((line, index) => ({ id: `line ${index}`, ...line })),
      ].map((row) => [row.id, row]),
    )
  const [old, fresh] = [rows(before), rows(now)]
  const ids = new Set([...old.keys(), ...fresh.keys()])
  return [...ids].filter((id) => {
    const [was, is] = [old.get(id), fresh.get(id)]
    return was !== is && JSON.stringify(was) !== JSON.stringify(is)
  }).length
}
