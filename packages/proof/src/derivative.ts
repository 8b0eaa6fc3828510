import type { Json } from './canonical-json.ts'
import type { Result } from './result.ts'
import { type Check, hash, instantMs, integer, list, oneOf, shape, uuid } from './shape.ts'
import { encodePayload, type Opened, openSigned, type SignedProblem } from './signed.ts'
import { maximumInitBytes, maximumMediaBytes } from './upload.ts'

/*
 * Clips: a part of a recording that is handed on without re-encoding. The file is the recording's init segment and whole
 * media segments one after the other, byte for byte; its lineage, signed by the installation, says which. Stills: a picture
 * drawn from one segment. Evidence format, section 14.
 */

export const derivativePayloadType = 'application/vnd.sereno.derivative+json;v=1'

export type ClipSegment = {
  readonly sequence: number
  /** SHA-256 of the camera's signed statement, as the manifest and the package name it. */
  readonly statement: string
  /** SHA-256 of the segment's bytes, as that statement states it. */
  readonly media: string
  readonly sizeBytes: number
  /** Milliseconds from the recording's start. */
  readonly startMs: number
  readonly durationMs: number
}

export type ClipLineage = {
  readonly format: 1
  readonly kind: 'clip'
  readonly method: 'whole-segments'
  readonly derivative: string
  readonly installation: string
  readonly municipality: string
  readonly case: string
  readonly recording: string
  readonly device: string
  /** Account of whoever cut it. */
  readonly by: string
  readonly madeAtMs: number
  readonly sha256: string
  readonly sizeBytes: number
  /** SHA-256 of the sealed manifest's envelope. */
  readonly parentManifest: string
  /** Sequences of the whole recording, of which these are a part. */
  readonly ofSequences: number
  readonly askedFromMs: number
  readonly askedToMs: number
  readonly init: { readonly sha256: string; readonly sizeBytes: number }
  readonly segments: readonly ClipSegment[]
}

const size = integer(0)
const segmentShape: Check<ClipSegment> = shape<ClipSegment>({
  sequence: size,
  statement: hash,
  media: hash,
  sizeBytes: integer(0, maximumMediaBytes),
  startMs: size,
  durationMs: size,
})
const both = {
  format: oneOf(1),
  derivative: uuid,
  installation: uuid,
  municipality: uuid,
  case: uuid,
  recording: uuid,
  device: uuid,
  by: uuid,
  madeAtMs: instantMs,
  sha256: hash,
  sizeBytes: size,
  parentManifest: hash,
  ofSequences: size,
} as const
const clipShape: Check<ClipLineage> = shape<ClipLineage>({
  ...both,
  kind: oneOf('clip'),
  method: oneOf('whole-segments'),
  askedFromMs: size,
  askedToMs: size,
  init: shape<ClipLineage['init']>({ sha256: hash, sizeBytes: integer(0, maximumInitBytes) }),
  segments: list(segmentShape, 1_000),
})

/** A picture that somebody's player drew and kept: it was decoded and encoded again, and says so. */
export type StillLineage = Omit<ClipLineage, 'kind' | 'method' | 'askedFromMs' | 'askedToMs' | 'init' | 'segments'> & {
  readonly kind: 'still'
  readonly method: 'drawn-by-viewer'
  readonly atMs: number
  /** The look under which it was drawn. */
  readonly look: string
  readonly width: number
  readonly height: number
  readonly segment: ClipSegment
}

export type Lineage = ClipLineage | StillLineage

const stillShape: Check<StillLineage> = shape<StillLineage>({
  ...both,
  kind: oneOf('still'),
  method: oneOf('drawn-by-viewer'),
  atMs: size,
  look: uuid,
  width: integer(1, 100_000),
  height: integer(1, 100_000),
  segment: segmentShape,
})

const lineageShape: Check<Lineage> = (value) => clipShape(value) ?? stillShape(value)

/** The payload to be signed. Throws TypeError on one that its own reader would refuse. */
export function encodeLineage(lineage: Lineage): Uint8Array {
  const plain: Json =
    lineage.kind === 'clip'
      ? { ...lineage, init: { ...lineage.init }, segments: lineage.segments.map((one) => ({ ...one })) }
      : { ...lineage, segment: { ...lineage.segment } }
  return encodePayload(plain as Lineage & Json, lineageShape)
}

/** Opens a lineage. Form only: its signature is still to be checked. */
export function openLineage(bytes: Uint8Array): Result<Opened<Lineage>, SignedProblem> {
  return openSigned(bytes, derivativePayloadType, lineageShape)
}
