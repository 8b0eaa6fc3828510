import type { CustodyEntry, Recording } from '@sereno/contracts'
import type { PackedTimestamp } from '@sereno/proof'
import type { Static } from 'typebox'
import type { Scope } from '../../kernel/actor.ts'
import type { Checker, Cron } from '../../kernel/checker.ts'
import type { Db } from '../../kernel/database.ts'
import type { RouteTable } from '../../kernel/http.ts'
import type { JobTable } from '../../kernel/jobs.ts'
import type { Kernel } from '../../kernel/kernel.ts'
import type { Fleet } from '../fleet/index.ts'
import type { Identity } from '../identity/index.ts'
import type { Ledger } from '../ledger/index.ts'
import type { Territory } from '../territory/index.ts'
import type { Tracks } from '../tracks/index.ts'
import type { Erase } from './erase.ts'
import type { FileBlockPlace } from './evidence.ts'
import type { attribute, FileRecording } from './files.ts'
import type { Offer } from './offer.ts'
import type { OriginalFileRow } from './tables.ts'

export type EvidenceDeps = Kernel & {
  readonly ledger: Ledger
  readonly identity: Identity
  readonly territory: Territory
  readonly fleet: Fleet
  readonly tracks: Tracks
  /** What others add to a package; honestly absent where nobody gives it. */
  readonly packageExtras?: PackageExtras
  /** Where a default does not suit; tests shorten waits, bench raises limits. */
  readonly evidenceSettings?: Partial<EvidenceSettings>
}

export type PackageExtras = {
  /** The offline verifier that this installation serves; null while it cannot be built. */
  readonly verifier?: () => Promise<{ readonly sha256: string; readonly bytes: Uint8Array } | null>
  /** RFC 3161 tokens over this manifest and this checkpoint (a signed note). */
  readonly timestamps?: (manifestSha256: string, checkpoint: string) => Promise<readonly PackedTimestamp[]>
}

export type EvidenceSettings = {
  /** How long a custodian waits before sealing with something missing. */
  readonly incompleteAfterMs: number
  /** Life of a look until it is renewed. */
  readonly lookMs: number
  /** Life of an export's address. */
  readonly exportMs: number
  /** How long an export waits for its entries to be in a published checkpoint. */
  readonly exportWaitMs: number
  /** Heads of growing recordings enter the ledger at least this often; ≤ 60 s by design. */
  readonly headsEveryMs: number
  /** How soon a phone learns that it may erase. */
  readonly coverEveryMs: number
  readonly sealEveryMs: number
  /** Whole body; and the mean rate a sender must keep. */
  readonly uploadTimeoutMs: number
  readonly uploadMinimumBytesPerSecond: number
  /** Most statements in one transaction. */
  readonly groupMaximum: number
}

export const evidenceDefaults: EvidenceSettings = {
  incompleteAfterMs: 14 * 24 * 3_600_000,
  lookMs: 30 * 60_000,
  exportMs: 15 * 60_000,
  exportWaitMs: 15_000,
  headsEveryMs: 30_000,
  coverEveryMs: 5_000,
  sealEveryMs: 2_000,
  uploadTimeoutMs: 170_000,
  uploadMinimumBytesPerSecond: 4_096,
  groupMaximum: 64,
}

export type EvidenceFiles = {
  /** Stores one block durably under the recording's data key. */
  store(recording: string, place: FilePlace, bytes: Uint8Array): Promise<void>
  /** Bytes of a stored block; null when it is not there. */
  size(recording: string, place: FilePlace): Promise<number | null>
  /** Keeps a whole recording in the caller's transaction; false when it is there already. */
  keep(tx: Db, made: FileRecording): Promise<boolean>
  of(scope: Scope, recording: string): Promise<readonly OriginalFileRow[]>
  byHash(scope: Scope, sha256: string): Promise<OriginalFileRow | null>
  /** Decrypted bytes, `end` exclusive. Throws `recording.destroyed`. For sandboxed readers and open looks only. */
  read(file: StoredFile, range?: { readonly start: number; readonly end: number }): AsyncIterable<Uint8Array>
  attribute(tx: Db, scope: Scope, recording: string, to: Parameters<typeof attribute>[4]): Promise<void>
}
export type FilePlace = Omit<FileBlockPlace, 'recording'>
export type StoredFile = Pick<
  OriginalFileRow,
  'municipality' | 'recording' | 'object' | 'size_bytes' | 'block_sha256' | 'blocks'
>

export type RecordingView = Static<typeof Recording>
export type CustodyEntryView = Static<typeof CustodyEntry>

/** What evidence offers to app.ts and to the modules on its right. */
export type Evidence = {
  readonly routes: RouteTable
  readonly jobs: JobTable
  readonly timers: readonly Cron[]
  readonly check: Checker
  start(): Promise<void>
  /** How a recording ends. Called by the module that decided its destruction, and by none else. */
  readonly erase: Erase
  /** The recording the device is making now, as far as its uploads tell; null when none is open. */
  recordingOf(device: string): Promise<{ readonly id: string; readonly startedAt: number } | null>
  /** Whole files of other cameras: intake puts them in, and plays what browsers cannot. */
  readonly files: EvidenceFiles
  /** The recording that an open look of the reader's own opens now (I-3). Throws as looks do. */
  through(scope: Scope, look: string): Promise<RecordingView>
  /** For modules that decide themselves who may: guests of a case, clips, hand-overs. */
  readonly offer: Offer
  /** Null when the municipality has no such recording. */
  recording(scope: Scope, id: string): Promise<RecordingView | null>
}
