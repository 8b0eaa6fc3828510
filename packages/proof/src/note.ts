import { concat, equal, fromBase64, toBase64, utf8 } from './bytes.ts'
import { cosignedMessage, readTimestamped } from './cosignature.ts'
import type { Signer } from './keys.ts'
import { type NoteSignature, type NoteVerifier, namePattern, noteKeyHash } from './note-key.ts'
import { accept, type Result, refuse } from './result.ts'

export type Note = { readonly text: string; readonly signatures: readonly NoteSignature[] }

/** Who signed a note; a cosignature says when, in seconds since 1970. */
export type NoteSigned = { readonly by: NoteVerifier; readonly timestampS: number | null }

export type NoteProblem = 'malformed-note' | 'bad-signature'

const signaturePrefix = '— '
const maximumNoteLength = 1024 * 1024
const maximumSignatureLines = 100

/**
 * Signs a text that ends in a newline; answers the whole note. Throws TypeError on a text or a name that
 * could not be read back.
 */
export async function signNote(text: string, name: string, signer: Signer): Promise<string> {
  if (!isText(text) || !namePattern.test(name)) {
    throw new TypeError('not a note')
  }
  const signature = await signer.sign(utf8(text))
  return `${text}\n${signatureLine({ name, keyHash: await noteKeyHash(name, signer.key), signature })}`
}

/** Adds signatures (a witness's, say) to a note. */
export function addSignatures(note: string, signatures: readonly NoteSignature[]): string {
  return note + formatSignatures(signatures)
}

/** Signature lines by themselves, as a witness answers them. */
export function formatSignatures(signatures: readonly NoteSignature[]): string {
  return signatures.map(signatureLine).join('')
}

/** Reads {@link formatSignatures} strictly; null when a line is none. */
export function readSignatures(lines: string): readonly NoteSignature[] | null {
  if (!lines.endsWith('\n') || lines.length > maximumNoteLength) {
    return null
  }
  const read = lines.slice(0, -1).split('\n').map(readSignatureLine)
  const signatures = read.filter((signature) => signature !== null)
  return signatures.length === read.length && read.length <= maximumSignatureLines ? signatures : null
}

/** Splits a note at its last empty line. Form only: {@link verifyNote} checks signatures. */
export function openNote(note: string): Result<Note, 'malformed-note'> {
  const split = note.lastIndexOf('\n\n')
  if (note.length > maximumNoteLength || split < 0 || !note.endsWith('\n')) {
    return refuse('malformed-note')
  }
  const text = note.slice(0, split + 1)
  const lines = note.slice(split + 2, -1).split('\n')
  if (!isText(text) || lines.length > maximumSignatureLines) {
    return refuse('malformed-note')
  }
  const signatures: NoteSignature[] = []
  for (const line of lines) {
    const signature = readSignatureLine(line)
    if (signature === null) {
      return refuse('malformed-note')
    }
    signatures.push(signature)
  }
  return accept({ text, signatures })
}

/**
 * Who of these signed, and when. Signatures of unknown keys are ignored; a bad one of a known key refuses the
 * whole note, as C2SP signed-note asks. An empty answer means: signed by nobody known.
 */
export async function verifyNote(
  note: Note,
  verifiers: readonly NoteVerifier[],
): Promise<Result<readonly NoteSigned[], 'bad-signature'>> {
  const signed: NoteSigned[] = []
  for (const signature of note.signatures) {
    const known = verifiers.find(({ name, keyHash }) => name === signature.name && equal(keyHash, signature.keyHash))
    if (known === undefined) {
      continue
    }
    const checked = await checkSignature(note.text, known, signature.signature)
    if (checked === null) {
      return refuse('bad-signature')
    }
    signed.push(checked)
  }
  return accept(signed)
}

async function checkSignature(text: string, by: NoteVerifier, signature: Uint8Array): Promise<NoteSigned | null> {
  if (by.use === 'text') {
    return (await by.verifier.verify(utf8(text), signature)) ? { by, timestampS: null } : null
  }
  const stamped = readTimestamped(signature)
  const message =
    stamped === null ? null : cosignedMessage(by.verifier.key.algorithm, by.name, stamped.timestampS, text)
  if (stamped === null || message === null) {
    return null
  }
  return (await by.verifier.verify(message, stamped.signature)) ? { by, timestampS: stamped.timestampS } : null
}

function signatureLine({ name, keyHash, signature }: NoteSignature): string {
  return `${signaturePrefix}${name} ${toBase64(concat(keyHash, signature))}\n`
}

function readSignatureLine(line: string): NoteSignature | null {
  const [name = '', encoded = '', ...rest] = line.startsWith(signaturePrefix)
    ? line.slice(signaturePrefix.length).split(' ')
    : []
  const bytes = fromBase64(encoded)
  if (!namePattern.test(name) || rest.length > 0 || bytes === null || bytes.length < 5) {
    return null
  }
  return { name, keyHash: bytes.subarray(0, 4), signature: bytes.subarray(4) }
}

// No control characters but the newline, and nothing that UTF-8 cannot carry.
function isText(text: string): boolean {
  return text.length > 1 && text.endsWith('\n') && text.isWellFormed() && !/[^\n\P{Cc}]/u.test(text)
}
