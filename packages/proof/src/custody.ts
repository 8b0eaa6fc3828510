import { fromHex } from './bytes.ts'
import type { Checkpoint } from './checkpoint-body.ts'
import { encodeLeaf, type LedgerLeaf, leafShape, type Opening, openingShape, verifyOpenings } from './leaf.ts'
import { leafHash, verifyInclusion } from './merkle.ts'
import { type Check, hash, integer, list, shape } from './shape.ts'

/** A ledger entry with as many of its fields as the reader may see, and its place in the log. */
export type CustodyProof = {
  readonly index: number
  readonly leaf: LedgerLeaf
  readonly openings: readonly Opening[]
  /** RFC 6962 inclusion proof of the leaf in the package's checkpoint. */
  readonly proof: readonly string[]
}

/** What an entry says once it is verified. */
export type VerifiedEntry = {
  readonly index: number
  readonly leafHash: Uint8Array
  readonly leaf: LedgerLeaf
  readonly fields: ReadonlyMap<string, string>
}

export const custodyProofShape: Check<CustodyProof> = shape<CustodyProof>({
  index: integer(0),
  leaf: leafShape,
  openings: list(openingShape, 64),
  proof: list(hash, 64),
})

/** Opens the fields against the leaf: what the entry says, not yet that it is in the log. */
export async function openEntry(entry: CustodyProof): Promise<VerifiedEntry | null> {
  const fields = await verifyOpenings(entry.leaf, entry.openings)
  if (fields === null) {
    return null
  }
  return { index: entry.index, leaf: entry.leaf, fields, leafHash: await leafHash(encodeLeaf(entry.leaf)) }
}

/** Whether the log that this checkpoint stands for holds the entry at its index. */
export async function isIncluded(entry: CustodyProof, checkpoint: Checkpoint): Promise<boolean> {
  const proof = entry.proof.map(fromHex).filter((step) => step !== null)
  return verifyInclusion({
    leafHash: await leafHash(encodeLeaf(entry.leaf)),
    index: entry.index,
    size: checkpoint.size,
    proof,
    root: checkpoint.root,
  })
}
