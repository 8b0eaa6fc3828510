import { type Static, Type } from 'typebox'
import { InstantMs, May, nullable, type Operations, Uuid, Words } from './operation.ts'

const Position = Type.Tuple([Type.Number({ minimum: -180, maximum: 180 }), Type.Number({ minimum: -90, maximum: 90 })])
/** GeoJSON ring order: [longitude, latitude], WGS 84, closed. */
const Polygon = Type.Object({
  type: Type.Literal('Polygon'),
  coordinates: Type.Array(Type.Array(Position, { maxItems: 5_000 }), { minItems: 1, maxItems: 20 }),
})
export const Area = Type.Object({
  id: Uuid,
  kind: Type.Union([Type.Literal('district'), Type.Literal('sector'), Type.Literal('quadrant')]),
  code: Words(20),
  name: Words(120),
  parent: nullable(Uuid),
  shape: Polygon,
})
export const Place = Type.Object({
  id: Uuid,
  kind: Words(40),
  name: Words(120),
  longitude: Type.Number({ minimum: -180, maximum: 180 }),
  latitude: Type.Number({ minimum: -90, maximum: 90 }),
})
/** Ground on which nobody should record: the room's map says so. It stops no camera. */
export const Zone = Type.Object({ id: Uuid, kind: Type.Literal('no-record'), name: Words(120), shape: Polygon })

/** A street for the base map of an installation without tiles; avenues are drawn wider and named first. */
export const Line = Type.Object({
  kind: Type.Union([Type.Literal('avenue'), Type.Literal('street')]),
  name: Words(120),
  coordinates: Type.Array(Position, { maxItems: 5_000 }),
})

const groundFields = {
  areas: Type.Array(Area, { maxItems: 5_000 }),
  places: Type.Array(Place, { maxItems: 5_000 }),
  zones: Type.Array(Zone, { maxItems: 1_000 }),
  lines: Type.Array(Line, { maxItems: 20_000 }),
}

/**
 * What is wrong with a territory that somebody wants to put in force. An `error` keeps it out; a `warning` may be
 * accepted by name, which its ledger entry then says.
 */
export const groundFaults = {
  'no-district': 'error',
  'several-districts': 'error',
  'code-taken': 'error',
  'name-taken': 'error',
  'ring-open': 'error',
  'shape-invalid': 'error',
  'too-small': 'error',
  'too-large': 'error',
  'too-detailed': 'error',
  'parent-missing': 'error',
  'outside-parent': 'error',
  'reaches-out': 'warning',
  'not-covered': 'warning',
  overlap: 'warning',
  'place-outside': 'warning',
  'zone-outside': 'warning',
} as const
export type GroundFault = keyof typeof groundFaults
const Fault = Type.Object({
  fault: Type.Enum(Object.keys(groundFaults) as GroundFault[]),
  /** The code or name of what it is about. */
  about: Type.String(),
  detail: Type.String(),
})
export type GroundFinding = Static<typeof Fault>

/** A district with its streets is larger than other bodies. */
const groundLimitBytes = 16 * 1024 * 1024
const Version = Type.Integer({ minimum: 0, maximum: 1_000_000 })

export const territoryOperations = {
  'GET /territory': {
    access: 'territory.read',
    summary: 'The district, its sectors, quadrants, places and no-record zones, in the version in force',
    reply: Type.Object({ version: Version, ...groundFields, may: May }),
  },
  'GET /territory/versions': {
    access: 'territory.write',
    summary: 'Every version there was, newest first: since when, by whom, why',
    reply: Type.Object({
      versions: Type.Array(
        Type.Object({
          version: Version,
          inForceAt: InstantMs,
          by: nullable(Type.String()),
          note: Type.String(),
          sectors: Type.Integer(),
          quadrants: Type.Integer(),
          places: Type.Integer(),
          zones: Type.Integer(),
        }),
      ),
    }),
  },
  'GET /territory/versions/:version': {
    access: 'territory.write',
    summary: 'One version as it was',
    params: Type.Object({ version: Type.String({ pattern: '^[0-9]{1,7}$' }) }),
    reply: Type.Object({ version: Version, ...groundFields }),
  },
  'POST /territory/check': {
    access: 'territory.write',
    summary: 'What is wrong with a territory before it is put in force; stores nothing',
    bodyLimitBytes: groundLimitBytes,
    body: Type.Object(groundFields),
    reply: Type.Object({ findings: Type.Array(Fault) }),
  },
  'POST /territory/versions': {
    access: 'territory.write',
    summary: 'Puts a territory in force as the next version, where `base` is still the newest; an entry',
    bodyLimitBytes: groundLimitBytes,
    body: Type.Object({
      base: Version,
      note: Words(500),
      /** Warnings that whoever puts it in force has read. */
      accepted: Type.Array(Fault.properties.fault, { maxItems: 20 }),
      ...groundFields,
    }),
    reply: Type.Object({ version: Version }),
  },
} as const satisfies Operations
