import { type Bytes, concat, toHex, unshared } from './bytes.ts'

type HashNow = (algorithm: 'sha256', bytes: Uint8Array, encoding: 'buffer') => Uint8Array
type Runtime = {
  readonly process?: { readonly getBuiltinModule?: (name: string) => { readonly hash?: HashNow } | undefined }
}

/**
 * Node's own hash, where there is one. WebCrypto hands each input to another thread and back, which for the few hundred
 * bytes of a field or a tree's node costs many times what hashing them does.
 */
const hashNow = (globalThis as Runtime).process?.getBuiltinModule?.('node:crypto')?.hash
/** Larger inputs would keep the thread from other work: they go to WebCrypto everywhere. */
const smallBytes = 64 * 1024

/** SHA-256 (FIPS 180-4). One call holds the whole input: keep pieces at or below 16 MiB. */
export async function sha256(bytes: Uint8Array): Promise<Bytes> {
  if (hashNow !== undefined && bytes.length <= smallBytes) {
    return new Uint8Array(hashNow('sha256', bytes, 'buffer'))
  }
  return new Uint8Array(await crypto.subtle.digest('SHA-256', unshared(bytes)))
}

/** SHA-256 over the parts joined. */
export async function sha256Of(...parts: readonly Uint8Array[]): Promise<Bytes> {
  return sha256(concat(...parts))
}

export async function sha256Hex(bytes: Uint8Array): Promise<string> {
  return toHex(await sha256(bytes))
}
