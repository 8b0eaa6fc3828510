import { setImmediate as breathe } from 'node:timers/promises'
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
/** Corners of areas times positions of their parents: half a minute of work. */
const mostComparisons = 500_000_000
/** Positions looked at before others have their turn: some 10 ms. */
const looksPerTurn = 100_000

/** A territory without its number, as somebody wants it. */
export type Judged = Pick<Ground, 'areas' | 'places' | 'zones'> & { readonly lines: readonly Omit<Line, 'id'>[] }

export const isError = ({ fault }: GroundFinding): boolean => groundFaults[fault] === 'error'

/**
 * Everything that is wrong with a territory, errors first. Shapes are asked first: nothing else is true of a bad one. Of
 * what is too detailed nothing else is asked. Judged in turns, because a detailed district takes seconds: `between` is
 * awaited after each, and told how many positions the turn has looked at.
 */
export async function judge(
  ground: Judged,
  between: (looks: number) => Promise<unknown> = () => breathe(),
): Promise<readonly GroundFinding[]> {
  const judging = findingsOf(ground)
  let looks = 0
  for (let step = judging.next(); ; step = judging.next()) {
    if (step.done === true) {
      return step.value
    }
    looks += step.value
    if (looks >= looksPerTurn) {
      await between(looks)
      looks = 0
    }
  }
}

/** Work in steps: each yields how many positions it has looked at. */
type Steps<T> = Generator<number, T>
type Findings = readonly GroundFinding[]

function* findingsOf(ground: Judged): Steps<Findings> {
  const detailed = tooDetailed(ground)
  if (detailed.length > 0) {
    return detailed
  }
  const shapes = yield* badShapes(ground)
  const names = [...districts(ground), ...taken(ground)]
  const places =
    shapes.length > 0 ? [] : [...(yield* parents(ground)), ...(yield* cover(ground)), ...(yield* outside(ground))]
  return [...shapes, ...names, ...places].sort((one, other) => Number(isError(other)) - Number(isError(one)))
}

const found = (fault: GroundFault, about: string, detail = ''): GroundFinding => ({ fault, about, detail })
const outer = ({ shape }: AreaView | ZoneView): Ring => shape.coordinates[0] ?? []

const positionsOf = ({ shape }: AreaView | ZoneView): number =>
  shape.coordinates.reduce((sum, ring) => sum + ring.length, 0)

function tooDetailed({ areas, zones, lines }: Judged): Findings {
  const shaped = [...areas, ...zones].reduce((sum, area) => sum + positionsOf(area), 0)
  const positions = lines.reduce((sum, { coordinates }) => sum + coordinates.length, shaped)
  const sizes = new Map(areas.map((area) => [area.id, positionsOf(area)]))
  const comparisons = areas.reduce(
    (sum, area) => sum + outer(area).length * (area.parent === null ? 0 : (sizes.get(area.parent) ?? 0)),
    0,
  )
  return positions > mostPositions || comparisons > mostComparisons
    ? [found('too-detailed', '', String(positions))]
    : []
}

function* badShapes({ areas, zones }: Judged): Steps<Findings> {
  const findings: GroundFinding[] = []
  const shaped = [
    ...areas.map((area) => ({ about: area.code, area })),
    ...zones.map((area) => ({ about: area.name, area })),
  ]
  for (const { about, area } of shaped) {
    const fault = yield* badShape(area)
    if (fault !== null) {
      findings.push(found(fault.fault, about, fault.detail))
    }
  }
  return findings
}

function* badShape(area: AreaView | ZoneView): Steps<Pick<GroundFinding, 'fault' | 'detail'> | null> {
  yield positionsOf(area)
  if (!area.shape.coordinates.every(isClosed)) {
    return { fault: 'ring-open', detail: '' }
  }
  for (const ring of area.shape.coordinates) {
    let looks = ring.length
    const isSimple = isSimpleRing(ring, () => {
      looks += 1
    })
    yield looks
    if (!isSimple) {
      return { fault: 'shape-invalid', detail: '' }
    }
  }
  const size = areaM2(outer(area))
  if (size < smallestM2) {
    return { fault: 'too-small', detail: `${Math.round(size)} m²` }
  }
  return size > largestM2 ? { fault: 'too-large', detail: `${Math.round(size / 1e6)} km²` } : null
}

function isClosed(ring: Ring): boolean {
  const [first, last] = [ring[0], ring.at(-1)]
  return first !== undefined && last !== undefined && first[0] === last[0] && first[1] === last[1]
}

function districts({ areas }: Judged): Findings {
  const all = areas.filter(({ kind }) => kind === 'district')
  if (all.length === 1 || (areas.length === 0 && all.length === 0)) {
    return []
  }
  return [found(all.length === 0 ? 'no-district' : 'several-districts', all.map(({ code }) => code).join(', '))]
}

/** Codes of areas of a kind, names of places of a kind and of zones: people say them on the radio. */
function taken({ areas, places, zones }: Judged): Findings {
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

function* parents({ areas }: Judged): Steps<Findings> {
  const byId = new Map(areas.map((area) => [area.id, area]))
  const findings: GroundFinding[] = []
  for (const area of areas) {
    const parent = area.parent === null ? undefined : byId.get(area.parent)
    if (above[area.kind] !== (parent?.kind ?? null) || (area.parent !== null && parent === undefined)) {
      findings.push(found('parent-missing', area.code))
    } else if (parent !== undefined) {
      findings.push(...(yield* placeIn(parent, area)))
    }
  }
  return findings
}

function* placeIn(parent: AreaView, area: AreaView): Steps<Findings> {
  yield positionsOf(area) + positionsOf(parent)
  if (!inPolygon(parent.shape, innerPoint(area))) {
    return [found('outside-parent', area.code, parent.code)]
  }
  let farthest = 0
  for (const corner of outer(area)) {
    yield positionsOf(parent)
    if (!inPolygon(parent.shape, corner)) {
      yield outer(parent).length
      farthest = Math.max(farthest, distanceToLineM(pointOf(corner), outer(parent)))
    }
  }
  return farthest > reachesOutAboveM
    ? [found('reaches-out', area.code, `${parent.code}, ${Math.round(farthest)} m`)]
    : []
}

/** Whether the parts of each district and sector cover it, once. */
function* cover({ areas }: Judged): Steps<Findings> {
  const findings: GroundFinding[] = []
  const byParent = Map.groupBy(areas, ({ parent }) => parent)
  for (const parent of areas) {
    const children = byParent.get(parent.id) ?? []
    if (children.length > 0) {
      findings.push(...(yield* coverOf(parent, children)))
    }
  }
  return findings
}

function* coverOf(parent: AreaView, children: readonly AreaView[]): Steps<Findings> {
  const parts: Part[] = []
  const whole = areaM2(outer(parent))
  let covered = 0
  for (const area of children) {
    yield positionsOf(area)
    parts.push({ area, box: boxOf(outer(area)), inside: innerPoint(area) })
    covered += areaM2(outer(area)) / whole
  }
  const doubled = yield* doubledOf(parts)
  if (doubled !== undefined || covered > 1 + coverTolerance) {
    return [found('overlap', parent.code, doubled?.code ?? `${((covered - 1) * 100).toFixed(1)} %`)]
  }
  return covered < 1 - coverTolerance
    ? [found('not-covered', parent.code, `${((1 - covered) * 100).toFixed(1)} %`)]
    : []
}

type Part = { readonly area: AreaView; readonly box: Box; readonly inside: Position }

/** An area whose middle lies in a neighbour. */
function* doubledOf(parts: readonly Part[]): Steps<AreaView | undefined> {
  for (const { area, inside } of parts) {
    yield parts.length
    for (const other of parts) {
      if (other.area !== area && inBox(other.box, inside)) {
        yield positionsOf(other.area)
        if (inPolygon(other.area.shape, inside)) {
          return area
        }
      }
    }
  }
  return undefined
}

function* outside({ areas, places, zones }: Judged): Steps<Findings> {
  const district = areas.find(({ kind }) => kind === 'district')
  if (district === undefined) {
    return []
  }
  const findings: GroundFinding[] = []
  for (const { name, longitude, latitude } of places) {
    yield outer(district).length
    if (!inRing(outer(district), [longitude, latitude])) {
      findings.push(found('place-outside', name))
    }
  }
  for (const zone of zones) {
    yield positionsOf(zone) + positionsOf(district)
    if (!inPolygon(district.shape, innerPoint(zone))) {
      findings.push(found('zone-outside', zone.name))
    }
  }
  return findings
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
