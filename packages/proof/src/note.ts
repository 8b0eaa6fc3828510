import { type Bytes, concat, equal, fromBase64, fromHex, toBase64, toHex, utf8 } from './bytes.ts'
import { sha256Of } from './hash.ts'
import {
  decodeEd25519,
  ed25519Key,
  importVerifier,
  type KeyProblem,
  type PublicKey,
  type Signer,
  type Verifier,
} from './keys.ts'
import { accept, type Result, refuse } from './result.ts'

/** A signature line of a C2SP signed note. */
export type NoteSignature = {
  readonly name: string
  /** Four bytes that find the key; they prove nothing. */
  readonly keyHash: Uint8Array
  readonly signature: Uint8Array
}

export type Note = { readonly text: string; readonly signatures: readonly NoteSignature[] }

/** A verifier under its name in notes. */
export type NoteVerifier = { readonly name: string; readonly keyHash: Uint8Array; readonly verifier: Verifier }

export type NoteProblem = 'malformed-note' | 'bad-signature'

const ed25519Type = new Uint8Array([0x01])
const signaturePrefix = '— '
const maximumNoteLength = 1024 * 1024
const maximumSignatureLines = 100
const namePattern = /^[^\s+\p{C}]+$/u

/** C2SP signed-note: SHA-256(name ‖ 0A ‖ 01 ‖ raw key), first four bytes. Throws TypeError on another algorithm. */
export async function noteKeyHash(name: string, key: PublicKey): Promise<Bytes> {
  const raw = decodeEd25519(key)
  if (!raw.ok) {
    throw new TypeError(raw.code)
  }
  return (await sha256Of(utf8(`${name}\n`), ed25519Type, raw.value)).slice(0, 4)
}

/** `name+hash+key`, the form in which a log's key is published. */
export async function encodeVkey(name: string, key: PublicKey): Promise<string> {
  const raw = decodeEd25519(key)
  if (!raw.ok || !namePattern.test(name)) {
    throw new TypeError('not a name and an Ed25519 key')
  }
  return `${name}+${toHex(await noteKeyHash(name, key))}+${toBase64(concat(ed25519Type, raw.value))}`
}

/** A verifier from a published key. A signature type other than Ed25519 reads `unsupported-algorithm`. */
export async function parseVkey(vkey: string): Promise<Result<NoteVerifier, KeyProblem>> {
  // The base64 part may hold a + of its own, so the first two are the separators.
  const [name = '', hashText = '', ...keyParts] = vkey.split('+')
  const keyHash = fromHex(hashText)
  const typed = fromBase64(keyParts.join('+'))
  if (!namePattern.test(name) || keyHash?.length !== 4 || typed === null || typed.length < 2) {
    return refuse('malformed-key')
  }
  if (typed[0] !== ed25519Type[0]) {
    return refuse('unsupported-algorithm')
  }
  const key = ed25519Key(typed.subarray(1))
  const verifier = await importVerifier(key)
  if (!verifier.ok) {
    return verifier
  }
  return equal(await noteKeyHash(name, key), keyHash)
    ? accept({ name, keyHash, verifier: verifier.value })
    : refuse('malformed-key')
}

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
  return note + signatures.map(signatureLine).join('')
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
 * The verifiers that signed. Signatures of unknown keys are ignored; a bad one of a known key refuses the
 * whole note, as C2SP signed-note asks. An empty answer means: signed by nobody known.
 */
export async function verifyNote(
  note: Note,
  verifiers: readonly NoteVerifier[],
): Promise<Result<readonly NoteVerifier[], 'bad-signature'>> {
  const signedBy: NoteVerifier[] = []
  for (const { name, keyHash, signature } of note.signatures) {
    const known = verifiers.find((verifier) => verifier.name === name && equal(verifier.keyHash, keyHash))
    if (known === undefined) {
      continue
    }
    if (!(await known.verifier.verify(utf8(note.text), signature))) {
      return refuse('bad-signature')
    }
    signedBy.push(known)
  }
  return accept(signedBy)
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
