/**
 * Bytes that can be read anywhere: a File, a buffer, a file handle. `read` answers exactly the bytes asked
 * for, or fewer at the end; it rejects only when the medium fails. It may fill `into`, which is at least as long,
 * and answer a view of it: what was read before into the same array is then gone.
 */
export type Source = {
  readonly sizeBytes: number
  readonly read: (offset: number, lengthBytes: number, into?: Uint8Array) => Promise<Uint8Array>
}

type Sliceable = {
  readonly size: number
  readonly slice: (start: number, end: number) => { readonly arrayBuffer: () => Promise<ArrayBuffer> }
}

export function bytesSource(bytes: Uint8Array): Source {
  return {
    sizeBytes: bytes.length,
    read: (offset, lengthBytes) => Promise.resolve(bytes.subarray(offset, offset + lengthBytes)),
  }
}

/** A browser's File or Blob, read piece by piece. */
export function blobSource(blob: Sliceable): Source {
  return {
    sizeBytes: blob.size,
    read: async (offset, lengthBytes) => new Uint8Array(await blob.slice(offset, offset + lengthBytes).arrayBuffer()),
  }
}
