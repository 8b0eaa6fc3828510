import { type FileHandle, mkdir, open as openHandle, readdir, rm, stat, unlink } from 'node:fs/promises'
import path from 'node:path'
import { footageAead, type StreamingAead, WrongCiphertext } from './aead.ts'
import { createDirectorySync, type DirectorySync } from './directory-sync.ts'
import type { Ids } from './ids.ts'
import { createObjectKeeper, type Put } from './object-file.ts'
import type { ObjectThreads } from './object-threads.ts'
import { checkBlobKey } from './storage/blob-key.ts'
import { readSealedRange } from './storage/sealed-range.ts'

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
  /**
   * The same for bytes whose SHA-256 (hexadecimal) somebody has signed: compared also with what is there already. Nobody
   * changes the bytes before it answers; shared memory is not copied. Throws `WrongHash`, and then nothing was stored.
   */
  readonly putStated: (
    key: string,
    bytes: Uint8Array,
    dataKey: Uint8Array,
    sha256: string,
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

/** Handing a smaller object to a thread costs more than it saves. */
const ownThreadBytes = 64 * 1024

/**
 * Encrypted files under a folder, one for each key, written as `object-file.ts` says. What a crash leaves half written is
 * removed by {@link removeUnfinished} at the next start.
 */
export function createFileBlobs(
  folder: string,
  ids: Pick<Ids, 'uuid' | 'bytes'>,
  directories: DirectorySync = createDirectorySync(),
  aead: StreamingAead = footageAead,
  /** Without them, and for small objects, the caller's own thread does the work. */
  threads?: Pick<ObjectThreads, 'keep'>,
): BlobStore {
  const keep = createObjectKeeper(aead, directories)
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
    sha256: string | null,
  ): Promise<Put> {
    const target = fileOf(key)
    const home = path.dirname(target)
    await ensureFolder(path.resolve(home))
    const temporary = path.join(home, `${unfinished}${ids.uuid()}`)
    const task = { key, target, temporary, dataKey, random: ids.bytes(aead.randomBytes), sha256 }
    if (threads === undefined || !(bytes instanceof Uint8Array) || bytes.length < ownThreadBytes) {
      return keep(task, bytes)
    }
    const put = await threads.keep(task, bytes)
    await directories.sync(home)
    return put
  }

  // One after the other for each key: the second finds the first one's object, and compares its own bytes all the same.
  function inTurn(key: string, work: () => Promise<Put>): Promise<Put> {
    const before = underWay.get(key)
    const put = before === undefined ? work() : before.then(work, work)
    underWay.set(key, put)
    const forget = (): void => {
      if (underWay.get(key) === put) {
        underWay.delete(key)
      }
    }
    put.then(forget, forget)
    return put
  }

  return {
    put: async (key, bytes, dataKey) => inTurn(checkBlobKey(key), () => putOnce(key, bytes, dataKey, null)),
    putStated: async (key, bytes, dataKey, sha256) =>
      inTurn(checkBlobKey(key), () => putOnce(key, bytes, dataKey, sha256)),
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

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
