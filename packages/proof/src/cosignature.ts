import { type Bytes, concat, utf8 } from './bytes.ts'
import { parseCheckpoint } from './checkpoint-body.ts'
import type { Signer } from './keys.ts'
import { mlDsa44 } from './ml-dsa.ts'
import { type NoteSignature, noteKeyHash } from './note-key.ts'

/** C2SP tlog-cosignature: when, and over what, a witness signed a checkpoint. */
export type Timestamped = { readonly timestampS: number; readonly signature: Uint8Array }

const timestampBytes = 8
const label = utf8('subtree/v1\n\0')

/** Reads `timestamped_signature`: u64be seconds since 1970 ‖ signature. Null when it is too short or beyond 2^53. */
export function readTimestamped(bytes: Uint8Array): Timestamped | null {
  if (bytes.length <= timestampBytes) {
    return null
  }
  const timestamp = new DataView(bytes.buffer, bytes.byteOffset, timestampBytes).getBigUint64(0)
  return timestamp > BigInt(Number.MAX_SAFE_INTEGER)
    ? null
    : { timestampS: Number(timestamp), signature: bytes.subarray(timestampBytes) }
}

/**
 * What is signed. Ed25519: two lines, then the note's text. ML-DSA-44: the `cosigned_message` structure, which names the
 * signer and leaves out extension lines. Null when the text is no checkpoint.
 */
export function cosignedMessage(algorithm: string, name: string, timestampS: number, text: string): Bytes | null {
  const checkpoint = parseCheckpoint(text)
  if (!checkpoint.ok) {
    return null
  }
  if (algorithm !== mlDsa44) {
    return utf8(`cosignature/v1\ntime ${timestampS}\n${text}`)
  }
  const { origin, size, root } = checkpoint.value
  const names = [utf8(name), utf8(origin)]
  const [signer, log] = names
  if (signer === undefined || log === undefined || names.some(({ length }) => length < 1 || length > 255)) {
    return null
  }
  const u8 = (value: number): Uint8Array => new Uint8Array([value])
  return concat(label, u8(signer.length), signer, u64be(timestampS), u8(log.length), log, u64be(0), u64be(size), root)
}

/**
 * Cosigns a checkpoint's text under the signer's own algorithm. A log's ML-DSA-44 signature on its own checkpoint has
 * the same form, under the origin as name. Throws TypeError when the text is no checkpoint.
 */
export async function cosign(text: string, name: string, signer: Signer, timestampS: number): Promise<NoteSignature> {
  const message = cosignedMessage(signer.key.algorithm, name, timestampS, text)
  if (message === null) {
    throw new TypeError('not a checkpoint')
  }
  const signature = concat(u64be(timestampS), await signer.sign(message))
  return { name, keyHash: await noteKeyHash(name, signer.key, 'cosignature'), signature }
}

function u64be(value: number): Bytes {
  const bytes = new Uint8Array(timestampBytes)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value))
  return bytes
}
