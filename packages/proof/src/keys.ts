import { type Bytes, fromBase64Url, fromHex, toBase64Url, toHex, unshared, utf8 } from './bytes.ts'
import { sha256Of } from './hash.ts'
import { importMlDsa44, mlDsa44, mlDsa44FromSeed, mlDsa44KeyBytes, verifyMlDsa44 } from './ml-dsa.ts'
import { accept, type Result, refuse } from './result.ts'
import { type Check, shape, text } from './shape.ts'

/** A public key names its algorithm: the algorithm belongs to the key, never to the message. */
export type PublicKey = {
  /** `ed25519`, and `ml-dsa-44` where the runtime has it. Others are carried, and read "not checked". */
  readonly algorithm: string
  /** Raw key, base64url without padding. */
  readonly publicKey: string
}

export type KeyProblem = 'unsupported-algorithm' | 'malformed-key' | 'weak-key'

/** Whoever can sign: a CryptoKey in a phone, or a process that keeps the key to itself. */
export type Signer = {
  readonly key: PublicKey
  readonly keyId: string
  readonly sign: (message: Uint8Array) => Promise<Uint8Array>
}

export type Verifier = {
  readonly key: PublicKey
  readonly keyId: string
  readonly verify: (message: Uint8Array, signature: Uint8Array) => Promise<boolean>
}

type CryptoKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>

export const publicKeyShape: Check<PublicKey> = shape<PublicKey>({
  algorithm: text(/^[a-z0-9][a-z0-9-]{0,31}$/),
  publicKey: text(/^[A-Za-z0-9_-]{1,4096}$/),
})

const pkcs8Prefix = '302e020100300506032b657004220420'

// y of the points of order 1, 2, 4 and 8, little-endian, sign bit cleared. With the sign bit either way
// and the non-canonical spellings (refused as y >= p) these are all encodings that verify for anyone.
const smallOrderY: ReadonlySet<string> = new Set([
  `${'00'.repeat(32)}`,
  `01${'00'.repeat(31)}`,
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  `ec${'ff'.repeat(30)}7f`,
])

/** First 16 hexadecimal digits of SHA-256("sereno-key-v1" ‖ 00 ‖ algorithm ‖ 00 ‖ raw key). */
export async function keyId(key: PublicKey): Promise<string> {
  const raw = fromBase64Url(key.publicKey) ?? new Uint8Array(0)
  return toHex(await sha256Of(utf8(`sereno-key-v1\0${key.algorithm}\0`), raw)).slice(0, 16)
}

/** The key as text for tables: `ed25519:<base64url>`. */
export function samePublicKey(left: PublicKey, right: PublicKey): boolean {
  return left.algorithm === right.algorithm && left.publicKey === right.publicKey
}

/** Wraps 32 raw bytes as an Ed25519 public key, unchecked; {@link importVerifier} checks. */
export function ed25519Key(raw: Uint8Array): PublicKey {
  return { algorithm: 'ed25519', publicKey: toBase64Url(raw) }
}

/** Raw bytes of an Ed25519 key that is canonical and not of small order (RFC 8032 §5.1.3). */
export function decodeEd25519(key: PublicKey): Result<Bytes, KeyProblem> {
  if (key.algorithm !== 'ed25519') {
    return refuse('unsupported-algorithm')
  }
  const raw = fromBase64Url(key.publicKey)
  if (raw === null || raw.length !== 32) {
    return refuse('malformed-key')
  }
  return isWeak(raw) ? refuse('weak-key') : accept(raw)
}

/** Raw bytes of a key of either algorithm, by its form alone: also where the runtime cannot check its signatures. */
export function decodeKey(key: PublicKey): Result<Bytes, KeyProblem> {
  if (key.algorithm !== mlDsa44) {
    return decodeEd25519(key)
  }
  const raw = fromBase64Url(key.publicKey)
  return raw?.length === mlDsa44KeyBytes ? accept(raw) : refuse('malformed-key')
}

/** A verifier for a public key. An algorithm unknown here is a refusal, so that nothing unknown passes. */
export async function importVerifier(key: PublicKey): Promise<Result<Verifier, KeyProblem>> {
  if (key.algorithm === mlDsa44) {
    return importMlDsaVerifier(key)
  }
  const raw = decodeEd25519(key)
  if (!raw.ok) {
    return raw
  }
  try {
    const imported = await crypto.subtle.importKey('raw', raw.value, { name: 'Ed25519' }, false, ['verify'])
    return accept({
      key,
      keyId: await keyId(key),
      verify: (message, signature) => verifyEd25519(imported, message, signature),
    })
  } catch {
    return refuse('malformed-key')
  }
}

async function importMlDsaVerifier(key: PublicKey): Promise<Result<Verifier, KeyProblem>> {
  const raw = decodeKey(key)
  if (!raw.ok) {
    return raw
  }
  const imported = await importMlDsa44(raw.value)
  if (imported === 'malformed' || imported === 'unsupported') {
    return refuse(imported === 'malformed' ? 'malformed-key' : 'unsupported-algorithm')
  }
  return accept({
    key,
    keyId: await keyId(key),
    verify: (message, signature) => verifyMlDsa44(imported, message, signature),
  })
}

/** A signer over a WebCrypto private key (it may be non-extractable) and its public half. */
export async function signerOf(privateKey: CryptoKey, key: PublicKey): Promise<Signer> {
  return {
    key,
    keyId: await keyId(key),
    sign: async (message) =>
      new Uint8Array(await crypto.subtle.sign({ name: 'Ed25519' }, privateKey, unshared(message))),
  }
}

/**
 * A signer from the 32-byte seed of RFC 8032 §5.1.5. WebCrypto gives no public half of an imported seed,
 * so it is read back through an extractable import that is dropped at once.
 */
export async function signerFromSeed(seed: Uint8Array): Promise<Signer> {
  const prefix = fromHex(pkcs8Prefix)
  if (seed.length !== 32 || prefix === null) {
    throw new TypeError('an Ed25519 seed has 32 bytes')
  }
  const pkcs8 = new Uint8Array(48)
  pkcs8.set(prefix)
  pkcs8.set(seed, 16)
  const extractable = await crypto.subtle.importKey('pkcs8', pkcs8, { name: 'Ed25519' }, true, ['sign'])
  const jwk = await crypto.subtle.exportKey('jwk', extractable)
  const privateKey = await crypto.subtle.importKey('pkcs8', pkcs8, { name: 'Ed25519' }, false, ['sign'])
  return signerOf(privateKey, { algorithm: 'ed25519', publicKey: jwk.x ?? '' })
}

/** An ML-DSA-44 signer from the 32-byte seed of FIPS 204. Throws where the runtime has no ML-DSA-44. */
export async function mlDsaSignerFromSeed(seed: Uint8Array): Promise<Signer> {
  const { publicKey, sign } = await mlDsa44FromSeed(seed)
  const key = { algorithm: mlDsa44, publicKey }
  return { key, keyId: await keyId(key), sign }
}

// WebCrypto throws on a signature of the wrong length in some engines and answers false in others.
async function verifyEd25519(key: CryptoKey, message: Uint8Array, signature: Uint8Array): Promise<boolean> {
  if (signature.length !== 64) {
    return false
  }
  return crypto.subtle.verify({ name: 'Ed25519' }, key, unshared(signature), unshared(message))
}

function isWeak(raw: Uint8Array): boolean {
  const y = new Uint8Array(raw)
  y[31] = (y[31] ?? 0) & 0x7f
  return smallOrderY.has(toHex(y)) || isAtLeastP(y)
}

// p = 2^255 - 19, little-endian ed ff … ff 7f: y >= p is a second spelling of a smaller y.
function isAtLeastP(y: Uint8Array): boolean {
  return y[31] === 0x7f && y.subarray(1, 31).every((byte) => byte === 0xff) && (y[0] ?? 0) >= 0xed
}
