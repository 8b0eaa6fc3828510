import { fromHex, fromUtf8, utf8 } from './bytes.ts'
import { decodeCanonical, encodeCanonical } from './canonical-json.ts'
import { verifyCheckpoint } from './checkpoint.ts'
import { encodeLeaf, type LedgerLeaf, leafShape, type Opening, openingShape, verifyOpenings } from './leaf.ts'
import { leafHash, verifyInclusion } from './merkle.ts'
import { parseVkey } from './note-key.ts'
import { hash, list, oneOf, shape, text } from './shape.ts'

/** The last entry of a log that another one continues, opened, with its place under the log's last checkpoint. */
export type Continuation = {
  readonly format: 1
  readonly leaf: LedgerLeaf
  readonly openings: readonly Opening[]
  readonly proof: readonly string[]
  /** The old log's last checkpoint, a signed note. */
  readonly checkpoint: string
}

/** Which log goes on, as the old one's own keys say it. */
export type Successor = {
  readonly origin: string
  readonly keys: readonly string[]
  /** Where the old one ended. */
  readonly size: number
  readonly root: Uint8Array
}

const continuationShape = shape<Continuation>({
  format: oneOf(1),
  leaf: leafShape,
  openings: list(openingShape, 64),
  proof: list(hash, 64),
  checkpoint: text(/^.{1,200000}$/su),
})

export function encodeContinuation(continuation: Continuation): string {
  const { leaf, openings, proof, checkpoint, format } = continuation
  const json = {
    format,
    leaf: { ...leaf },
    openings: openings.map((one) => ({ ...one })),
    proof: [...proof],
    checkpoint,
  }
  return fromUtf8(encodeCanonical(json)) ?? ''
}

/**
 * Follows a log to the one that continues it: the entry must be the very last under a checkpoint signed by the keys that
 * were known, and names the new origin and keys. Null for anything else.
 */
export async function followContinuation(
  json: string,
  known: { readonly origin: string; readonly keys: readonly string[] },
): Promise<Successor | null> {
  const decoded = decodeCanonical(utf8(json))
  const read = decoded.ok ? continuationShape(decoded.value) : undefined
  if (read === undefined) {
    return null
  }
  const parsed = await Promise.all(known.keys.map(parseVkey))
  const verifiers = parsed.flatMap((result) => (result.ok ? [result.value] : []))
  const verified = await verifyCheckpoint(read.checkpoint, known.origin, verifiers)
  const fields = await verifyOpenings(read.leaf, read.openings)
  if (!verified.ok || fields === null) {
    return null
  }
  const { size, root } = verified.value.checkpoint
  const proof = read.proof.map(fromHex).filter((step) => step !== null)
  const leaf = await leafHash(encodeLeaf(read.leaf))
  const isLast = await verifyInclusion({ leafHash: leaf, index: size - 1, size, proof, root })
  const origin = fields.get('nextOrigin')
  const keys = fields.get('nextKeys')?.split(' ') ?? []
  const isNamed = fields.get('kind') === 'ledger.closed' && origin !== undefined && keys.length > 0
  return isLast && isNamed ? { origin, keys, size, root } : null
}
