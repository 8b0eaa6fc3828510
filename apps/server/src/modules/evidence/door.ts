import type { Scope } from '../../kernel/actor.ts'
import type { Checker, Cron } from '../../kernel/checker.ts'
import type { Db } from '../../kernel/database.ts'
import type { RouteTable } from '../../kernel/http.ts'
import type { JobTable } from '../../kernel/jobs.ts'
import type { RecordingView } from './deps.ts'
import type { Erase } from './erase.ts'
import type { FileBlockPlace } from './evidence.ts'
import type { Expected } from './expected.ts'
import type { attribute, FileRecording } from './files.ts'
import type { Sequences } from './gaps.ts'
import type { Offer } from './offer.ts'
import type { OriginalFileRow } from './tables.ts'

export type EvidenceFiles = {
  /** Stores one block durably under the recording's data key; nothing when its bytes are others: throws `WrongHash`. */
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
  /** What is counted, and what of it is missing (I-5). */
  readonly sequences: Sequences
  /** Which stored objects the database expects; reading them again. */
  readonly expected: Expected
  /** Null when the municipality has no such recording. */
  recording(scope: Scope, id: string): Promise<RecordingView | null>
}
