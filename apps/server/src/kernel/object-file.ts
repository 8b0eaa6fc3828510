import { hash } from 'node:crypto'
import { closeSync, constants, fdatasync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs'
import path from 'node:path'
import type { StreamingAead } from './aead.ts'
import type { DirectFiles } from './direct-file.ts'
import type { DirectorySync } from './directory-sync.ts'
import { release } from './release.ts'
import { associatedData } from './storage/sealed-range.ts'

/** One object to be kept as a file. Plain data: it travels to a thread as it is. */
export type ObjectTask = {
  readonly key: string
  readonly target: string
  /** Beside the target; nobody else uses this name. */
  readonly temporary: string
  readonly dataKey: Uint8Array
  readonly random: Uint8Array
  /** What the plaintext must hash to, hexadecimal; null where nobody has stated it. */
  readonly sha256: string | null
}

export type Put = { readonly sizeBytes: number; readonly storedBytes: number }

/** Bytes in memory, or as they come. Throws {@link WrongHash}. */
export type ObjectKeeper = (task: ObjectTask, bytes: Uint8Array | AsyncIterable<Uint8Array>) => Promise<Put>

/** The bytes are not those that were stated; nothing was stored. */
export class WrongHash extends Error {
  constructor(key: string) {
    super(`the bytes given for ${key} are not those that were stated`)
    this.name = 'WrongHash'
  }
}

/**
 * Keeps an object: 1 create `.new-<uuid>` beside the target · 2 hash, encrypt and write, step by step · 3 compare the hash ·
 * 4 fdatasync · 5 rename into place · 6 fsync the directory. A crash before 5 leaves a `.new-` file; between 5 and 6 the
 * whole file or nothing: the caller has had no answer yet. A target that is there is left as it is, its name made durable.
 *
 * Here for streams and small objects: synchronous but for the two syncs, which may take as long as the disk likes. Objects whose
 * bytes are all there go to threads, which do steps 1 to 5 by {@link keepWhole} (`blobs.ts`).
 */
export function createObjectKeeper(aead: StreamingAead, directories: DirectorySync): ObjectKeeper {
  return async (task, bytes) => {
    const { key, target, temporary, sha256 } = task
    const home = path.dirname(target)
    const existing = sizesOf(aead, target)
    if (existing !== null) {
      if (bytes instanceof Uint8Array) {
        checkStated(key, bytes, sha256)
      }
      await directories.sync(home)
      return existing
    }
    const descriptor = openSync(temporary, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY, 0o600)
    let isOpen = true
    try {
      const put = await write(descriptor, aead, task, bytes)
      await dataSync(descriptor)
      closeSync(descriptor)
      isOpen = false
      renameSync(temporary, target)
      await directories.sync(home)
      return put
    } catch (error) {
      // Never twice: the number may already belong to another file.
      if (isOpen) {
        closeSync(descriptor)
      }
      rmSync(temporary, { force: true })
      throw error
    }
  }
}

/** Steps 1 to 5 without turning to other work; step 6 is left to the caller. Leaves nothing behind when it throws. */
export function keepWhole(aead: StreamingAead, files: DirectFiles, task: ObjectTask, bytes: Uint8Array): Put {
  checkStated(task.key, bytes, task.sha256)
  const existing = sizesOf(aead, task.target)
  if (existing !== null) {
    return existing
  }
  const storedBytes = files.write(task.temporary, () => pieces(aead, task, bytes))
  try {
    renameSync(task.temporary, task.target)
  } catch (error) {
    rmSync(task.temporary, { force: true })
    throw error
  }
  return { sizeBytes: bytes.length, storedBytes }
}

/** Sizes of a stored file, or null when there is none. */
export function sizesOf(aead: StreamingAead, file: string): Put | null {
  try {
    const found = statSync(file, { throwIfNoEntry: false })
    return found === undefined ? null : { sizeBytes: aead.plainSize(found.size) ?? 0, storedBytes: found.size }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOTDIR') {
      return null
    }
    throw error
  }
}

async function write(
  descriptor: number,
  aead: StreamingAead,
  task: ObjectTask,
  bytes: Uint8Array | AsyncIterable<Uint8Array>,
): Promise<Put> {
  const { key, dataKey, random, sha256 } = task
  let storedBytes = 0
  let sizeBytes = 0
  const put = (ciphertext: Uint8Array): void => {
    storedBytes += ciphertext.length
    writeAll(descriptor, ciphertext)
    // Ours alone: written, its memory serves for the next step.
    release(ciphertext)
  }
  if (bytes instanceof Uint8Array) {
    checkStated(key, bytes, sha256)
    for (const ciphertext of pieces(aead, task, bytes)) {
      storedBytes += ciphertext.length
      writeAll(descriptor, ciphertext)
    }
    sizeBytes = bytes.length
  } else {
    const sealing = aead.seal(dataKey, associatedData(key), random)
    put(sealing.header)
    for await (const piece of bytes) {
      sizeBytes += piece.length
      sealing.push(piece).forEach(put)
    }
    sealing.end().forEach(put)
  }
  return { sizeBytes, storedBytes }
}

/** The stored bytes, each piece good until the next is asked for: ours alone, its memory serves for the next one. */
function* pieces(aead: StreamingAead, task: ObjectTask, bytes: Uint8Array): Generator<Uint8Array> {
  for (const ciphertext of aead.sealWhole(task.dataKey, associatedData(task.key), task.random, bytes)) {
    yield ciphertext
    release(ciphertext)
  }
}

/** Throws {@link WrongHash} when something was stated and the bytes are others. */
export function checkStated(key: string, bytes: Uint8Array, sha256: string | null): void {
  if (sha256 !== null && hash('sha256', bytes) !== sha256) {
    throw new WrongHash(key)
  }
}

function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let from = 0; from < bytes.length; ) {
    from += writeSync(descriptor, bytes, from, bytes.length - from)
  }
}

function dataSync(descriptor: number): Promise<void> {
  return new Promise((resolve, reject) => {
    fdatasync(descriptor, (error) => (error === null ? resolve() : reject(error)))
  })
}
