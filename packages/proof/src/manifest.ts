import { type Bytes, toHex } from './bytes.ts'
import { encodeCanonical } from './canonical-json.ts'
import { sha256 } from './hash.ts'
import type { Result } from './result.ts'
import { type Check, flag, hash, instantMs, integer, list, nullable, oneOf, shape, text, token, uuid } from './shape.ts'
import { encodePayload, type Opened, openSigned, type SignedProblem } from './signed.ts'
import type { Position } from './statement.ts'

export const manifestPayloadType = 'application/vnd.sereno.manifest+json;v=1'

/** Sequences `from` to `to`, both included. */
export type SequenceRange = { readonly from: number; readonly to: number }

/** The truth of a sealed recording: what was there, in order, and what was not. */
export type Manifest = {
  readonly format: 1
  readonly installation: string
  readonly municipality: string
  readonly recording: string
  readonly device: string
  readonly keyEpoch: number
  /** RFC 6962 leaf hash of the ledger entry that enrolled the device's key. */
  readonly enrolment: string
  /** Whoever the device was issued to when it was captured; null when to nobody. */
  readonly officer: { readonly id: string; readonly code: string } | null
  /** Name and version of the policy in force at the start of the recording. */
  readonly policy: string
  readonly sealedAtMs: number
  /** Sealed by a custodian after the waiting period with something missing. */
  readonly incomplete: boolean
  /** SHA-256 of the first manifest's envelope, when this one adds what arrived after it. */
  readonly supplementOf: string | null
  readonly init: string | null
  /** Ordered by sequence, one for each; where statements conflict, the one accepted first. */
  readonly statements: readonly { readonly sequence: number; readonly statement: string }[]
  /** Length of `statements`. */
  readonly count: number
  /** Hash of the last of `statements`; null when there is none. */
  readonly head: string | null
  readonly stop: string | null
  readonly gaps: readonly { readonly sequence: number; readonly reason: string; readonly missingMs: number }[]
  readonly missing: readonly SequenceRange[]
  /** Sequences with more than one signed statement, with all their hashes in order. */
  readonly equivocations: readonly { readonly sequence: number; readonly statements: readonly string[] }[]
  /** {@link trackDigest} of the track as it was known at sealing; null without one. */
  readonly track: string | null
}

const sequence = integer(0, 0x7fffffff)
const maximumStatements = 200_000

const manifestShape: Check<Manifest> = shape<Manifest>({
  format: oneOf(1),
  installation: uuid,
  municipality: uuid,
  recording: uuid,
  device: uuid,
  keyEpoch: integer(1, 0x7fffffff),
  enrolment: hash,
  officer: nullable(shape({ id: uuid, code: text(/^[^\p{C}]{1,64}$/u) })),
  policy: text(/^[^\p{C}]{1,128}$/u),
  sealedAtMs: instantMs,
  incomplete: flag,
  supplementOf: nullable(hash),
  init: nullable(hash),
  statements: list(shape({ sequence, statement: hash }), maximumStatements),
  count: integer(0, maximumStatements),
  head: nullable(hash),
  stop: nullable(token),
  gaps: list(shape({ sequence, reason: token, missingMs: integer(0) }), maximumStatements),
  missing: list(shape({ from: sequence, to: sequence }), maximumStatements),
  equivocations: list(shape({ sequence, statements: list(hash, 1000) }), maximumStatements),
  track: nullable(hash),
})

const consistentManifest: Check<Manifest> = (value) => {
  const manifest = manifestShape(value)
  return manifest !== undefined && isConsistent(manifest) ? manifest : undefined
}

/** Payload for the manifest key to sign under {@link manifestPayloadType}. */
export function encodeManifest(manifest: Manifest): Bytes {
  return encodePayload(manifest, consistentManifest)
}

export function openManifest(envelope: Uint8Array): Result<Opened<Manifest>, SignedProblem> {
  return openSigned(envelope, manifestPayloadType, consistentManifest)
}

/** SHA-256 of the canonical JSON of the positions, ordered by time. */
export async function trackDigest(positions: readonly Position[]): Promise<string> {
  const sorted = positions.toSorted((left, right) => left.wallClockMs - right.wallClockMs)
  return toHex(await sha256(encodeCanonical(sorted.map((position) => ({ ...position })))))
}

function isConsistent(manifest: Manifest): boolean {
  const { statements, missing } = manifest
  const ascends = statements.every((entry, place) => entry.sequence > (statements[place - 1]?.sequence ?? -1))
  const rangesAscend = missing.every(
    (range, place) => range.to >= range.from && range.from > (missing[place - 1]?.to ?? -1),
  )
  const headAgrees = manifest.head === (statements.at(-1)?.statement ?? null)
  return ascends && rangesAscend && headAgrees && manifest.count === statements.length
}
