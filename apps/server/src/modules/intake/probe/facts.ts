/** What reading a file in the sandbox can tell. Everything may be missing: a file that says nothing is kept all the same. */
export type Facts = {
  readonly container: 'mp4' | 'mov' | 'mkv' | 'webm' | 'mpeg-ts' | 'avi' | 'json' | null
  readonly video: string | null
  readonly audio: string | null
  readonly durationMs: number
  /** By the camera's clock; `utc` when the container defines its time as UTC (many cameras write local time all the same). */
  readonly createdAt: { readonly ms: number; readonly utc: boolean } | null
  readonly maker: string | null
  readonly model: string | null
  readonly serial: string | null
  readonly positions: readonly FoundPosition[]
}

export type FoundPosition = {
  /** Milliseconds from the file's first picture. */
  readonly offsetMs: number
  /** Of the satellite, where it was told: the truest clock a camera has. */
  readonly atMs: number | null
  readonly latitude: number
  readonly longitude: number
  readonly accuracyM: number | null
  readonly speedMps: number | null
  readonly headingDeg: number | null
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

/** No camera writes more than a fix each tenth of a second for a day. */
export const mostPositions = 100_000
