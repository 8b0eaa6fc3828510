import type { BlobStore } from './blobs.ts'
import type { Clock } from './clock.ts'
import type { Config } from './config.ts'
import type { Database } from './database.ts'
import type { Disk } from './disk.ts'
import type { Events } from './events.ts'
import type { Fanout } from './fanout.ts'
import type { Ids } from './ids.ts'
import type { Jobs } from './jobs.ts'
import type { Log } from './log.ts'
import type { Signer } from './signer.ts'
import type { Storage } from './storage/open-storage.ts'

/** What every module may need of the house. A module's own dependencies are `Kernel & { ledger: Ledger, … }`. */
export type Kernel = {
  readonly database: Database
  readonly blobs: BlobStore
  /** What stands behind `blobs`; its move to a store is a timer of the composition. */
  readonly storage: Storage
  readonly events: Events
  readonly fanout: Fanout
  readonly jobs: Jobs
  readonly signer: Signer
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
  readonly config: Config
  readonly disk: Disk
}
