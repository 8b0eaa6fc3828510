import type { KeyInfo, KeyName, Purpose, SignerRefusalCode } from './terms.ts'

/**
 * What travels on the signer's socket, both ways: u32be length ‖ UTF-8 JSON. A request carries any number of calls and is
 * answered by one reply with as many answers, in order. Requests may be sent before earlier ones are answered. Bytes are
 * base64.
 */
export type Call =
  | { readonly do: 'public-keys' }
  | { readonly do: 'last-checkpoint'; readonly origin?: string }
  | {
      readonly do: 'sign-checkpoint'
      readonly origin: string
      readonly size: number
      readonly root: string
      readonly consistency: readonly string[]
    }
  | { readonly do: 'prepare-log-keys' }
  | {
      readonly do: 'continue-log'
      readonly origin: string
      readonly size: number
      readonly root: string
      readonly next: string
    }
  | { readonly do: 'sign'; readonly purpose: Purpose; readonly payloadType: string; readonly payload: string }
  | { readonly do: 'create-data-key'; readonly recording: string }
  | { readonly do: 'data-key'; readonly recording: string }
  | { readonly do: 'destroy-data-key'; readonly recording: string }
  /** Opens the AES key of an upload that a phone sealed to the installation (queue-keys.ts). */
  | {
      readonly do: 'open-queued'
      readonly keyId: string
      readonly enc: string
      readonly wrappedKey: string
      readonly place: string
    }

export type Answer =
  | { readonly keys: Readonly<Record<KeyName | 'queue', KeyInfo>> }
  | { readonly checkpoint: { readonly size: number; readonly root: string; readonly next?: string } | null }
  | { readonly nextKeys: { readonly log: KeyInfo; readonly logMlDsa: KeyInfo } }
  | { readonly note: string }
  /** `second` by the purpose's ML-DSA-44 key, where it has one. */
  | { readonly signature: string; readonly second: string | null }
  | { readonly dataKey: string | null }
  | { readonly done: true }
  | { readonly refused: SignerRefusalCode; readonly detail: string }
  /** It failed (a full disk, say): the caller may try again. */
  | { readonly failed: string }

export type Request = { readonly id: number; readonly calls: readonly Call[] }
export type Reply = { readonly id: number; readonly answers: readonly Answer[] }

const longestFrame = 64 * 1024 * 1024

export function frame(message: Request | Reply): Uint8Array {
  const text = JSON.stringify(message)
  const sizeBytes = Buffer.byteLength(text)
  const bytes = Buffer.allocUnsafe(4 + sizeBytes)
  bytes.writeUInt32BE(sizeBytes)
  bytes.write(text, 4)
  return bytes
}

/** Cuts what arrives into messages. Throws on a frame that cannot be one: the connection is then of no use. */
export function createFrames(receive: (message: unknown) => void): (piece: Uint8Array) => void {
  let held: Uint8Array[] = []
  let heldBytes = 0
  let wantedBytes = 4
  return (piece) => {
    held.push(piece)
    heldBytes += piece.length
    if (heldBytes < wantedBytes) {
      return
    }
    let buffer: Buffer =
      held.length === 1 ? Buffer.from(piece.buffer, piece.byteOffset, piece.length) : Buffer.concat(held)
    while (buffer.length >= 4) {
      const sizeBytes = buffer.readUInt32BE(0)
      if (sizeBytes > longestFrame) {
        throw new RangeError('a frame longer than 64 MiB')
      }
      if (buffer.length < 4 + sizeBytes) {
        break
      }
      receive(JSON.parse(buffer.toString('utf8', 4, 4 + sizeBytes)))
      buffer = buffer.subarray(4 + sizeBytes)
    }
    held = buffer.length === 0 ? [] : [buffer]
    heldBytes = buffer.length
    wantedBytes = buffer.length >= 4 ? 4 + buffer.readUInt32BE(0) : 4
  }
}
