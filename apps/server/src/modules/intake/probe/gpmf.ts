/** GoPro's telemetry (GPMF) as positions, by the `gopro-telemetry` package. */
import goproTelemetry from 'gopro-telemetry'
import type { FoundPosition } from './facts.ts'
import type { Mp4 } from './mp4.ts'

// A CommonJS function whose types describe it as a module's default.
const telemetry = goproTelemetry as unknown as (input: object, options: object) => Promise<unknown>

type Sample = { readonly value?: readonly number[]; readonly cts?: number; readonly date?: unknown }

export async function readGpmf(samples: Mp4['gpmf']): Promise<readonly FoundPosition[]> {
  const rawData = Buffer.concat(samples.map(({ bytes }) => bytes))
  const timing = {
    frameDuration: 1 / 30,
    start: new Date(0),
    samples: samples.map(({ offsetMs, durationMs }) => ({ cts: offsetMs, duration: durationMs })),
  }
  const options = { stream: ['GPS9', 'GPS5'], groupTimes: 1000, tolerant: true }
  const read: unknown = await telemetry({ rawData, timing }, options)
  const devices = Object.values(
    read as Record<string, { readonly streams?: Record<string, { samples?: readonly Sample[] }> }>,
  )
  for (const { streams } of devices) {
    const found = streams?.GPS9?.samples ?? streams?.GPS5?.samples ?? []
    const positions = found.flatMap((sample) => positionOf(sample))
    if (positions.length > 0) {
      return positions
    }
  }
  return []
}

// GPS5 and GPS9 begin with latitude, longitude, altitude, ground speed.
function positionOf({ value, cts, date }: Sample): FoundPosition[] {
  const [latitude, longitude, , speedMps] = value ?? []
  if (latitude === undefined || longitude === undefined || Math.abs(latitude) > 90 || Math.abs(longitude) > 180) {
    return []
  }
  if (latitude === 0 && longitude === 0) {
    return []
  }
  const at = date instanceof Date ? date.getTime() : Date.parse(String(date ?? ''))
  return [
    {
      offsetMs: Math.max(0, Math.round(cts ?? 0)),
      // Before satellites are found the camera counts from its own start.
      atMs: Number.isFinite(at) && at > Date.UTC(2010, 0, 1) ? at : null,
      latitude,
      longitude,
      accuracyM: null,
      speedMps: speedMps ?? null,
      headingDeg: null,
    },
  ]
}
