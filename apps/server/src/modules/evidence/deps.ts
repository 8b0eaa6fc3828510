import type { CustodyEntry, Recording } from '@sereno/contracts'
import type { PackedTimestamp } from '@sereno/proof'
import type { Static } from 'typebox'
import type { Kernel } from '../../kernel/kernel.ts'
import type { Fleet } from '../fleet/index.ts'
import type { Identity } from '../identity/index.ts'
import type { Ledger } from '../ledger/index.ts'
import type { Territory } from '../territory/index.ts'
import type { Tracks } from '../tracks/index.ts'

/** What evidence needs of others. What it offers is in door.ts. */
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

export type RecordingView = Static<typeof Recording>
export type CustodyEntryView = Static<typeof CustodyEntry>
