/**
 * Where a clip or still comes from, signed by the installation: a DSSE envelope over canonical JSON. A clip is its
 * parent's init and whole segments one after the other, so whoever has the parent's signed statements checks it byte
 * range by byte range; a still is a picture that a browser drew, and says so.
 */
import { derivativePayloadType, encodeLineage } from '@sereno/proof'
import type { Part, Parts } from '../evidence/index.ts'
import type { CasesDeps } from './door.ts'

export type Made = {
  readonly id: string
  readonly municipality: string
  readonly installation: string
  readonly case: string
  readonly recording: string
  readonly device: string
  readonly by: string
  readonly madeAtMs: number
  readonly sha256: string
  readonly sizeBytes: number
}

function common(made: Made, parent: Parts) {
  return {
    format: 1 as const,
    derivative: made.id,
    installation: made.installation,
    municipality: made.municipality,
    case: made.case,
    recording: made.recording,
    device: made.device,
    by: made.by,
    madeAtMs: made.madeAtMs,
    sha256: made.sha256,
    sizeBytes: made.sizeBytes,
    parentManifest: parent.manifestSha256,
    ofSequences: parent.ofSequences,
  }
}

const segmentOf = (part: Part) => ({
  sequence: part.sequence,
  statement: part.statementSha256,
  media: part.mediaSha256,
  sizeBytes: part.sizeBytes,
  startMs: part.startMs,
  durationMs: part.durationMs,
})

export function clipLineage(
  made: Made,
  parent: Parts,
  clip: { readonly askedFromMs: number; readonly askedToMs: number; readonly segments: readonly Part[] },
): Uint8Array {
  return encodeLineage({
    ...common(made, parent),
    kind: 'clip',
    method: 'whole-segments',
    askedFromMs: clip.askedFromMs,
    askedToMs: clip.askedToMs,
    init: { sha256: parent.initSha256, sizeBytes: parent.initBytes },
    segments: clip.segments.map(segmentOf),
  })
}

export function stillLineage(
  made: Made,
  parent: Parts,
  still: {
    readonly atMs: number
    readonly segment: Part
    readonly width: number
    readonly height: number
    readonly look: string
  },
): Uint8Array {
  return encodeLineage({
    ...common(made, parent),
    kind: 'still',
    method: 'drawn-by-viewer',
    atMs: still.atMs,
    look: still.look,
    width: still.width,
    height: still.height,
    segment: segmentOf(still.segment),
  })
}

export async function sign(deps: CasesDeps, payload: Uint8Array): Promise<string> {
  return Buffer.from(await deps.signer.sign('manifest', derivativePayloadType, payload)).toString('latin1')
}
