import type { Source } from '@sereno/proof'

type Sliceable = {
  readonly size: number
  readonly slice: (start: number, end: number) => { readonly arrayBuffer: () => Promise<ArrayBuffer> }
}

/** Each request to the browser for bytes of a file costs milliseconds, however few they are. */
const chunkBytes = 4 * 1024 * 1024
/** Footage and statements are read in turn, at two places of the file, each with the next chunk on its way. */
const keptChunks = 6

/**
 * A File in aligned chunks, of which few are kept and the next is already asked for: memory stays below 24 MiB, whatever
 * the size of the file. One reading at a time, in the order asked for.
 */
export function readAhead(file: Sliceable): Source {
  const chunks = new Map<number, Promise<Uint8Array<ArrayBuffer>>>()

  function fetch(index: number): Promise<Uint8Array<ArrayBuffer>> {
    const kept = chunks.get(index)
    const start = index * chunkBytes
    const chunk =
      kept ??
      file
        .slice(start, Math.min(file.size, start + chunkBytes))
        .arrayBuffer()
        .then((buffer) => new Uint8Array(buffer))
    // Newest last; the oldest goes.
    chunks.delete(index)
    chunks.set(index, chunk)
    const [oldest] = chunks.keys()
    if (chunks.size > keptChunks && oldest !== undefined) {
      // Left to the garbage collector, which sees its size: handing the buffer back by hand makes Chromium keep a second one.
      chunks.delete(oldest)
    }
    return chunk
  }

  function ask(index: number): void {
    if (index * chunkBytes < file.size && !chunks.has(index)) {
      // Whoever needs it meets its failure again; nobody waits for it here.
      fetch(index).catch(() => chunks.delete(index))
    }
  }

  async function read(offset: number, lengthBytes: number, into?: Uint8Array): Promise<Uint8Array> {
    const end = Math.min(file.size, offset + lengthBytes)
    const first = Math.floor(offset / chunkBytes)
    const last = Math.floor(Math.max(offset, end - 1) / chunkBytes)
    const bytes = (into ?? new Uint8Array(Math.max(0, end - offset))).subarray(0, Math.max(0, end - offset))
    for (let index = first; index <= last && offset < end; index += 1) {
      const chunk = await fetch(index)
      ask(index + 1)
      const start = index * chunkBytes
      bytes.set(chunk.subarray(Math.max(0, offset - start), end - start), Math.max(0, start - offset))
    }
    return bytes
  }

  let before: Promise<unknown> = Promise.resolve()
  return {
    sizeBytes: file.size,
    read: (offset, lengthBytes, into) => {
      const mine = before.then(() => read(offset, lengthBytes, into))
      // The next one waits for this one, and not for its failure.
      before = mine.catch(() => undefined)
      return mine
    },
  }
}
