import { type FileHandle, open } from 'node:fs/promises'
import type { Source } from '@sereno/proof'

/** A file read in pieces, never whole: a package of 100 GB is checked in the memory of one segment. */
export async function openFile(
  path: string,
): Promise<{ readonly source: Source; readonly close: () => Promise<void> }> {
  const file = await open(path, 'r')
  const { size } = await file.stat()
  return {
    source: { sizeBytes: size, read: (offset, lengthBytes, into) => readAt(file, offset, lengthBytes, into) },
    close: () => file.close(),
  }
}

async function readAt(
  file: FileHandle,
  offset: number,
  lengthBytes: number,
  bytes: Uint8Array = new Uint8Array(lengthBytes),
): Promise<Uint8Array> {
  let filled = 0
  while (filled < lengthBytes) {
    const { bytesRead } = await file.read(bytes, filled, lengthBytes - filled, offset + filled)
    if (bytesRead === 0) {
      break
    }
    filled += bytesRead
  }
  return bytes.subarray(0, filled)
}
