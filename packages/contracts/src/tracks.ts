import { type Static, Type } from 'typebox'
import { InstantMs, nullable, type Operations, Uuid } from './operation.ts'

/** One GNSS fix. Degrees WGS 84, metres, degrees clockwise from north, metres per second. */
export const Fix = Type.Object({
  atMs: InstantMs,
  latitude: Type.Number({ minimum: -90, maximum: 90 }),
  longitude: Type.Number({ minimum: -180, maximum: 180 }),
  accuracyM: Type.Number({ minimum: 0, maximum: 100_000 }),
  headingDeg: nullable(Type.Number({ minimum: 0, maximum: 360 })),
  speedMps: nullable(Type.Number({ minimum: 0, maximum: 1_000 })),
})
export type Fix = Static<typeof Fix>
/** A fix as stored: `implausible` marks a jump no unit can make; it is flagged, never dropped. */
export const TrackPoint = Type.Object({ ...Fix.properties, implausible: Type.Boolean() })

export const trackOperations = {
  'POST /device/positions': {
    access: 'device',
    summary: 'Up to 600 fixes; durable when answered, de-duplicated by (device, instant)',
    body: Type.Object({ fixes: Type.Array(Fix, { minItems: 1, maxItems: 600 }) }),
    reply: Type.Object({
      stored: Type.Integer(),
      duplicates: Type.Integer(),
      implausible: Type.Integer(),
      nowMs: InstantMs,
    }),
  },
  'GET /devices/:id/track': {
    access: 'unit.read',
    summary: 'The recent track of a unit (at most two hours; older tracks belong to recordings)',
    params: Type.Object({ id: Uuid }),
    query: Type.Object({ fromMs: Type.Integer(), toMs: Type.Integer() }),
    reply: Type.Object({ points: Type.Array(TrackPoint) }),
  },
} as const satisfies Operations
