import { type FileHandle, open } from 'node:fs/promises'
import type { Source } from '@sereno/proof'

/** A file read in pieces, never whole: a package of 100 GB is checked in the memory of one segment. */
export async function openFile(
  path: string,
): Promise<{ readonly source: Source; readonly close: () => Promise<void> }> {
  const file = await open(path, 'r')
  const { size } = await file.stat()
  return {
    source: { sizeBytes: size, read: (offset, lengthBytes) => readAt(file, offset, lengthBytes) },
    close: () => file.close(),
  }
}

async function readAt(file: FileHandle, offset: number, lengthBytes: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(lengthBytes)
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
