import { closeSync, constants, fdatasyncSync, ftruncateSync, openSync, rmSync, writeSync } from 'node:fs'

/**
 * Writes files past the page cache (`O_DIRECT`, open(2)): footage is written once and seldom read soon, and filling the cache
 * with it costs more processor time than encrypting it (docs/decisions/0032), while it pushes out what PostgreSQL reads.
 * One of them writes one file at a time.
 */
export type DirectFiles = {
  /**
   * A new file of these pieces, its bytes durable (fdatasync) when it answers; its name is not. The stored size. A failure leaves
   * no file behind.
   */
  readonly write: (file: string, pieces: () => Iterable<Uint8Array>) => number
}

/** What every disk's blocks divide: logical blocks have 512 or 4,096 bytes. */
const blockBytes = 4096
const pageBytes = 1024 * 1024
const wasmPageBytes = 65_536

/** Part of every JavaScript engine, but not of the types used here. */
declare const WebAssembly: { readonly Memory: new (size: { initial: number }) => { readonly buffer: ArrayBuffer } }

export type DirectSettings = {
  /** Where pieces are gathered: at a block's border, or every file goes through the cache. */
  readonly page?: Uint8Array
  /** Told once when the file system cannot. */
  readonly onCache?: () => void
}

export function createDirectFiles({ page = alignedPage(), onCache }: DirectSettings = {}): DirectFiles {
  /** False once the file system has said that it cannot: then through the cache, as any file. */
  let isDirect = true

  function writeOnce(file: string, pieces: Iterable<Uint8Array>): number {
    const flags = constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY | (isDirect ? constants.O_DIRECT : 0)
    const descriptor = openSync(file, flags, 0o600)
    try {
      const sizeBytes = fill(descriptor, page, pieces)
      fdatasyncSync(descriptor)
      return sizeBytes
    } catch (error) {
      rmSync(file, { force: true })
      throw error
    } finally {
      closeSync(descriptor)
    }
  }

  return {
    write(file, pieces) {
      try {
        return writeOnce(file, pieces())
      } catch (error) {
        if (!isDirect || !isInvalid(error)) {
          throw error
        }
        isDirect = false
        onCache?.()
        rmSync(file, { force: true })
        return writeOnce(file, pieces())
      }
    },
  }
}

/** A memory of WebAssembly begins at a page's border; of a buffer nothing says where it begins. */
function alignedPage(): Uint8Array {
  return new Uint8Array(new WebAssembly.Memory({ initial: pageBytes / wasmPageBytes }).buffer)
}

function fill(descriptor: number, page: Uint8Array, pieces: Iterable<Uint8Array>): number {
  let position = 0
  let filled = 0
  for (const piece of pieces) {
    for (let from = 0; from < piece.length; ) {
      const part = piece.subarray(from, from + page.length - filled)
      page.set(part, filled)
      filled += part.length
      from += part.length
      if (filled === page.length) {
        writeAll(descriptor, page, position)
        position += filled
        filled = 0
      }
    }
  }
  if (filled > 0) {
    // Whole blocks only: the last one is filled up, and the file cut to its size.
    const whole = Math.ceil(filled / blockBytes) * blockBytes
    page.fill(0, filled, whole)
    writeAll(descriptor, page.subarray(0, whole), position)
    position += filled
    if (whole !== filled) {
      ftruncateSync(descriptor, position)
    }
  }
  return position
}

function writeAll(descriptor: number, bytes: Uint8Array, position: number): void {
  for (let from = 0; from < bytes.length; ) {
    from += writeSync(descriptor, bytes, from, bytes.length - from, position + from)
  }
}

function isInvalid(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EINVAL'
}
