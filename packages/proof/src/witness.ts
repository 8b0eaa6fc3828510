import { equal, fromBase64, toBase64 } from './bytes.ts'
import { type VerifiedCheckpoint, verifyCheckpoint } from './checkpoint.ts'
import { parseCheckpoint } from './checkpoint-body.ts'
import { verifyConsistency } from './merkle.ts'
import { openNote } from './note.ts'
import type { NoteVerifier } from './note-key.ts'

/** A request of C2SP tlog-witness: cosign this checkpoint, which continues the one of `oldSize`. */
export type AddCheckpoint = {
  readonly oldSize: number
  readonly proof: readonly Uint8Array[]
  /** The signed note. */
  readonly checkpoint: string
}

/** All that a witness must remember of a log. Size 0 before the first. */
export type WitnessMemory = { readonly size: number; readonly root: Uint8Array }

/** HTTP status, as C2SP tlog-witness gives it. With 409 the witness's own size, with 200 what to keep and cosign. */
export type WitnessAnswer =
  | { readonly status: 200; readonly verified: VerifiedCheckpoint }
  | { readonly status: 409; readonly size: number }
  | { readonly status: 400 | 403 | 404 | 422 }

const maximumProofLines = 63
const maximumBodyLength = 1024 * 1024

export function formatAddCheckpoint({ oldSize, proof, checkpoint }: AddCheckpoint): string {
  return `old ${oldSize}\n${proof.map((hash) => `${toBase64(hash)}\n`).join('')}\n${checkpoint}`
}

/** Form only; null when it is not a request. */
export function parseAddCheckpoint(body: string): AddCheckpoint | null {
  const end = body.indexOf('\n\n')
  if (body.length > maximumBodyLength || end < 0) {
    return null
  }
  const [first = '', ...lines] = body.slice(0, end).split('\n')
  const size = /^old (0|[1-9][0-9]{0,15})$/.exec(first)?.[1]
  const proof = lines.map(fromBase64).filter((hash) => hash?.length === 32)
  const isWhole = proof.length === lines.length && lines.length <= maximumProofLines
  if (size === undefined || !Number.isSafeInteger(Number(size)) || !isWhole) {
    return null
  }
  return { oldSize: Number(size), proof: proof.filter((hash) => hash !== null), checkpoint: body.slice(end + 2) }
}

/**
 * What a witness answers, in the order of the specification's own checks. It must keep the new size and root before it
 * lets the cosignature go, and judge one request of a log at a time.
 */
export async function answerAddCheckpoint(
  body: string,
  logOf: (origin: string) => {
    readonly verifiers: readonly NoteVerifier[]
    readonly memory: WitnessMemory | null
  } | null,
): Promise<WitnessAnswer> {
  const request = parseAddCheckpoint(body)
  const note = request === null ? null : openNote(request.checkpoint)
  const named = note?.ok === true ? parseCheckpoint(note.value.text) : null
  if (request === null || named?.ok !== true) {
    return { status: 400 }
  }
  const log = logOf(named.value.origin)
  if (log === null) {
    return { status: 404 }
  }
  const verified = await verifyCheckpoint(request.checkpoint, named.value.origin, log.verifiers)
  if (!verified.ok) {
    return { status: 403 }
  }
  const { size, root } = verified.value.checkpoint
  const kept = log.memory ?? { size: 0, root: new Uint8Array(0) }
  if (request.oldSize > size) {
    return { status: 400 }
  }
  if (request.oldSize !== kept.size) {
    return { status: 409, size: kept.size }
  }
  if (kept.size === size && size > 0) {
    return equal(kept.root, root) ? { status: 200, verified: verified.value } : { status: 409, size: kept.size }
  }
  const { proof } = request
  const grows =
    kept.size === 0
      ? proof.length === 0
      : await verifyConsistency({ olderSize: kept.size, olderRoot: kept.root, newerSize: size, newerRoot: root, proof })
  return grows ? { status: 200, verified: verified.value } : { status: 422 }
}
