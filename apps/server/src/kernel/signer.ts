import type { KeyInfo, KeyName, Purpose } from '../signer/terms.ts'

export { type KeyInfo, type Purpose, SignerRefusal } from '../signer/terms.ts'

/*
 * The main process's side of the signer (`src/signer`), a small process that alone holds the installation's private
 * keys and the recordings' data keys. Everything here throws `Unavailable('signer')` while it is away.
 */

/** `queue` is no signing key: phones seal what they hold to it (X25519). */
export type PublicKeys = Readonly<Record<KeyName | 'queue', KeyInfo>>

export type CheckpointRequest = {
  /** The log's origin, a UUID (design §4). One signer keeps one last checkpoint for each origin. */
  readonly origin: string
  readonly size: number
  readonly root: Uint8Array
  /** RFC 6962 consistency proof from the signer's last checkpoint to this one; empty for the first, and for the same. */
  readonly consistency: readonly Uint8Array[]
}

export type Signer = {
  readonly publicKeys: () => Promise<PublicKeys>
  /** The last one it fsynced for the origin; without an origin the only one it has. `next`: the log that continues it. */
  readonly lastCheckpoint: (
    origin?: string,
  ) => Promise<{ readonly size: number; readonly root: Uint8Array; readonly next?: string } | null>
  /** The keys that a log continuing this one will be signed by; in use only once it is continued. */
  readonly prepareLogKeys: () => Promise<{ readonly log: KeyInfo; readonly logMlDsa: KeyInfo }>
  /** Closes a log at its last checkpoint for ever and exchanges the log's keys. Idempotent; refuses `signer.fork`. */
  readonly continueLog: (request: {
    readonly origin: string
    readonly size: number
    readonly root: Uint8Array
    readonly next: string
  }) => Promise<void>
  /**
   * A signed note (C2SP checkpoint), with an ML-DSA-44 line beside the Ed25519 one. Signs only what is proven consistent
   * with its last one, which it fsyncs first.
   * Throws {@link SignerRefusal} `signer.fork` otherwise.
   */
  readonly signCheckpoint: (request: CheckpointRequest) => Promise<string>
  /** A DSSE envelope in canonical JSON. Calls made in the same turn of the event loop travel together. */
  readonly sign: (purpose: Purpose, payloadType: string, payload: Uint8Array) => Promise<Uint8Array>
  readonly signMany: (
    purpose: Purpose,
    payloadType: string,
    payloads: readonly Uint8Array[],
  ) => Promise<readonly Uint8Array[]>
  /** 32 bytes. The same recording has the same key for ever; fsynced before it answers. Throws `signer.key-destroyed`. */
  readonly createDataKey: (recording: string) => Promise<Uint8Array>
  /** Null when there never was one, or it was destroyed. */
  readonly dataKey: (recording: string) => Promise<Uint8Array | null>
  /** Whether the signer has it now: what this process remembers of a key that another one destroyed does not count. */
  readonly hasDataKey: (recording: string) => Promise<boolean>
  /**
   * The AES key of an upload that a phone sealed to the installation. Throws {@link SignerRefusal} `signer.cannot-open`
   * when it was sealed to another key or for another place.
   */
  readonly openQueued: (sealed: {
    readonly keyId: string
    readonly enc: Uint8Array
    readonly wrappedKey: Uint8Array
    readonly place: Uint8Array
  }) => Promise<Uint8Array>
  /** Crypto-erasure. Idempotent; fsynced before it answers. */
  readonly destroyDataKey: (recording: string) => Promise<void>
}
