import { type Static, type TSchema, Type } from 'typebox'

const Text = Type.String({ maxLength: 256 })
const nullable = <S extends TSchema>(schema: S) => Type.Union([schema, Type.Null()])
/** Any number that a clock or a container may hold: 30 days of milliseconds, or an instant before the year 10000. */
const Ms = Type.Integer({ minimum: -62_135_596_800_000, maximum: 253_402_300_799_999 })

/** No camera writes more than a fix each tenth of a second for a day. */
export const mostPositions = 100_000

export const FoundPosition = Type.Object({
  /** Milliseconds from the file's first picture. */
  offsetMs: Ms,
  /** Of the satellite, where it was told: the truest clock a camera has. */
  atMs: nullable(Ms),
  latitude: Type.Number({ minimum: -90, maximum: 90 }),
  longitude: Type.Number({ minimum: -180, maximum: 180 }),
  accuracyM: nullable(Type.Number({ minimum: 0 })),
  speedMps: nullable(Type.Number()),
  headingDeg: nullable(Type.Number({ minimum: 0, maximum: 360 })),
})
export type FoundPosition = Readonly<Static<typeof FoundPosition>>

/** What reading a file in the sandbox can tell. Everything may be missing: a file that says nothing is kept all the same. */
export const FactsShape = Type.Object({
  container: nullable(Type.Enum(['mp4', 'mov', 'mkv', 'webm', 'mpeg-ts', 'avi', 'json'])),
  video: nullable(Text),
  audio: nullable(Text),
  durationMs: Type.Integer({ minimum: 0, maximum: 30 * 86_400_000 }),
  /** By the camera's clock; `utc` when the container defines its time as UTC (many cameras write local time all the same). */
  createdAt: nullable(Type.Object({ ms: Ms, utc: Type.Boolean() })),
  maker: nullable(Text),
  model: nullable(Text),
  serial: nullable(Text),
  positions: Type.Array(FoundPosition, { maxItems: mostPositions }),
})
export type Facts = Readonly<Omit<Static<typeof FactsShape>, 'positions'>> & {
  readonly positions: readonly FoundPosition[]
}

export const nothing: Facts = {
  container: null,
  video: null,
  audio: null,
  durationMs: 0,
  createdAt: null,
  maker: null,
  model: null,
  serial: null,
  positions: [],
}

/** A file that can be read anywhere; `read` answers fewer bytes at its end. */
export type Reader = {
  readonly sizeBytes: number
  readonly read: (offset: number, lengthBytes: number) => Promise<Uint8Array>
}
