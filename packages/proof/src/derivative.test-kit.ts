import { concatAll } from './bytes.ts'
import {
  type ClipLineage,
  derivativePayloadType,
  encodeLineage,
  type Lineage,
  type StillLineage,
} from './derivative.ts'
import { signEnvelope } from './dsse.ts'
import { sha256Hex } from './hash.ts'
import type { Signer } from './keys.ts'
import { testSigners, testTrust } from './package.test-kit.ts'

export const derivativeId = '0190a1b2-0000-7000-8000-00000000000a'
const pieces = [12, 30, 25].map((length, place) => new Uint8Array(length).fill(place + 1))
/** An init segment and two media segments, as one derivativeFile. */
export const derivativeFile: Uint8Array = concatAll(pieces)

export async function clipLineage(change: Partial<ClipLineage> = {}): Promise<ClipLineage> {
  const [init, ...media] = pieces as [Uint8Array, ...Uint8Array[]]
  const segments = await Promise.all(
    media.map(async (bytes, place) => ({
      sequence: place + 3,
      statement: 'ab'.repeat(32),
      media: await sha256Hex(bytes),
      sizeBytes: bytes.length,
      startMs: place * 2_000,
      durationMs: 2_000,
    })),
  )
  return {
    format: 1,
    kind: 'clip',
    method: 'whole-segments',
    derivative: derivativeId,
    installation: testTrust.installation,
    municipality: testTrust.municipality,
    case: derivativeId,
    recording: derivativeId,
    device: derivativeId,
    by: derivativeId,
    madeAtMs: 1_790_000_000_000,
    sha256: await sha256Hex(derivativeFile),
    sizeBytes: derivativeFile.length,
    parentManifest: 'cd'.repeat(32),
    ofSequences: 9,
    askedFromMs: 500,
    askedToMs: 3_000,
    init: { sha256: await sha256Hex(init), sizeBytes: init.length },
    segments,
    ...change,
  }
}
export async function stillLineage(): Promise<StillLineage> {
  const { askedFromMs: _from, askedToMs: _to, init: _init, segments, ...rest } = await clipLineage()
  const segment = segments[0]!
  return {
    ...rest,
    kind: 'still',
    method: 'drawn-by-viewer',
    atMs: 900,
    look: derivativeId,
    width: 640,
    height: 360,
    segment,
  }
}
export async function signLineage(lineage: Lineage, signer: Signer = testSigners.manifest): Promise<Uint8Array> {
  return signEnvelope(signer, derivativePayloadType, encodeLineage(lineage))
}
