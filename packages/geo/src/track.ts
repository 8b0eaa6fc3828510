import type { Position } from './geojson.ts'
import { type Flat, planeAround } from './plane.ts'
import { distanceM, type Point } from './point.ts'

/** A measured point: how far off it may be (metres, one standard deviation) and when. */
export type Measured = Point & { readonly atMs: number; readonly accuracyM: number }

/** Nothing on the ground here moves faster; a helicopter would. */
export const fastestMps = 70

/**
 * Whether a unit can have gone from one fix to the other: the distance left after both errors (twice each) must be
 * coverable in the time between. Two fixes of one instant must agree within their errors. Order does not matter.
 */
export function isPlausibleMove(from: Measured, to: Measured, fastest: number = fastestMps): boolean {
  const sureM = distanceM(from, to) - 2 * (from.accuracyM + to.accuracyM)
  return sureM <= (fastest * Math.abs(to.atMs - from.atMs)) / 1000
}

/** Flags each fix of a track in time order against the last plausible one before it. */
export function flagJumps<F extends Measured>(
  fixes: readonly F[],
  before: Measured | null,
): readonly (F & { readonly implausible: boolean })[] {
  let last: Measured | null = before
  return fixes.map((fix) => {
    const implausible = last !== null && !isPlausibleMove(last, fix)
    last = implausible ? last : fix
    return { ...fix, implausible }
  })
}

/** Length of a line in metres. */
export function lengthM(points: readonly Point[]): number {
  let total = 0
  for (let index = 0; index + 1 < points.length; index += 1) {
    total += distanceM(points[index] as Point, points[index + 1] as Point)
  }
  return total
}

/** Douglas–Peucker: a line of the same points, none left out lying farther than the tolerance from it. */
export function simplify(line: readonly Position[], toleranceM: number): readonly Position[] {
  const [first] = line
  if (first === undefined || line.length < 3) {
    return line
  }
  const flat = line.map(planeAround({ longitude: first[0], latitude: first[1] }).flatten)
  const kept = new Set([0, line.length - 1])
  const open: (readonly [number, number])[] = [[0, line.length - 1]]
  for (let span = open.pop(); span !== undefined; span = open.pop()) {
    const [start, end] = span
    const far = farthest(flat, start, end)
    if (far !== null && far.distance > toleranceM) {
      kept.add(far.index)
      open.push([start, far.index], [far.index, end])
    }
  }
  return line.filter((_, index) => kept.has(index))
}

/** Distance in metres from a point to the nearest place on a line. Infinity for an empty line. */
export function distanceToLineM(point: Point, line: readonly Position[]): number {
  const [first] = line
  if (first === undefined) {
    return Infinity
  }
  const { flatten } = planeAround(point)
  let start = flatten(first)
  let nearest = line.length === 1 ? start[0] ** 2 + start[1] ** 2 : Infinity
  for (let index = 1; index < line.length; index += 1) {
    const end = flatten(line[index] as Position)
    nearest = Math.min(nearest, squaredToSpan(here, start, end))
    start = end
  }
  return Math.sqrt(nearest)
}

function farthest(
  flat: readonly Flat[],
  start: number,
  end: number,
): { readonly index: number; readonly distance: number } | null {
  let found: { readonly index: number; readonly distance: number } | null = null
  for (let index = start + 1; index < end; index += 1) {
    const distance = Math.sqrt(squaredToSpan(flat[index] as Flat, flat[start] as Flat, flat[end] as Flat))
    if (found === null || distance > found.distance) {
      found = { index, distance }
    }
  }
  return found
}

const here: Flat = [0, 0]

/** Squared, because a root for each span costs more than all the rest. */
function squaredToSpan(point: Flat, start: Flat, end: Flat): number {
  const [east, north] = [end[0] - start[0], end[1] - start[1]]
  const squared = east * east + north * north
  const share = squared === 0 ? 0 : ((point[0] - start[0]) * east + (point[1] - start[1]) * north) / squared
  const clamped = Math.max(0, Math.min(1, share))
  return (point[0] - start[0] - clamped * east) ** 2 + (point[1] - start[1] - clamped * north) ** 2
}
