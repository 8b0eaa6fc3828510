import { fromBase64, toBase64 } from './bytes.ts'
import type { Signer } from './keys.ts'
import { type Note, type NoteProblem, type NoteVerifier, openNote, signNote, verifyNote } from './note.ts'
import { accept, type Result, refuse } from './result.ts'

/** C2SP tlog-checkpoint. Our logs have a UUID as origin, and no extension lines. */
export type Checkpoint = {
  readonly origin: string
  readonly size: number
  readonly root: Uint8Array
  readonly extensions: readonly string[]
}

export type CheckpointProblem = NoteProblem | 'malformed-checkpoint' | 'unknown-key' | 'wrong-origin'

/** A checkpoint with its note and whoever known has signed it. */
export type VerifiedCheckpoint = {
  readonly checkpoint: Checkpoint
  readonly note: Note
  readonly signedBy: readonly NoteVerifier[]
}

/** The text that is signed. */
export function formatCheckpoint(checkpoint: Checkpoint): string {
  const { origin, size, root, extensions } = checkpoint
  return [origin, String(size), toBase64(root), ...extensions].map((line) => `${line}\n`).join('')
}

export function parseCheckpoint(text: string): Result<Checkpoint, 'malformed-checkpoint'> {
  const [origin = '', sizeText = '', rootText = '', ...extensions] = text.endsWith('\n')
    ? text.slice(0, -1).split('\n')
    : []
  const size = Number(sizeText)
  const root = fromBase64(rootText)
  const isWhole = /^(?:0|[1-9][0-9]{0,15})$/.test(sizeText) && Number.isSafeInteger(size)
  if (origin === '' || !isWhole || root?.length !== 32 || extensions.includes('')) {
    return refuse('malformed-checkpoint')
  }
  return accept({ origin, size, root, extensions })
}

/** Signs under the origin as key name, as C2SP tlog-checkpoint asks. */
export async function signCheckpoint(checkpoint: Checkpoint, signer: Signer): Promise<string> {
  return signNote(formatCheckpoint(checkpoint), checkpoint.origin, signer)
}

/** Opens a note as a checkpoint of this origin, signed by at least one of these keys under that name. */
export async function verifyCheckpoint(
  noteText: string,
  origin: string,
  verifiers: readonly NoteVerifier[],
): Promise<Result<VerifiedCheckpoint, CheckpointProblem>> {
  const note = openNote(noteText)
  if (!note.ok) {
    return note
  }
  const checkpoint = parseCheckpoint(note.value.text)
  if (!checkpoint.ok) {
    return checkpoint
  }
  if (checkpoint.value.origin !== origin) {
    return refuse('wrong-origin')
  }
  const signedBy = await verifyNote(note.value, verifiers)
  if (!signedBy.ok) {
    return signedBy
  }
  return signedBy.value.some(({ name }) => name === origin)
    ? accept({ checkpoint: checkpoint.value, note: note.value, signedBy: signedBy.value })
    : refuse('unknown-key')
}
