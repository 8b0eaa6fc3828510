import { isSignedBy } from './dsse.ts'
import { sha256Hex } from './hash.ts'
import { importVerifier } from './keys.ts'
import { type Check, hash, instantMs, integer, list, oneOf, shape, uuid } from './shape.ts'
import { encodePayload, openSigned } from './signed.ts'
import type { Trust } from './trust.ts'

/*
 * Clips: a part of a recording that is handed on without re-encoding. The file is the recording's init segment and whole
 * media segments one after the other, byte for byte; its lineage, signed by the installation, says which.
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
  sizeBytes: size,
  startMs: size,
  durationMs: size,
})
const clipShape: Check<ClipLineage> = shape<ClipLineage>({
  format: oneOf(1),
  kind: oneOf('clip'),
  method: oneOf('whole-segments'),
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
  askedFromMs: size,
  askedToMs: size,
  init: shape<ClipLineage['init']>({ sha256: hash, sizeBytes: size }),
  segments: list(segmentShape, 1_000),
})

/** The payload to be signed. Throws TypeError on one that its own reader would refuse. */
export function encodeClipLineage(lineage: ClipLineage): Uint8Array {
  return encodePayload(
    { ...lineage, init: { ...lineage.init }, segments: lineage.segments.map((one) => ({ ...one })) },
    clipShape,
  )
}

export type ClipCheck = {
  readonly name: 'form' | 'whole' | 'init' | 'segments' | 'signature'
  readonly status: 'passed' | 'failed' | 'not-checked'
}
/** As for packages: holds · fails · not a clip's lineage · consistent, but its origin is not established. */
export type ClipVerification = {
  readonly result: 'holds' | 'fails' | 'not-a-clip' | 'unestablished'
  readonly lineage: ClipLineage | null
  readonly checks: readonly ClipCheck[]
}

/**
 * Whether a file is the part of a recording that its lineage says. It does not check the camera's signatures: those are
 * in the recording's package, whose statements have the hashes named here.
 */
export async function verifyClip(
  clip: Uint8Array,
  lineage: Uint8Array,
  trust: Trust | null,
): Promise<ClipVerification> {
  const opened = openSigned(lineage, derivativePayloadType, clipShape)
  if (!opened.ok) {
    return { result: 'not-a-clip', lineage: null, checks: [{ name: 'form', status: 'failed' }] }
  }
  const { value, envelope } = opened.value
  const whole = clip.length === value.sizeBytes && (await sha256Hex(clip)) === value.sha256
  let at = value.init.sizeBytes
  const init = (await sha256Hex(clip.subarray(0, at))) === value.init.sha256
  let segments = value.segments.length > 0
  for (const [place, segment] of value.segments.entries()) {
    const bytes = clip.subarray(at, at + segment.sizeBytes)
    const before = value.segments[place - 1]
    at += segment.sizeBytes
    segments &&=
      (before === undefined || before.sequence < segment.sequence) && (await sha256Hex(bytes)) === segment.media
  }
  const signature = trust === null ? 'not-checked' : await signedByInstallation(trust, envelope, value)
  const said = (passed: boolean) => (passed ? 'passed' : 'failed')
  const checks: ClipCheck[] = [
    { name: 'form', status: 'passed' },
    { name: 'whole', status: said(whole) },
    { name: 'init', status: said(init) },
    { name: 'segments', status: said(segments && at === clip.length) },
    { name: 'signature', status: signature },
  ]
  const failed = checks.some(({ status }) => status === 'failed')
  const result = failed ? 'fails' : trust === null ? 'unestablished' : 'holds'
  return { result, lineage: value, checks }
}

async function signedByInstallation(
  trust: Trust,
  envelope: Parameters<typeof isSignedBy>[0],
  lineage: ClipLineage,
): Promise<'passed' | 'failed'> {
  // The same key signs for one installation alone: a lineage of another one is not this one's word.
  if (lineage.installation !== trust.installation || lineage.municipality !== trust.municipality) {
    return 'failed'
  }
  for (const key of trust.manifestKeys) {
    const verifier = await importVerifier(key)
    if (verifier.ok && (await isSignedBy(envelope, verifier.value))) {
      return 'passed'
    }
  }
  return 'failed'
}
