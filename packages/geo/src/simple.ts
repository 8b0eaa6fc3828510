import type { Position, Ring } from './geojson.ts'

/**
 * Whether a ring is closed, at least a triangle, with area, and no edge of it crosses or touches another one (Shamos and
 * Hoey 1976). A line sweeps from west to east over the corners and keeps the edges it crosses in their order from below:
 * before two edges can meet they are neighbours there, so only neighbours are compared. Corners of one longitude are
 * swept from south to north, as if the picture leaned a little: an edge that stands upright has a beginning and an end.
 *
 * `onLook` is told of each edge that is looked at: some n log n of them, whatever the shape.
 */
export function isSimpleRing(ring: Ring, onLook: () => void = () => undefined): boolean {
  const [first, last] = [ring[0], ring.at(-1)]
  if (ring.length < 4 || first === undefined || last === undefined || order(first, last) !== 0) {
    return false
  }
  const corners = ring.slice(0, -1)
  const edges = corners.map((from, index) => edge(index, from, corners[(index + 1) % corners.length] as Position))
  const stops = corners
    .map((at, index) => ({ at, before: edges.at(index - 1) as Edge, after: edges[index] as Edge }))
    .sort((one, other) => order(one.at, other.at))
  const isTwice = stops.some(({ at }, index) => index > 0 && order(at, (stops[index - 1] as Stop).at) === 0)
  if (isTwice || stops.some(turnsBack)) {
    return false
  }
  const pass = sweep(edges.length, onLook)
  return stops.every(pass)
}

type Edge = { readonly index: number; readonly west: Position; readonly east: Position }
/** A corner with the two edges that meet in it. */
type Stop = { readonly at: Position; readonly before: Edge; readonly after: Edge }

const order = (one: Position, other: Position): number => one[0] - other[0] || one[1] - other[1]

function edge(index: number, from: Position, to: Position): Edge {
  return order(from, to) < 0 ? { index, west: from, east: to } : { index, west: to, east: from }
}

/** Whether the two edges of a corner lie on each other. */
function turnsBack({ at, before, after }: Stop): boolean {
  const from = before.west === at ? before.east : before.west
  const to = after.west === at ? after.east : after.west
  const ahead = (from[0] - at[0]) * (to[0] - at[0]) + (from[1] - at[1]) * (to[1] - at[1])
  return turn(from, at, to) === 0 && ahead > 0
}

/** Moves the line over one corner after the other; false as soon as two edges meet. */
function sweep(count: number, onLook: () => void): (stop: Stop) => boolean {
  /** The edges that the line crosses now, from below. */
  const crossed: Edge[] = []

  function placeOf(at: Position): number {
    let [low, high] = [0, crossed.length]
    while (low < high) {
      const middle = (low + high) >> 1
      const { west, east } = crossed[middle] as Edge
      onLook()
      if (turn(west, east, at) > 0) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return low
  }

  function meet(one: Edge | undefined, other: Edge | undefined): boolean {
    if (one === undefined || other === undefined) {
      return false
    }
    onLook()
    const apart = Math.abs(one.index - other.index)
    return apart !== 1 && apart !== count - 1 && touch(one, other)
  }

  return ({ at, before, after }) => {
    const ending = [before, after].filter(({ east }) => east === at)
    const starting = [before, after]
      .filter(({ west }) => west === at)
      .sort((one, other) => -turn(at, one.east, other.east))
    const place = placeOf(at)
    // What ends in a corner lies side by side there; an edge in between goes through the corner.
    if (!ending.every((_, index) => ending.includes(crossed[place + index] as Edge))) {
      return false
    }
    crossed.splice(place, ending.length, ...starting)
    const above = place + starting.length
    return !meet(crossed[place - 1], crossed[place]) && !meet(crossed[above - 1], crossed[above])
  }
}

function touch({ west: a, east: b }: Edge, { west: c, east: d }: Edge): boolean {
  const sides = [turn(a, b, c), turn(a, b, d), turn(c, d, a), turn(c, d, b)] as const
  if (sides[0] * sides[1] < 0 && sides[2] * sides[3] < 0) {
    return true
  }
  return (
    (sides[0] === 0 && within(a, b, c)) ||
    (sides[1] === 0 && within(a, b, d)) ||
    (sides[2] === 0 && within(c, d, a)) ||
    (sides[3] === 0 && within(c, d, b))
  )
}

function turn(from: Position, to: Position, other: Position): number {
  return Math.sign((to[0] - from[0]) * (other[1] - from[1]) - (to[1] - from[1]) * (other[0] - from[0]))
}

function within(from: Position, to: Position, other: Position): boolean {
  return (
    Math.min(from[0], to[0]) <= other[0] &&
    other[0] <= Math.max(from[0], to[0]) &&
    Math.min(from[1], to[1]) <= other[1] &&
    other[1] <= Math.max(from[1], to[1])
  )
}
