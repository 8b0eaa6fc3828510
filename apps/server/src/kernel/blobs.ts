import { closeSync, constants, fdatasync, open, writevSync } from 'node:fs'
import { type FileHandle, mkdir, open as openHandle, readdir, rename, rm, stat, unlink } from 'node:fs/promises'
import path from 'node:path'
import { footageAead, type Sealing, type StreamingAead, WrongCiphertext } from './aead.ts'
import { createDirectorySync, type DirectorySync } from './directory-sync.ts'
import type { Ids } from './ids.ts'
import { release } from './release.ts'
import { checkBlobKey } from './storage/blob-key.ts'
import { associatedData, readSealedRange } from './storage/sealed-range.ts'

/**
 * Encrypted objects. Each is its own stream under the recording's data key, with the key (its name) as associated data,
 * so that two stored objects cannot change places. Files today; S3 can stand behind the same type.
 */
export type BlobStore = {
  /**
   * Durable when it answers: file and directory fsynced. A key that exists is left as it is and its size answered, so
   * a retry after a lost answer is harmless. `sizeBytes` is the plaintext's, `storedBytes` the file's.
   */
  readonly put: (
    key: string,
    bytes: Uint8Array | AsyncIterable<Uint8Array>,
    dataKey: Uint8Array,
  ) => Promise<{ readonly sizeBytes: number; readonly storedBytes: number }>
  /** `range` is of the plaintext, end exclusive; pieces of at most 1 MiB. Throws `BlobMissing`, `WrongCiphertext`. */
  readonly read: (
    key: string,
    dataKey: Uint8Array,
    range?: { readonly start: number; readonly end: number },
  ) => AsyncIterable<Uint8Array>
  /** Plaintext size in bytes, or null when there is none. */
  readonly size: (key: string) => Promise<number | null>
  readonly exists: (key: string) => Promise<boolean>
  /** Removes the name, durably. Absent is fine. */
  readonly remove: (key: string) => Promise<void>
  /** Keys that begin with the prefix (a folder ending in `/`, or empty for all), sorted within each folder. */
  readonly list: (prefix: string) => AsyncIterable<string>
}

export class BlobMissing extends Error {
  constructor(key: string) {
    super(`no stored object ${key}`)
    this.name = 'BlobMissing'
  }
}

/** Names of files that were never renamed into place begin with a dot, which no key's part can. */
const unfinished = '.new-'

type Put = { readonly sizeBytes: number; readonly storedBytes: number }

/**
 * Encrypted files under a folder, one for each key.
 *
 * put: 1 create `.new-<uuid>` beside the target · 2 write · 3 fdatasync · 4 rename into place · 5 fsync the directory.
 * A crash before 4 leaves a `.new-` file, removed by {@link removeUnfinished} at the next start; between 4 and 5 the
 * whole file or nothing: the caller has had no answer yet.
 */
export function createFileBlobs(
  folder: string,
  ids: Pick<Ids, 'uuid' | 'bytes'>,
  directories: DirectorySync = createDirectorySync(),
  aead: StreamingAead = footageAead,
): BlobStore {
  const underWay = new Map<string, Promise<Put>>()
  const knownFolders = new Set<string>([path.resolve(folder)])
  const fileOf = (key: string): string => path.join(folder, checkBlobKey(key))

  // Each new directory's own name must be durable before a file in it counts.
  async function ensureFolder(wanted: string): Promise<void> {
    if (knownFolders.has(wanted)) {
      return
    }
    const parent = path.dirname(wanted)
    await ensureFolder(parent)
    await mkdir(wanted, { mode: 0o700 }).catch((error: unknown) => {
      if (!isCode(error, 'EEXIST')) {
        throw error
      }
    })
    await directories.sync(parent)
    knownFolders.add(wanted)
  }

  async function putOnce(
    key: string,
    bytes: Uint8Array | AsyncIterable<Uint8Array>,
    dataKey: Uint8Array,
  ): Promise<Put> {
    const target = fileOf(key)
    const home = path.dirname(target)
    const existing = await sizes(aead, target)
    if (existing !== null) {
      await directories.sync(home)
      return existing
    }
    await ensureFolder(path.resolve(home))
    const temporary = path.join(home, `${unfinished}${ids.uuid()}`)
    const descriptor = await openNew(temporary)
    let isOpen = true
    const sealing = aead.seal(dataKey, associatedData(key), ids.bytes(aead.randomBytes))
    try {
      const put = await write(descriptor, sealing, bytes)
      await dataSync(descriptor)
      closeSync(descriptor)
      isOpen = false
      await rename(temporary, target)
      await directories.sync(home)
      return put
    } catch (error) {
      // Never twice: the number may already belong to another file.
      if (isOpen) {
        closeSync(descriptor)
      }
      await rm(temporary, { force: true })
      throw error
    }
  }

  return {
    async put(key, bytes, dataKey) {
      const before = underWay.get(key)
      if (before !== undefined) {
        return before
      }
      const put = putOnce(key, bytes, dataKey).finally(() => underWay.delete(key))
      underWay.set(key, put)
      return put
    },
    read: (key, dataKey, range) => readRange(aead, fileOf(key), key, dataKey, range),
    async size(key) {
      return (await sizes(aead, fileOf(key)))?.sizeBytes ?? null
    },
    async exists(key) {
      return (await sizes(aead, fileOf(key))) !== null
    },
    async remove(key) {
      const file = fileOf(key)
      try {
        await unlink(file)
      } catch (error) {
        if (!isCode(error, 'ENOENT')) {
          throw error
        }
        return
      }
      await directories.sync(path.dirname(file))
    },
    list: (prefix) => listFolder(folder, prefix),
  }
}

/** Removes what a crash left half written. Only while nobody writes: at start. Answers how many. */
export async function removeUnfinished(folder: string): Promise<number> {
  let removed = 0
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile() && entry.name.startsWith(unfinished)) {
      await rm(path.join(entry.parentPath, entry.name), { force: true })
      removed += 1
    }
  }
  return removed
}

async function write(
  descriptor: number,
  sealing: Sealing,
  bytes: Uint8Array | AsyncIterable<Uint8Array>,
): Promise<Put> {
  let storedBytes = writeAll(descriptor, [sealing.header])
  let sizeBytes = 0
  for await (const piece of bytes instanceof Uint8Array ? [bytes] : bytes) {
    sizeBytes += piece.length
    storedBytes += writeAll(descriptor, sealing.push(piece))
  }
  return { sizeBytes, storedBytes: storedBytes + writeAll(descriptor, sealing.end()) }
}

// Into the page cache, which is a copy in memory: a thread-pool round trip costs more than the copy itself.
function writeAll(descriptor: number, pieces: readonly Uint8Array[]): number {
  const given = pieces.filter((piece) => piece.length > 0)
  let left = given
  let writtenBytes = 0
  while (left.length > 0) {
    let count = writevSync(descriptor, left)
    writtenBytes += count
    while (left[0] !== undefined && count >= left[0].length) {
      count -= left[0].length
      left = left.slice(1)
    }
    if (left[0] !== undefined && count > 0) {
      left = [left[0].subarray(count), ...left.slice(1)]
    }
  }
  // Ciphertext, ours alone: written, it is of no more use.
  given.forEach(release)
  return writtenBytes
}

async function* readRange(
  aead: StreamingAead,
  file: string,
  key: string,
  dataKey: Uint8Array,
  range?: { readonly start: number; readonly end: number },
): AsyncGenerator<Uint8Array> {
  const handle = await openToRead(file, key)
  try {
    const { size: storedBytes } = await handle.stat()
    const readAt = (position: number, length: number) => readExactly(handle, position, length)
    yield* readSealedRange(aead, { storedBytes, readAt }, key, dataKey, range)
  } finally {
    await handle.close()
  }
}

async function openToRead(file: string, key: string): Promise<FileHandle> {
  try {
    return await openHandle(file, 'r')
  } catch (error) {
    throw isCode(error, 'ENOENT') ? new BlobMissing(key) : error
  }
}

async function readExactly(handle: FileHandle, position: number, length: number): Promise<Uint8Array> {
  const buffer = new Uint8Array(length)
  let filled = 0
  while (filled < length) {
    const { bytesRead } = await handle.read(buffer, filled, length - filled, position + filled)
    if (bytesRead === 0) {
      throw new WrongCiphertext('the file is cut off')
    }
    filled += bytesRead
  }
  return buffer
}

async function sizes(aead: StreamingAead, file: string): Promise<Put | null> {
  try {
    const { size: storedBytes } = await stat(file)
    return { sizeBytes: aead.plainSize(storedBytes) ?? 0, storedBytes }
  } catch (error) {
    if (isCode(error, 'ENOENT') || isCode(error, 'ENOTDIR')) {
      return null
    }
    throw error
  }
}

async function* listFolder(root: string, prefix: string): AsyncGenerator<string> {
  const cut = prefix.lastIndexOf('/') + 1
  const folder = path.join(root, prefix.slice(0, cut))
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (isCode(error, 'ENOENT')) {
      return []
    }
    throw error
  })
  for (const entry of entries.sort((left, right) => (left.name < right.name ? -1 : 1))) {
    const key = `${prefix.slice(0, cut)}${entry.name}`
    if (entry.isDirectory() && `${key}/`.startsWith(prefix)) {
      yield* listFolder(root, `${key}/`)
    } else if (entry.isFile() && key.startsWith(prefix) && !entry.name.startsWith(unfinished)) {
      yield key
    }
  }
}

function openNew(file: string): Promise<number> {
  const flags = constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY
  return new Promise((resolve, reject) => {
    open(file, flags, 0o600, (error, descriptor) => (error === null ? resolve(descriptor) : reject(error)))
  })
}

function dataSync(descriptor: number): Promise<void> {
  return new Promise((resolve, reject) => {
    fdatasync(descriptor, (error) => (error === null ? resolve() : reject(error)))
  })
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
