import {
  centreOf,
  clipLine,
  distanceM,
  divide,
  type Flat,
  inRing,
  type Position,
  planeAround,
  pointOf,
  type Ring,
} from '@sereno/geo'
import {
  avenues,
  outline,
  parks,
  quadrantsPerSector,
  stations,
  streetDirectionsDeg,
  streetNames,
  streetSpacingM,
} from './demonstration-map.ts'
import type { AreaView, Ground, Line, PlaceView } from './territory.ts'

/**
 * The fictitious district: 9 sectors, 94 quadrants, five police stations, streets. The same at every call but for the
 * ids, which come from outside.
 */
export function demonstrationGround(uuid: () => string): Ground {
  const sectors = northToSouth(divide(outline, quadrantsPerSector.length))
  const district = area(uuid(), 'district', 'D', 'Distrito de demostración (ficticio)', null, outline)
  const areas: AreaView[] = [district]
  let number = 0
  for (const [index, ring] of sectors.entries()) {
    const sector = area(uuid(), 'sector', `S${index + 1}`, `Sector ${index + 1}`, district.id, ring)
    areas.push(sector)
    for (const piece of northToSouth(divide(ring, quadrantsPerSector[index] ?? 1))) {
      number += 1
      const code = `C-${String(number).padStart(2, '0')}`
      areas.push(area(uuid(), 'quadrant', code, `Cuadrante ${number}`, sector.id, piece))
    }
  }
  return {
    version: 1,
    areas,
    places: places(uuid, sectors),
    zones: [],
    lines: [...mainLines(uuid), ...streets(uuid, sectors)],
  }
}

function northToSouth(rings: readonly Ring[]): readonly Ring[] {
  return [...rings].sort((left, right) => centreOf(right)[1] - centreOf(left)[1])
}

function area(
  id: string,
  kind: AreaView['kind'],
  code: string,
  name: string,
  parent: string | null,
  ring: Ring,
): AreaView {
  return { id, kind, code, name, parent, shape: { type: 'Polygon', coordinates: [ring.map(([x, y]) => [x, y])] } }
}

function places(uuid: () => string, sectors: readonly Ring[]): readonly PlaceView[] {
  const at = (kind: string, each: { readonly sector: number; readonly name: string }): readonly PlaceView[] => {
    const ring = sectors[each.sector]
    if (ring === undefined) {
      return []
    }
    const [longitude, latitude] = innerPoint(ring)
    return [{ id: uuid(), kind, name: each.name, longitude: rounded(longitude), latitude: rounded(latitude) }]
  }
  return [...stations.flatMap((station) => at('police-station', station)), ...parks.flatMap((park) => at('park', park))]
}

/** The centre of mass where it lies inside, else the middle of the first stretch of the ring west to east through it. */
function innerPoint(ring: Ring): Position {
  const centre = centreOf(ring)
  if (inRing(ring, centre)) {
    return centre
  }
  const [stretch] = clipLine(
    [
      [centre[0] - 1, centre[1]],
      [centre[0] + 1, centre[1]],
    ],
    ring,
  )
  const [west, east] = [stretch?.[0] ?? centre, stretch?.at(-1) ?? centre]
  return [(west[0] + east[0]) / 2, centre[1]]
}

function mainLines(uuid: () => string): readonly Line[] {
  return avenues.flatMap(({ name, line }) =>
    clipLine(line, outline).map((stretch) => lineOf(uuid(), 'avenue', name, stretch)),
  )
}

/** A grid in each sector, turned its own way; jirones one way, calles the other. */
function streets(uuid: () => string, sectors: readonly Ring[]): readonly Line[] {
  const shortestM = 120
  const lines: Line[] = []
  const counts = { 'Jr.': 0, Calle: 0 }
  for (const [index, ring] of sectors.entries()) {
    for (const prefix of ['Jr.', 'Calle'] as const) {
      const turnedDeg = (streetDirectionsDeg[index] ?? 0) + (prefix === 'Jr.' ? 0 : 90)
      for (const stretch of parallels(ring, turnedDeg)) {
        const [start, end] = [stretch[0], stretch.at(-1)]
        if (start === undefined || end === undefined || distanceM(pointOf(start), pointOf(end)) < shortestM) {
          continue
        }
        const name = streetNames[(counts[prefix] * 7 + (prefix === 'Jr.' ? 0 : 31)) % streetNames.length]
        counts[prefix] += 1
        lines.push(lineOf(uuid(), 'street', `${prefix} ${name}`, stretch))
      }
    }
  }
  return lines
}

function parallels(ring: Ring, turnedDeg: number): readonly (readonly Position[])[] {
  const [longitude, latitude] = centreOf(ring)
  const plane = planeAround({ longitude, latitude })
  const angle = (turnedDeg * Math.PI) / 180
  const along: Flat = [Math.cos(angle), Math.sin(angle)]
  const reachM = Math.max(...ring.map(plane.flatten).map(([east, north]) => Math.hypot(east, north)))
  const found: (readonly Position[])[] = []
  for (let step = -Math.ceil(reachM / streetSpacingM); step * streetSpacingM <= reachM; step += 1) {
    const [east, north] = [-along[1] * step * streetSpacingM, along[0] * step * streetSpacingM]
    const end = (way: number): Position => plane.lift([east + way * reachM * along[0], north + way * reachM * along[1]])
    found.push(...clipLine([end(-1), end(1)], ring))
  }
  return found
}

function lineOf(id: string, kind: Line['kind'], name: string, stretch: readonly Position[]): Line {
  return { id, kind, name, coordinates: stretch.map(([x, y]): [number, number] => [rounded(x), rounded(y)]) }
}

/** Six decimals: a tenth of a metre. */
function rounded(degrees: number): number {
  return Math.round(degrees * 1e6) / 1e6
}
