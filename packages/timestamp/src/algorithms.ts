/** Which algorithms of CMS and X.509 are read, and until when the world means to trust them. Anything else: not checked. */

const sha1 = '1.3.14.3.2.26'

const digests: Readonly<Record<string, string>> = {
  '2.16.840.1.101.3.4.2.1': 'SHA-256',
  '2.16.840.1.101.3.4.2.2': 'SHA-384',
  '2.16.840.1.101.3.4.2.3': 'SHA-512',
}

export const rsaKey = '1.2.840.113549.1.1.1'
export const ellipticKey = '1.2.840.10045.2.1'
/** P-256, P-384, P-521. */
export const curves: ReadonlySet<string> = new Set(['1.2.840.10045.3.1.7', '1.3.132.0.34', '1.3.132.0.35'])
export const leastRsaBits = 2048

type Signature = { readonly key: string; readonly digest: string | null }

/** PKCS #1 v1.5 and ECDSA. The first says no digest: it is the one that the signer names beside it. */
const signatures: Readonly<Record<string, Signature>> = {
  [rsaKey]: { key: rsaKey, digest: null },
  '1.2.840.113549.1.1.11': { key: rsaKey, digest: 'SHA-256' },
  '1.2.840.113549.1.1.12': { key: rsaKey, digest: 'SHA-384' },
  '1.2.840.113549.1.1.13': { key: rsaKey, digest: 'SHA-512' },
  '1.2.840.10045.4.3.2': { key: ellipticKey, digest: 'SHA-256' },
  '1.2.840.10045.4.3.3': { key: ellipticKey, digest: 'SHA-384' },
  '1.2.840.10045.4.3.4': { key: ellipticKey, digest: 'SHA-512' },
}

/** WebCrypto's name of a digest, or null where it is none of ours. */
export function digestName(algorithm: string): string | null {
  return digests[algorithm] ?? null
}

/** SHA-1 identifies a certificate in an attribute that is signed by something better (RFC 5816 §3); it signs nothing. */
export function identifyingDigest(algorithm: string): string | null {
  return algorithm === sha1 ? 'SHA-1' : digestName(algorithm)
}

/** Of what key a signature of this algorithm is, and the digest that it is over; null where it is none of ours. */
export function signatureOf(algorithm: string): Signature | null {
  return signatures[algorithm] ?? null
}

/**
 * When a signature with a key like this should no longer be the newest one that vouches for something: NIST SP 800-131A
 * and IR 8547 (112 bits of strength end with 2030; RSA and elliptic curves altogether with 2035), BSI TR-02102-1. A policy
 * of whoever renews; no verifier fails by it.
 */
export function algorithmEndsAtMs(key: { readonly algorithm: string; readonly bits: number }): number {
  return key.algorithm === rsaKey && key.bits < 3000 ? Date.UTC(2031, 0, 1) : Date.UTC(2036, 0, 1)
}
