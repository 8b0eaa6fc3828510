import { type Bytes, concat, fromBase64Url, fromHex, toBase64Url, unshared } from './bytes.ts'

/*
 * ML-DSA-44 (FIPS 204) by WebCrypto, where the runtime has it: Node 24 does, browsers differ. Keys travel raw; they are
 * imported as SPKI and PKCS #8 (RFC 9881), which every engine that has the algorithm reads.
 */

export const mlDsa44 = 'ml-dsa-44'
export const mlDsa44KeyBytes = 1312
export const mlDsa44SignatureBytes = 2420

const algorithm = { name: 'ML-DSA-44' } as const
const spkiPrefix = hex('30820532300b06096086480165030403110382052100')
const seedPrefix = hex('3034020100300b060960864801650304031104228020')

type CryptoKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>

/** The key, `malformed` when it is none, `unsupported` where the runtime has no ML-DSA-44. */
export async function importMlDsa44(raw: Uint8Array): Promise<CryptoKey | 'malformed' | 'unsupported'> {
  if (raw.length !== mlDsa44KeyBytes) {
    return 'malformed'
  }
  try {
    return await crypto.subtle.importKey('spki', unshared(concat(spkiPrefix, raw)), algorithm, false, ['verify'])
  } catch (error) {
    return isUnsupported(error) ? 'unsupported' : 'malformed'
  }
}

export async function verifyMlDsa44(key: CryptoKey, message: Uint8Array, signature: Uint8Array): Promise<boolean> {
  if (signature.length !== mlDsa44SignatureBytes) {
    return false
  }
  return crypto.subtle.verify(algorithm, key, unshared(signature), unshared(message))
}

/** Key pair of a 32-byte seed (FIPS 204, ML-DSA.KeyGen_internal). Throws where the runtime has no ML-DSA-44. */
export async function mlDsa44FromSeed(seed: Uint8Array): Promise<{
  readonly publicKey: string
  readonly sign: (message: Uint8Array) => Promise<Bytes>
}> {
  if (seed.length !== 32) {
    throw new TypeError('an ML-DSA-44 seed has 32 bytes')
  }
  const pkcs8 = unshared(concat(seedPrefix, seed))
  const extractable = await crypto.subtle.importKey('pkcs8', pkcs8, algorithm, true, ['sign'])
  // The standard types of a JWK do not know `pub` (RFC 9881's family of keys) yet.
  const jwk: object = await crypto.subtle.exportKey('jwk', extractable)
  const pub = 'pub' in jwk ? jwk.pub : null
  const privateKey = await crypto.subtle.importKey('pkcs8', pkcs8, algorithm, false, ['sign'])
  return {
    publicKey: toBase64Url(fromBase64Url(typeof pub === 'string' ? pub : '') ?? new Uint8Array(0)),
    sign: async (message) => new Uint8Array(await crypto.subtle.sign(algorithm, privateKey, unshared(message))),
  }
}

// Engines without the algorithm refuse its name before they look at the bytes.
function isUnsupported(error: unknown): boolean {
  return error instanceof Error && (error.name === 'NotSupportedError' || error.name === 'TypeError')
}

function hex(digits: string): Bytes {
  return fromHex(digits) ?? new Uint8Array(0)
}
