/** GoPro's telemetry (GPMF, github.com/gopro/gpmf-parser) as positions, by the `gopro-telemetry` package. */
import goproTelemetry from 'gopro-telemetry'
import type { FoundPosition } from './facts.ts'
import type { Mp4 } from './mp4.ts'

// A CommonJS function whose types describe it as a module's default.
const telemetry = goproTelemetry as unknown as (input: object, options: object) => Promise<unknown>

export type Gpmf = { readonly model: string | null; readonly positions: readonly FoundPosition[] }

type Sample = { readonly value?: readonly number[]; readonly cts?: number; readonly date?: unknown }
type Device = {
  readonly 'device name'?: string
  readonly streams?: Readonly<Record<string, { readonly samples?: readonly Sample[] }>>
}

const options = {
  stream: ['GPS9', 'GPS5'],
  // One a second of the eighteen (or ten) that the receiver gives.
  groupTimes: 1000,
  // Without satellites the camera repeats the last place it knew: that is not where it was. 2 is a fix without altitude.
  GPSFix: 2,
  ellipsoid: true,
  tolerant: true,
} as const
/** What the oldest cameras call themselves. */
const nameless = 'Camera'

export async function readGpmf(samples: Mp4['gpmf']): Promise<Gpmf> {
  const rawData = Buffer.concat(samples.map(({ bytes }) => bytes))
  const timing = {
    frameDuration: 1 / 30,
    start: new Date(0),
    samples: samples.map(({ offsetMs, durationMs }) => ({ cts: offsetMs, duration: durationMs })),
  }
  const devices = Object.values((await telemetry({ rawData, timing }, options)) as Readonly<Record<string, Device>>)
  const name = devices[0]?.['device name']
  const model = name === undefined || name === nameless ? null : name
  for (const { streams } of devices) {
    const found = streams?.GPS9?.samples ?? streams?.GPS5?.samples ?? []
    const positions = found.flatMap((sample) => positionOf(sample))
    if (positions.length > 0) {
      return { model, positions }
    }
  }
  return { model, positions: [] }
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
