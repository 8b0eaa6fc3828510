import { type Checkpoint, formatCheckpoint, parseCheckpoint } from './checkpoint-body.ts'
import type { Signer } from './keys.ts'
import { type Note, type NoteProblem, type NoteSigned, openNote, signNote, verifyNote } from './note.ts'
import type { NoteVerifier } from './note-key.ts'
import { accept, type Result, refuse } from './result.ts'

export type CheckpointProblem = NoteProblem | 'malformed-checkpoint' | 'unknown-key' | 'wrong-origin'

/** A checkpoint with its note and whoever known has signed it. */
export type VerifiedCheckpoint = {
  readonly checkpoint: Checkpoint
  readonly note: Note
  readonly signed: readonly NoteSigned[]
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
  const signed = await verifyNote(note.value, verifiers)
  if (!signed.ok) {
    return signed
  }
  return signed.value.some(({ by }) => by.name === origin)
    ? accept({ checkpoint: checkpoint.value, note: note.value, signed: signed.value })
    : refuse('unknown-key')
}
