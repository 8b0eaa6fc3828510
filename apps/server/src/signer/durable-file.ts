import { closeSync, fstatSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs'
import path from 'node:path'

/** Writes some of the bytes from `offset` on and answers how many, as write(2) does. A parameter so that tests fill the disk. */
export type WriteSome = (descriptor: number, bytes: Uint8Array, offset: number, length: number) => number

/**
 * Writes a whole small file so that after a crash it is the old or the new one: new file, fsync, rename, fsync of the
 * folder. Only its owner can read it. Throws, and leaves the old one, when the disk does not take every byte.
 */
export function writeDurably(file: string, text: Uint8Array | string, write: WriteSome = writeSync): void {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text
  const temporary = `${file}.new`
  const descriptor = openSync(temporary, 'w', 0o600)
  try {
    writeAll(descriptor, bytes, write)
    fsyncSync(descriptor)
    if (fstatSync(descriptor).size !== bytes.length) {
      throw new Error(`${file}: the disk holds fewer bytes than were written`)
    }
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  } finally {
    closeSync(descriptor)
  }
  renameSync(temporary, file)
  syncFolder(path.dirname(file))
}

/** Every byte, or it throws: a disk that is nearly full takes a part of them without an error (write(2)). */
export function writeAll(descriptor: number, bytes: Uint8Array, write: WriteSome = writeSync): void {
  let from = 0
  while (from < bytes.length) {
    const taken = write(descriptor, bytes, from, bytes.length - from)
    if (taken <= 0) {
      throw new Error(`the disk took ${from} of ${bytes.length} bytes`)
    }
    from += taken
  }
}

/** Names that were made, changed or removed in a folder are so after a crash, too. */
export function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** Null when there is no such file. */
export function readIfThere(file: string): Uint8Array | null {
  try {
    return readFileSync(file)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      return null
    }
    throw error
  }
}
