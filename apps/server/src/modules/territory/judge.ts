import { type GroundFault, type GroundFinding, groundFaults } from '@sereno/contracts'
import {
  areaM2,
  type Box,
  boxOf,
  centreOf,
  distanceToLineM,
  inPolygon,
  inRing,
  isSimpleRing,
  type Position,
  pointOf,
  type Ring,
} from '@sereno/geo'
import type { AreaView, Ground, Line, ZoneView } from './territory.ts'

// Cuts are rounded to a centimetre; a quarter that lost a thousandth of its area has a real hole.
const coverTolerance = 0.002
/** Drawn by different hands, neighbours never meet exactly; farther out than this somebody drew another place. */
const reachesOutAboveM = 50
const smallestM2 = 100
/** Larger than any district in the country; what is larger is in other units than degrees. */
const largestM2 = 60_000_000_000
const mostPositions = 400_000

/** A territory without its number, as somebody wants it. */
export type Judged = Pick<Ground, 'areas' | 'places' | 'zones'> & { readonly lines: readonly Omit<Line, 'id'>[] }

export const isError = ({ fault }: GroundFinding): boolean => groundFaults[fault] === 'error'

/** Everything that is wrong with a territory, errors first. Shapes are asked first: nothing else is true of a bad one. */
export function judge(ground: Judged): readonly GroundFinding[] {
  const shapes = [...tooDetailed(ground), ...badShapes(ground)]
  const names = [...districts(ground), ...taken(ground)]
  const places = shapes.length > 0 ? [] : [...parents(ground), ...cover(ground), ...outside(ground)]
  return [...shapes, ...names, ...places].sort((one, other) => Number(isError(other)) - Number(isError(one)))
}

const found = (fault: GroundFault, about: string, detail = ''): GroundFinding => ({ fault, about, detail })
const outer = ({ shape }: AreaView | ZoneView): Ring => shape.coordinates[0] ?? []

function tooDetailed({ areas, zones, lines }: Judged): readonly GroundFinding[] {
  const positions =
    [...areas, ...zones].reduce((sum, { shape }) => sum + shape.coordinates.flat().length, 0) +
    lines.reduce((sum, { coordinates }) => sum + coordinates.length, 0)
  return positions > mostPositions ? [found('too-detailed', '', String(positions))] : []
}

function badShapes({ areas, zones }: Judged): readonly GroundFinding[] {
  const shaped = [
    ...areas.map((area) => ({ about: area.code, area })),
    ...zones.map((area) => ({ about: area.name, area })),
  ]
  return shaped.flatMap(({ about, area }) => {
    if (!area.shape.coordinates.every(isClosed)) {
      return [found('ring-open', about)]
    }
    if (!area.shape.coordinates.every(isSimpleRing)) {
      return [found('shape-invalid', about)]
    }
    const size = areaM2(outer(area))
    if (size < smallestM2) {
      return [found('too-small', about, `${Math.round(size)} m²`)]
    }
    return size > largestM2 ? [found('too-large', about, `${Math.round(size / 1e6)} km²`)] : []
  })
}

function isClosed(ring: Ring): boolean {
  const [first, last] = [ring[0], ring.at(-1)]
  return first !== undefined && last !== undefined && first[0] === last[0] && first[1] === last[1]
}

function districts({ areas }: Judged): readonly GroundFinding[] {
  const all = areas.filter(({ kind }) => kind === 'district')
  if (all.length === 1 || (areas.length === 0 && all.length === 0)) {
    return []
  }
  return [found(all.length === 0 ? 'no-district' : 'several-districts', all.map(({ code }) => code).join(', '))]
}

/** Codes of areas of a kind, names of places of a kind and of zones: people say them on the radio. */
function taken({ areas, places, zones }: Judged): readonly GroundFinding[] {
  const twice = (words: readonly string[]): readonly string[] => {
    const counted = Map.groupBy(words, (word) => word.trim().toLocaleLowerCase('es'))
    return [...counted.values()].flatMap((same) => (same.length > 1 ? [same[0] ?? ''] : []))
  }
  const ofKind = (kind: AreaView['kind']) => areas.filter((area) => area.kind === kind)
  const kinds = ['district', 'sector', 'quadrant'] as const
  const placesByKind = [...Map.groupBy(places, ({ kind }) => kind).values()]
  const ids = [...areas, ...places, ...zones].map(({ id }) => id)
  return [
    ...kinds.flatMap((kind) => twice(ofKind(kind).map(({ code }) => code)).map((code) => found('code-taken', code))),
    ...kinds.flatMap((kind) => twice(ofKind(kind).map(({ name }) => name)).map((name) => found('name-taken', name))),
    ...placesByKind.flatMap((same) => twice(same.map(({ name }) => name)).map((name) => found('name-taken', name))),
    ...twice(zones.map(({ name }) => name)).map((name) => found('name-taken', name)),
    ...twice(ids).map((id) => found('code-taken', id)),
  ]
}

const above = { district: null, sector: 'district', quadrant: 'sector' } as const

function parents({ areas }: Judged): readonly GroundFinding[] {
  const byId = new Map(areas.map((area) => [area.id, area]))
  return areas.flatMap((area) => {
    const parent = area.parent === null ? undefined : byId.get(area.parent)
    if (above[area.kind] !== (parent?.kind ?? null) || (area.parent !== null && parent === undefined)) {
      return [found('parent-missing', area.code)]
    }
    if (parent === undefined) {
      return []
    }
    if (!inPolygon(parent.shape, innerPoint(area))) {
      return [found('outside-parent', area.code, parent.code)]
    }
    const farthest = Math.max(0, ...outer(area).map((corner) => outsideByM(parent, corner)))
    return farthest > reachesOutAboveM
      ? [found('reaches-out', area.code, `${parent.code}, ${Math.round(farthest)} m`)]
      : []
  })
}

function outsideByM(parent: AreaView, corner: Position): number {
  return inPolygon(parent.shape, corner) ? 0 : distanceToLineM(pointOf(corner), outer(parent))
}

/** Whether the parts of each district and sector cover it, once. */
function cover({ areas }: Judged): readonly GroundFinding[] {
  return areas.flatMap((parent) => {
    const children = areas.filter((area) => area.parent === parent.id)
    if (children.length === 0) {
      return []
    }
    const covered = children.reduce((sum, child) => sum + areaM2(outer(child)), 0) / areaM2(outer(parent))
    const boxes = children.map((child) => ({ child, box: boxOf(outer(child)) }))
    const doubled = boxes.find(({ child }) => {
      const inside = innerPoint(child)
      return boxes.some(
        (other) => other.child !== child && inBox(other.box, inside) && inPolygon(other.child.shape, inside),
      )
    })
    if (doubled !== undefined || covered > 1 + coverTolerance) {
      return [found('overlap', parent.code, doubled?.child.code ?? `${((covered - 1) * 100).toFixed(1)} %`)]
    }
    return covered < 1 - coverTolerance
      ? [found('not-covered', parent.code, `${((1 - covered) * 100).toFixed(1)} %`)]
      : []
  })
}

function outside({ areas, places, zones }: Judged): readonly GroundFinding[] {
  const district = areas.find(({ kind }) => kind === 'district')
  if (district === undefined) {
    return []
  }
  return [
    ...places
      .filter(({ longitude, latitude }) => !inRing(outer(district), [longitude, latitude]))
      .map(({ name }) => found('place-outside', name)),
    ...zones
      .filter((zone) => !inPolygon(district.shape, innerPoint(zone)))
      .map(({ name }) => found('zone-outside', name)),
  ]
}

/** The centre where it lies inside; of a horseshoe, the middle of the widest stretch at its height. */
function innerPoint(area: AreaView | ZoneView): Position {
  const centre = centreOf(outer(area))
  if (inPolygon(area.shape, centre)) {
    return centre
  }
  const [, latitude] = centre
  const crossings = area.shape.coordinates
    .flatMap((ring) => ring.slice(1).map((to, index) => [ring[index] as Position, to] as const))
    .flatMap(([[x, y], [nextX, nextY]]) =>
      y > latitude === nextY > latitude ? [] : [x + ((latitude - y) / (nextY - y)) * (nextX - x)],
    )
    .sort((one, other) => one - other)
  let widest = { from: centre[0], to: centre[0] }
  for (let index = 0; index + 1 < crossings.length; index += 2) {
    const [from, to] = [crossings[index] ?? 0, crossings[index + 1] ?? 0]
    widest = to - from > widest.to - widest.from ? { from, to } : widest
  }
  return [(widest.from + widest.to) / 2, latitude]
}

const inBox = ({ west, south, east, north }: Box, [longitude, latitude]: Position): boolean =>
  longitude >= west && longitude <= east && latitude >= south && latitude <= north
