import { type Bytes, concat, equal, fromBase64, fromHex, toBase64, toBase64Url, toHex, utf8 } from './bytes.ts'
import { sha256Of } from './hash.ts'
import { decodeKey, ed25519Key, importVerifier, type KeyProblem, type PublicKey, type Verifier } from './keys.ts'
import { mlDsa44 } from './ml-dsa.ts'
import { accept, type Result, refuse } from './result.ts'

/**
 * What a key signs in notes: the note's text (C2SP signed-note, type 01, Ed25519 only), or a checkpoint with a time
 * (C2SP tlog-cosignature, type 04 Ed25519, type 06 ML-DSA-44).
 */
export type NoteUse = 'text' | 'cosignature'

/** A signature line of a C2SP signed note. */
export type NoteSignature = {
  readonly name: string
  /** Four bytes that find the key; they prove nothing. */
  readonly keyHash: Uint8Array
  readonly signature: Uint8Array
}

/** A verifier under its name in notes. */
export type NoteVerifier = {
  readonly name: string
  /** Four bytes that find the key; they prove nothing. */
  readonly keyHash: Uint8Array
  readonly use: NoteUse
  readonly verifier: Verifier
}

export const namePattern = /^[^\s+\p{C}]+$/u
const types = { text: 0x01, cosignature: 0x04, mlDsa44: 0x06 } as const

/** SHA-256(name ‖ 0A ‖ type ‖ raw key), first four bytes. Throws TypeError on another algorithm. */
export async function noteKeyHash(name: string, key: PublicKey, use: NoteUse = 'text'): Promise<Bytes> {
  return (await sha256Of(utf8(`${name}\n`), typedKey(key, use))).slice(0, 4)
}

/** `name+hash+key`, the form in which a log's or a witness's key is published. ML-DSA-44 keys only cosign. */
export async function encodeVkey(name: string, key: PublicKey, use: NoteUse = 'text'): Promise<string> {
  if (!namePattern.test(name)) {
    throw new TypeError('not a name of a key')
  }
  return `${name}+${toHex(await noteKeyHash(name, key, use))}+${toBase64(typedKey(key, use))}`
}

/** A verifier from a published key. Another type, or one this runtime lacks, reads `unsupported-algorithm`. */
export async function parseVkey(vkey: string): Promise<Result<NoteVerifier, KeyProblem>> {
  const parts = readVkey(vkey)
  if (parts === null) {
    return refuse('malformed-key')
  }
  const { name, keyHash, key, use } = parts
  if (key === null) {
    return refuse('unsupported-algorithm')
  }
  const verifier = await importVerifier(key)
  if (!verifier.ok) {
    return verifier
  }
  return equal(await noteKeyHash(name, key, use), keyHash)
    ? accept({ name, keyHash, use, verifier: verifier.value })
    : refuse('malformed-key')
}

/** Name, hash and key of a published key as they stand, unchecked; key null for a type unknown here. */
export function readVkey(vkey: string): {
  readonly name: string
  readonly keyHash: Uint8Array
  readonly key: PublicKey | null
  readonly use: NoteUse
} | null {
  // The base64 part may hold a + of its own, so the first two are the separators.
  const [name = '', hashText = '', ...keyParts] = vkey.split('+')
  const keyHash = fromHex(hashText)
  const typed = fromBase64(keyParts.join('+'))
  if (!namePattern.test(name) || keyHash?.length !== 4 || typed === null || typed.length < 2) {
    return null
  }
  const raw = typed.subarray(1)
  switch (typed[0]) {
    case types.text:
      return { name, keyHash, key: ed25519Key(raw), use: 'text' }
    case types.cosignature:
      return { name, keyHash, key: ed25519Key(raw), use: 'cosignature' }
    case types.mlDsa44:
      return { name, keyHash, key: { algorithm: mlDsa44, publicKey: toBase64Url(raw) }, use: 'cosignature' }
    default:
      return { name, keyHash, key: null, use: 'text' }
  }
}

function typedKey(key: PublicKey, use: NoteUse): Bytes {
  const raw = decodeKey(key)
  if (!raw.ok || (key.algorithm === mlDsa44 && use === 'text')) {
    throw new TypeError(raw.ok ? 'an ML-DSA-44 key only cosigns' : raw.code)
  }
  return concat(new Uint8Array([key.algorithm === mlDsa44 ? types.mlDsa44 : types[use]]), raw.value)
}
