import { type Bytes, concat, toHex, unshared } from './bytes.ts'

/** SHA-256 (FIPS 180-4) by WebCrypto. One call holds the whole input: keep pieces at or below 16 MiB. */
export async function sha256(bytes: Uint8Array): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', unshared(bytes)))
}

/** SHA-256 over the parts joined. */
export async function sha256Of(...parts: readonly Uint8Array[]): Promise<Bytes> {
  return sha256(concat(...parts))
}

export async function sha256Hex(bytes: Uint8Array): Promise<string> {
  return toHex(await sha256(bytes))
}
