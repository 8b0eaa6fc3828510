import { createHash, type Hash } from 'node:crypto'
import { type FileHandle, mkdir, open, readdir } from 'node:fs/promises'
import path from 'node:path'
import { absentIsNull } from './absent.ts'

/**
 * A folder as one stream: for each file u32be length ‖ JSON {path, sizeBytes, mode} ‖ bytes; at the end a record with the
 * number of files and the SHA-256 of everything before it, so that a stream that was cut is never taken for whole.
 * Encryption is around it (age), and authenticates every byte.
 */
export type Entry =
  | { readonly kind: 'file'; readonly path: string; readonly sizeBytes: number; readonly mode: number }
  | { readonly kind: 'folder'; readonly path: string; readonly mode: number }
  | { readonly kind: 'end'; readonly count: number; readonly sha256: string }

const longestHeader = 64 * 1024
const pieceBytes = 1024 * 1024
const syncsAtOnce = 48

/**
 * @param living the folder is being written to, as PostgreSQL's is during a base backup and the signer's always: a file that
 * goes away is left out, one that grows or shrinks has the size it had when its turn came (cut, or filled with zeros: its log
 * repairs it, and a line that was cut is none).
 */
export async function* writeArchive(
  folder: string,
  includes: (relative: string) => boolean,
  living = false,
): AsyncGenerator<Uint8Array> {
  const digest = createHash('sha256')
  let count = 0
  const emit = (bytes: Uint8Array): Uint8Array => {
    digest.update(bytes)
    return bytes
  }
  for await (const { relative, isFolder } of walk(folder, '', includes, living)) {
    const full = path.join(folder, relative)
    const opened = await open(full).catch((error: unknown) => {
      if (living) {
        return absentIsNull(error)
      }
      throw error
    })
    if (opened === null) {
      continue
    }
    try {
      // Of what is open, not of the name: a file that is replaced meanwhile is taken whole, as it was.
      const { size, mode } = await opened.stat()
      count += 1
      if (isFolder) {
        yield emit(header({ kind: 'folder', path: relative, mode: mode & 0o777 }))
        continue
      }
      yield emit(header({ kind: 'file', path: relative, sizeBytes: size, mode: mode & 0o777 }))
      let sentBytes = 0
      const end = living ? { end: Math.max(0, size - 1) } : {}
      const reading = { highWaterMark: pieceBytes, autoClose: false, ...end }
      for await (const piece of size === 0 ? [] : opened.createReadStream(reading)) {
        sentBytes += (piece as Uint8Array).length
        yield emit(piece as Uint8Array)
      }
      for (; living && sentBytes < size; sentBytes += Math.min(pieceBytes, size - sentBytes)) {
        yield emit(new Uint8Array(Math.min(pieceBytes, size - sentBytes)))
      }
      if (sentBytes !== size) {
        throw new Error(`${relative} changed while it was read; is something writing to the data folder?`)
      }
    } finally {
      await opened.close()
    }
  }
  yield header({ kind: 'end', count, sha256: digest.digest('hex') })
}

/** The archive is not one, was cut, or holds what it may not. */
export class WrongArchive extends Error {}

/**
 * Unpacks into a folder (made by the caller, empty). Paths that lead out of it are refused. Throws `WrongArchive` unless
 * the end record agrees. Every file is fsynced.
 */
export async function readArchive(pieces: AsyncIterable<Uint8Array>, folder: string): Promise<number> {
  const digest = createHash('sha256')
  const reader = createReader(pieces)
  const syncs = createSyncs()
  try {
    return await unpack(reader, folder, digest, syncs)
  } finally {
    await syncs.all()
  }
}

async function unpack(reader: Reader, folder: string, digest: Hash, syncs: Syncs): Promise<number> {
  for (let count = 0; ; count += 1) {
    const entry = await readHeader(reader, digest)
    if (entry.kind === 'end') {
      if (entry.count !== count || entry.sha256 !== digest.digest('hex') || !(await reader.isAtEnd())) {
        throw new WrongArchive('its end does not agree with what came before')
      }
      return count
    }
    const target = safePath(folder, entry.path)
    if (entry.kind === 'folder') {
      await mkdir(target, { mode: entry.mode })
      continue
    }
    const handle = await open(target, 'wx', entry.mode)
    try {
      await copyBytes(reader, handle, entry.sizeBytes, digest)
    } catch (error) {
      await handle.close()
      throw error
    }
    await syncs.add(() => handle.sync().finally(() => handle.close()))
  }
}

// Many at once share the file system's journal commits: a thousand small files one after the other take a minute.
type Syncs = { readonly add: (sync: () => Promise<void>) => Promise<void>; readonly all: () => Promise<void> }

function createSyncs(): Syncs {
  const running = new Set<Promise<void>>()
  let failure: unknown = null
  return {
    async add(sync) {
      const run: Promise<void> = sync()
        .catch((error: unknown) => {
          failure = error
        })
        .finally(() => running.delete(run))
      running.add(run)
      if (running.size >= syncsAtOnce) {
        await Promise.race(running)
      }
    },
    async all() {
      await Promise.all(running)
      if (failure !== null) {
        throw failure
      }
    },
  }
}

async function* walk(
  root: string,
  relative: string,
  includes: (relative: string) => boolean,
  living: boolean,
): AsyncGenerator<{ readonly relative: string; readonly isFolder: boolean }> {
  const entries = await readdir(path.join(root, relative), { withFileTypes: true }).catch((error: unknown) => {
    if (living) {
      return absentIsNull(error) ?? []
    }
    throw error
  })
  for (const entry of entries.sort((left, right) => (left.name < right.name ? -1 : 1))) {
    const below = relative === '' ? entry.name : `${relative}/${entry.name}`
    if (!includes(below)) {
      continue
    }
    if (entry.isDirectory()) {
      yield { relative: below, isFolder: true }
      yield* walk(root, below, includes, living)
    } else if (entry.isFile()) {
      yield { relative: below, isFolder: false }
    } else if (!entry.isSocket()) {
      throw new WrongArchive(`${below} is neither file nor folder`)
    }
  }
}

function header(entry: Entry): Uint8Array {
  const text = Buffer.from(JSON.stringify(entry))
  const bytes = Buffer.alloc(4 + text.length)
  bytes.writeUInt32BE(text.length)
  text.copy(bytes, 4)
  return bytes
}

type Reader = { readonly read: (maximum: number) => Promise<Uint8Array>; readonly isAtEnd: () => Promise<boolean> }

function createReader(pieces: AsyncIterable<Uint8Array>): Reader {
  const iterator = pieces[Symbol.asyncIterator]()
  let held: Uint8Array = new Uint8Array(0)
  async function fill(): Promise<boolean> {
    while (held.length === 0) {
      const next = await iterator.next()
      if (next.done === true) {
        return false
      }
      held = next.value
    }
    return true
  }
  return {
    async read(maximum) {
      if (!(await fill())) {
        throw new WrongArchive('it is cut off')
      }
      const piece = held.subarray(0, maximum)
      held = held.subarray(piece.length)
      return piece
    },
    isAtEnd: async () => !(await fill()),
  }
}

async function readExactly(reader: Reader, sizeBytes: number): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for (let left = sizeBytes; left > 0; ) {
    const piece = await reader.read(left)
    parts.push(piece)
    left -= piece.length
  }
  return Buffer.concat(parts, sizeBytes)
}

async function readHeader(reader: Reader, digest: Hash): Promise<Entry> {
  const length = await readExactly(reader, 4)
  const sizeBytes = length.readUInt32BE(0)
  if (sizeBytes > longestHeader) {
    throw new WrongArchive('a header is too long')
  }
  const text = await readExactly(reader, sizeBytes)
  const entry = parseEntry(text.toString('utf8'))
  if (entry.kind !== 'end') {
    digest.update(length).update(text)
  }
  return entry
}

function parseEntry(text: string): Entry {
  try {
    const entry = JSON.parse(text) as Entry
    if (['file', 'folder', 'end'].includes(entry.kind)) {
      return entry
    }
  } catch {
    // Falls through.
  }
  throw new WrongArchive('a header cannot be read')
}

async function copyBytes(reader: Reader, handle: FileHandle, sizeBytes: number, digest: Hash): Promise<void> {
  for (let left = sizeBytes; left > 0; ) {
    const piece = await reader.read(left)
    digest.update(piece)
    await handle.writeFile(piece)
    left -= piece.length
  }
}

function safePath(folder: string, relative: string): string {
  const target = path.resolve(folder, relative)
  if (typeof relative !== 'string' || relative === '' || !target.startsWith(`${folder}${path.sep}`)) {
    throw new WrongArchive(`a path leads out of the folder: ${relative}`)
  }
  return target
}
