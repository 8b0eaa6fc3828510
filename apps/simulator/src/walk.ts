import type { Fix } from '@sereno/contracts'

type Point = readonly [longitude: number, latitude: number]
export type Walker = { readonly fixAt: (atMs: number) => Fix }

const metresPerDegree = 111_320

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

function noisy(
  [longitude, latitude]: Point,
  rest: Omit<Fix, 'longitude' | 'latitude'> & { readonly drift: Point },
): Fix {
  const { drift, ...fix } = rest
  return {
    ...fix,
    atMs: Math.round(fix.atMs),
    accuracyM: Math.round(fix.accuracyM * 10) / 10,
    longitude: longitude + drift[0] / (metresPerDegree * Math.cos((latitude * Math.PI) / 180)),
    latitude: latitude + drift[1] / metresPerDegree,
  }
}

function pointIn(ring: readonly Point[], random: () => number): Point {
  const longitudes = ring.map(([longitude]) => longitude)
  const latitudes = ring.map(([, latitude]) => latitude)
  const [west, east] = [Math.min(...longitudes), Math.max(...longitudes)]
  const [south, north] = [Math.min(...latitudes), Math.max(...latitudes)]
  for (let tries = 0; tries < 200; tries += 1) {
    const point: Point = [west + random() * (east - west), south + random() * (north - south)]
    if (inside(point, ring)) {
      return point
    }
  }
  return ring[0] ?? [0, 0]
}

function inside([x, y]: Point, ring: readonly Point[]): boolean {
  let within = false
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
    const [xi, yi] = ring[i] ?? [0, 0]
    const [xj, yj] = ring[j] ?? [0, 0]
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) {
      within = !within
    }
  }
  return within
}

function between(a: Point, b: Point, share: number): Point {
  return [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share]
}

function metres(a: Point, b: Point): Point {
  const east = (b[0] - a[0]) * metresPerDegree * Math.cos((a[1] * Math.PI) / 180)
  return [east, (b[1] - a[1]) * metresPerDegree]
}

function distance(a: Point, b: Point): number {
  return Math.hypot(...metres(a, b))
}

function bearing(a: Point, b: Point): number {
  const [east, north] = metres(a, b)
  return ((((Math.atan2(east, north) * 180) / Math.PI) % 360) + 360) % 360
}
