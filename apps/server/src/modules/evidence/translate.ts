/** Between our own shapes and the evidence format's. Pure. */
import { type CustodyProof, decodeLeaf, type LedgerLeaf, type Position, type PublicKey, toHex } from '@sereno/proof'
import type { KeyInfo } from '../../kernel/signer.ts'
import type { EntryProof } from '../ledger/index.ts'
import type { StoredPoint } from '../tracks/index.ts'

/** A stored fix as the format writes positions: integers, so that it hashes the same everywhere. */
export function positionOf(point: StoredPoint): Position {
  return {
    wallClockMs: point.atMs,
    latitudeE7: Math.round(point.latitude * 1e7),
    longitudeE7: Math.round(point.longitude * 1e7),
    accuracyCm: Math.round(point.accuracyM * 100),
    altitudeCm: null,
    speedCmPerSecond: point.speedMps === null ? null : Math.round(point.speedMps * 100),
    headingCentidegrees: point.headingDeg === null ? null : Math.round(point.headingDeg * 100) % 36_000,
  }
}

/** An entry with its place in the log, as a package carries it. Fields whose opening was lost stay closed. */
export function custodyProofOf(proof: EntryProof): CustodyProof {
  return { index: proof.index, leaf: leafOf(proof.leaf), openings: proof.openings ?? [], proof: proof.proof.map(toHex) }
}

export function leafOf(bytes: Uint8Array): LedgerLeaf {
  const leaf = decodeLeaf(bytes)
  if (!leaf.ok) {
    throw new Error('the ledger holds a leaf that does not open')
  }
  return leaf.value
}

export function publicKeyOf(key: KeyInfo): PublicKey {
  return { algorithm: key.algorithm, publicKey: key.publicKey }
}
