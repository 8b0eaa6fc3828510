import type { BlobStore } from '../blobs.ts'
import { createFileBlobs, removeUnfinished } from '../blobs.ts'
import type { Clock } from '../clock.ts'
import { Unavailable } from '../errors.ts'
import type { Ids } from '../ids.ts'
import type { Log } from '../log.ts'
import { createObjectThreads } from '../object-threads.ts'
import { createMovingBlobs, type MoveProgress } from './moving-blobs.ts'
import { abortUnfinished, createS3Blobs } from './s3-blobs.ts'
import { away, openS3, present, type S3Client, type S3Settings } from './s3-client.ts'
import { sweepRemoved } from './s3-versions.ts'

/** Where the footage of this installation lies, and how far it has come on its way from files to a store. */
export type Storage = {
  readonly blobs: BlobStore
  readonly kind: 'files' | 's3'
  /** Null where nothing moves. */
  readonly progress: () => MoveProgress | null
  /** Moves some objects from files to the store; for a timer. Nothing to do is fine. */
  readonly move: () => Promise<void>
  /**
   * Removes versions of removed objects whose lock has ended, and shows again what somebody else hid; for a timer, done once a day.
   * `isKept`: whether an object of that name has a recording that is not destroyed.
   */
  readonly sweep: (isKept: (key: string) => Promise<boolean>) => Promise<void>
  /** What a crash left half written is removed. Only while nobody writes: at start. */
  readonly tidy: () => Promise<void>
  readonly close: () => void
}

/** The bucket cannot be used as asked: a sentence for the person at the terminal. */
export class StorageRefused extends Error {}

const objectsAtOnce = 64
/** A store that takes connections and does not answer is away, too: a start does not wait for it for minutes. */
const startPatienceMs = 10_000
const dayMs = 86_400_000

/** Opens files, or a bucket beside the files that were there before it. Throws `StorageRefused`, `Unavailable('storage')`. */
export async function openStorage(options: {
  readonly folder: string
  readonly s3: S3Settings | null
  readonly ids: Ids
  readonly clock: Clock
  readonly log: Log
  /** How long a start waits for the store; tests only. */
  readonly patienceMs?: number
}): Promise<Storage> {
  const { folder, s3, ids, clock, log } = options
  const threads = createObjectThreads(() =>
    log.info({ folder }, 'storage: this file system takes no direct transfers; footage goes through its cache'),
  )
  const files = createFileBlobs(folder, ids, undefined, undefined, threads)
  if (s3 === null) {
    return {
      blobs: files,
      kind: 'files',
      progress: () => null,
      move: async () => undefined,
      sweep: async () => undefined,
      tidy: async () => void (await removeUnfinished(folder)),
      close: threads.close,
    }
  }
  const client = await openS3(s3)
  // A store that is away is no reason not to start: the map and live view work, and phones keep what they cannot send.
  const patience = (): AbortSignal => AbortSignal.timeout(options.patienceMs ?? startPatienceMs)
  let isEnsured = await tolerate(ensureBucket(client, s3, patience()))
  const store = createS3Blobs({ client, settings: s3, ids, nowMs: clock.nowMs })
  const moving = createMovingBlobs(folder, files, store)
  let sweptAtMs: number | null = null
  /** False when the store does not answer. */
  async function tolerate(work: Promise<unknown>): Promise<boolean> {
    try {
      await work
      return true
    } catch (error) {
      const reason = away(error)
      if (!(reason instanceof Unavailable)) {
        throw reason
      }
      log.error({ err: error, endpoint: s3?.endpoint }, 'storage: the store does not answer')
      return false
    }
  }
  return {
    blobs: moving,
    kind: 's3',
    progress: moving.progress,
    async move() {
      if (!isEnsured) {
        // It was away at the start, and may not even have the bucket yet.
        await ensureBucket(client, s3, patience())
        isEnsured = true
      }
      if (moving.progress().done) {
        return
      }
      await moving.move(objectsAtOnce)
      const { done, movedObjects, movedBytes } = moving.progress()
      if (done && movedObjects > 0) {
        log.info({ movedObjects, movedBytes }, 'storage: all footage has moved to the store')
      }
    },
    async sweep(isKept) {
      const nowMs = clock.monotonicMs()
      if (sweptAtMs !== null && nowMs - sweptAtMs < dayMs) {
        return
      }
      const { removed, locked, shownAgain } = await sweepRemoved(client, s3.bucket, isKept)
      sweptAtMs = nowMs
      if (shownAgain.length > 0) {
        log.error(
          { keys: shownAgain.slice(0, 100), count: shownAgain.length },
          'storage: objects were hidden from outside',
        )
      }
      if (removed > 0 || locked > 0) {
        log.info({ removed, locked }, 'storage: versions of removed objects')
      }
    },
    async tidy() {
      await removeUnfinished(folder)
      await tolerate(abortUnfinished(client, s3.bucket, patience()))
    },
    close() {
      client.close()
      threads.close()
    },
  }
}

async function ensureBucket(
  client: S3Client,
  { bucket: Bucket, lockDays }: S3Settings,
  abortSignal: AbortSignal,
): Promise<void> {
  const { commands: s3, send } = client
  const found = await present(send(new s3.HeadBucketCommand({ Bucket }), { abortSignal }))
  if (found === null) {
    await send(new s3.CreateBucketCommand({ Bucket, ObjectLockEnabledForBucket: lockDays > 0 }), { abortSignal })
    return
  }
  if (lockDays > 0) {
    const lock = await present(send(new s3.GetObjectLockConfigurationCommand({ Bucket }), { abortSignal }))
    if (lock?.ObjectLockConfiguration?.ObjectLockEnabled !== 'Enabled') {
      throw new StorageRefused(
        `The bucket ${Bucket} was made without Object Lock, which cannot be added later. Use another bucket, or no lock.`,
      )
    }
  }
}
