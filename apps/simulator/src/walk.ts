import type { Fix } from '@sereno/contracts'
import { bearingDeg, boxOf, destination, distanceM, inRing, type Position, pointOf } from '@sereno/geo'

type Point = Position
export type Walker = { readonly fixAt: (atMs: number) => Fix }

/** Gaussian noise (Box and Muller 1958), mean 0, deviation 1. */
function gaussian(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

/**
 * Somebody on foot (or on a motorcycle) who goes from point to point inside a ring and stops now and then. The position
 * shown is the true one plus GNSS noise as it is on a street: a few metres, and slow to change.
 */
export function wander(
  ring: readonly Point[],
  options: { readonly speedMps: number; readonly random: () => number; readonly startMs: number },
): Walker {
  const { speedMps, random } = options
  let from = pointIn(ring, random)
  let to = pointIn(ring, random)
  let leftAtMs = options.startMs
  let restMs = 0
  let drift: Point = [0, 0]
  return {
    fixAt: (atMs) => {
      let walkMs = (distance(from, to) / speedMps) * 1000
      while (atMs > leftAtMs + walkMs + restMs) {
        leftAtMs += walkMs + restMs
        from = to
        to = pointIn(ring, random)
        restMs = random() < 0.4 ? random() * 90_000 : 0
        walkMs = (distance(from, to) / speedMps) * 1000
      }
      const share = Math.min(1, (atMs - leftAtMs) / Math.max(1, walkMs))
      drift = [drift[0] * 0.9 + gaussian(random) * 0.8, drift[1] * 0.9 + gaussian(random) * 0.8]
      const resting = share >= 1
      return noisy(between(from, to, share), {
        atMs,
        drift,
        accuracyM: 3 + Math.hypot(...drift) + random() * 2,
        headingDeg: resting ? null : bearing(from, to),
        speedMps: resting ? 0 : speedMps * (0.9 + random() * 0.2),
      })
    },
  }
}

/** Follows recorded points at their own pace, again and again, moved to now. */
export function follow(points: readonly { readonly point: Point; readonly atMs: number }[], startMs: number): Walker {
  const first = points[0]
  const last = points.at(-1)
  if (!first || !last || points.length < 2) {
    throw new Error('a track has at least two points')
  }
  const lengthMs = Math.max(1000, last.atMs - first.atMs)
  return {
    fixAt: (atMs) => {
      const wanted = first.atMs + ((atMs - startMs) % lengthMs)
      const next = Math.max(
        1,
        points.findIndex((one) => one.atMs >= wanted),
      )
      const a = points[next - 1] ?? first
      const b = points[next] ?? last
      const share = Math.min(1, (wanted - a.atMs) / Math.max(1, b.atMs - a.atMs))
      const metres = distance(a.point, b.point)
      return noisy(between(a.point, b.point, share), {
        atMs,
        drift: [0, 0],
        accuracyM: 5,
        headingDeg: metres > 0.5 ? bearing(a.point, b.point) : null,
        speedMps: metres / Math.max(0.001, (b.atMs - a.atMs) / 1000),
      })
    },
  }
}

/** The points of a GPX 1.1 track; a track without times is walked at 1.4 m/s. */
export function readGpx(text: string): { readonly point: Point; readonly atMs: number }[] {
  const points: { point: Point; atMs: number }[] = []
  for (const [, attributes = '', body = ''] of text.matchAll(/<trkpt\b([^>]*)>([\s\S]*?)<\/trkpt>/g)) {
    const latitude = Number(/\blat="([^"]+)"/.exec(attributes)?.[1])
    const longitude = Number(/\blon="([^"]+)"/.exec(attributes)?.[1])
    const time = Date.parse(/<time>([^<]+)<\/time>/.exec(body)?.[1] ?? '')
    if (!Number.isFinite(latitude) || !Number.isFinite(longitude)) {
      throw new Error('a <trkpt> without lat and lon')
    }
    const before = points.at(-1)
    const walkedMs = before ? (distance(before.point, [longitude, latitude]) / 1.4) * 1000 : 0
    points.push({ point: [longitude, latitude], atMs: Number.isNaN(time) ? (before?.atMs ?? 0) + walkedMs : time })
  }
  if (points.length < 2) {
    throw new Error('no track in this GPX file: it needs at least two <trkpt>')
  }
  return points.sort((a, b) => a.atMs - b.atMs)
}

function noisy(place: Point, rest: Omit<Fix, 'longitude' | 'latitude'> & { readonly drift: Point }): Fix {
  const { drift, ...fix } = rest
  const [eastM, northM] = drift
  const seen = destination(pointOf(place), (Math.atan2(eastM, northM) * 180) / Math.PI, Math.hypot(eastM, northM))
  return { ...fix, ...seen, atMs: Math.round(fix.atMs), accuracyM: Math.round(fix.accuracyM * 10) / 10 }
}

function pointIn(ring: readonly Point[], random: () => number): Point {
  const { west, south, east, north } = boxOf(ring)
  for (let tries = 0; tries < 200; tries += 1) {
    const point: Point = [west + random() * (east - west), south + random() * (north - south)]
    if (inRing(ring, point)) {
      return point
    }
  }
  return ring[0] ?? [0, 0]
}

function between(a: Point, b: Point, share: number): Point {
  return [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share]
}

function distance(a: Point, b: Point): number {
  return distanceM(pointOf(a), pointOf(b))
}

function bearing(a: Point, b: Point): number {
  return bearingDeg(pointOf(a), pointOf(b))
}
