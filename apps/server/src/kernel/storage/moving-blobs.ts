import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import path from 'node:path'
import { BlobMissing, type BlobStore } from '../blobs.ts'
import type { S3Blobs } from './s3-blobs.ts'

/** How far a move has come. Counts are of this process; what is left is what lies in the folder. */
export type MoveProgress = { readonly movedObjects: number; readonly movedBytes: number; readonly done: boolean }

export type MovingBlobs = BlobStore & {
  /**
   * Moves at most `count` objects from files to the store. For each: 1 send the ciphertext unchanged · 2 read it back and
   * compare its SHA-256 with the file's · 3 remove the file. A crash before 3 leaves both: the next round finds the object
   * at 1 and goes on with 2. Nothing is decrypted. Answers how many were moved; 0 when none is left.
   */
  readonly move: (count: number) => Promise<number>
  readonly progress: () => MoveProgress
}

/** A stored copy differs from the file it was made of: the file stays, the move stops. */
export class MovedWrongly extends Error {
  constructor(key: string) {
    super(`the store gives back other bytes than the file ${key} holds`)
    this.name = 'MovedWrongly'
  }
}

/** While an installation moves from files to a store: what is new goes to the store, what is old is read where it lies. */
export function createMovingBlobs(folder: string, files: BlobStore, store: S3Blobs): MovingBlobs {
  let movedObjects = 0
  let movedBytes = 0
  let done = false
  // A removal must not meet a copy half-way, which would bring the object back: one at a time for each key.
  const held = new Map<string, Promise<unknown>>()
  async function alone<T>(key: string, work: () => Promise<T>): Promise<T> {
    while (held.has(key)) {
      await held.get(key)?.catch(() => undefined)
    }
    const run = work()
    held.set(key, run)
    try {
      return await run
    } finally {
      held.delete(key)
    }
  }

  async function moveOne(key: string): Promise<void> {
    const file = path.join(folder, key)
    if (!(await files.exists(key))) {
      return
    }
    await store.putSealed(key, createReadStream(file, { highWaterMark: 1024 * 1024 }))
    const back = await store.readSealed(key)
    const { digest, sizeBytes } = await sha256(createReadStream(file, { highWaterMark: 1024 * 1024 }))
    if (back === null || (await sha256(back)).digest !== digest) {
      throw new MovedWrongly(key)
    }
    await files.remove(key)
    movedObjects += 1
    movedBytes += sizeBytes
  }

  return {
    put: (key, bytes, dataKey) =>
      alone(key, async () =>
        (await files.exists(key)) ? files.put(key, bytes, dataKey) : store.put(key, bytes, dataKey),
      ),
    putStated: (key, bytes, dataKey, sha256) =>
      alone(key, async () => {
        const home = (await files.exists(key)) ? files : store
        return home.putStated(key, bytes, dataKey, sha256)
      }),
    async *read(key, dataKey, range) {
      let begun = false
      try {
        for await (const piece of files.read(key, dataKey, range)) {
          begun = true
          yield piece
        }
        return
      } catch (error) {
        // An open file stays readable when its name is removed: only its absence at the beginning sends us on.
        if (begun || !(error instanceof BlobMissing)) {
          throw error
        }
      }
      yield* store.read(key, dataKey, range)
    },
    size: async (key) => (await files.size(key)) ?? store.size(key),
    exists: async (key) => (await files.exists(key)) || store.exists(key),
    remove: (key) =>
      alone(key, async () => {
        await files.remove(key)
        await store.remove(key)
      }),
    async *list(prefix) {
      const seen = new Set<string>()
      for await (const key of files.list(prefix)) {
        seen.add(key)
        yield key
      }
      for await (const key of store.list(prefix)) {
        if (!seen.has(key)) {
          yield key
        }
      }
    },
    async move(count) {
      let moved = 0
      for await (const key of files.list('')) {
        if (moved >= count) {
          return moved
        }
        await alone(key, () => moveOne(key))
        moved += 1
      }
      done = moved === 0
      return moved
    },
    progress: () => ({ movedObjects, movedBytes, done }),
  }
}

async function sha256(pieces: AsyncIterable<Uint8Array>): Promise<{ digest: string; sizeBytes: number }> {
  const hash = createHash('sha256')
  let sizeBytes = 0
  for await (const piece of pieces) {
    hash.update(piece)
    sizeBytes += piece.length
  }
  return { digest: hash.digest('hex'), sizeBytes }
}
