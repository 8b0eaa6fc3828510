import { type Bytes, concat, fromHex, toHex, utf8 } from './bytes.ts'
import { maximumUploadBytes } from './upload.ts'

/** Media type of an upload body that is sealed to the installation (evidence format, section 3). */
export const sealedUploadType = 'application/vnd.sereno.sealed-upload'

/**
 * An upload body as a phone keeps it once its recording has ended: a fresh AES-256 key, sealed to the installation by
 * HPKE (RFC 9180 §6.1, base mode; DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM), and the body under that key. So
 * only 80 bytes need whoever holds the installation's private key.
 */
export type SealedUpload = {
  /** Which of the installation's keys: 16 hexadecimal digits, as for every public key. */
  readonly keyId: string
  /** Encapsulated X25519 key, 32 bytes. */
  readonly enc: Uint8Array
  /** The AES-256 key, sealed: 48 bytes. */
  readonly wrappedKey: Uint8Array
  /** The body under it, AES-256-GCM with a nonce of twelve zeros (the key is used once), tag at the end. */
  readonly body: Uint8Array
}

const magic = utf8('SSU1')
const keyIdBytes = 8
const encBytes = 32
const wrappedBytes = 48
const tagBytes = 16
const headBytes = magic.length + keyIdBytes + encBytes + wrappedBytes

/** Count a sealed body's bytes against this while they arrive. */
export const maximumSealedUploadBytes: number = maximumUploadBytes + headBytes + tagBytes

/** The `info` of HPKE: a key sealed for this is good for nothing else. */
export const sealedUploadInfo: Bytes = utf8('sereno-queue-v1')

/** Bound to both layers, so that a sealed body opens at its own place only. */
export function sealedUploadPlace(recording: string, sequence: number): Bytes {
  return utf8(`sereno-queue-v1/${recording}/${sequence}`)
}

/** Throws TypeError on parts of another size. */
export function frameSealedUpload(sealed: SealedUpload): Bytes {
  const keyId = fromHex(sealed.keyId)
  if (keyId?.length !== keyIdBytes || sealed.enc.length !== encBytes || sealed.wrappedKey.length !== wrappedBytes) {
    throw new TypeError('not the parts of a sealed upload')
  }
  return concat(magic, keyId, sealed.enc, sealed.wrappedKey, sealed.body)
}

/** The parts as views, or null when it cannot be one. */
export function parseSealedUpload(bytes: Uint8Array): SealedUpload | null {
  if (bytes.length < headBytes + tagBytes || !magic.every((byte, place) => bytes[place] === byte)) {
    return null
  }
  const keyEnd = magic.length + keyIdBytes
  return {
    keyId: toHex(bytes.subarray(magic.length, keyEnd)),
    enc: bytes.subarray(keyEnd, keyEnd + encBytes),
    wrappedKey: bytes.subarray(keyEnd + encBytes, headBytes),
    body: bytes.subarray(headBytes),
  }
}
