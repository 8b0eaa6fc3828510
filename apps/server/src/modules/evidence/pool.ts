/**
 * Memory for upload bodies, used again and again and shared with the threads that store them: half a megabyte allocated for
 * each segment would make the garbage collector run for nothing else, and handing it to a thread costs a copy.
 */
export type Pool = {
  /** At least `sizeBytes` long, with whatever was in it. */
  readonly take: (sizeBytes: number) => Uint8Array
  /** Gives back what `take` answered, or a part of it. Nobody may read it afterwards. */
  readonly give: (bytes: Uint8Array) => void
}

/** Larger bodies are rare and left to the collector. */
const pooledBytes = 1024 * 1024

/** Keeps at most `maximum` idle buffers of 1 MiB. */
export function createPool(maximum: number): Pool {
  const idle = new Set<ArrayBufferLike>()
  const ours = new WeakSet<ArrayBufferLike>()
  return {
    take(sizeBytes) {
      if (sizeBytes > pooledBytes) {
        return new Uint8Array(new SharedArrayBuffer(sizeBytes))
      }
      const [first] = idle
      if (first !== undefined) {
        idle.delete(first)
        return new Uint8Array(first)
      }
      const made = new SharedArrayBuffer(pooledBytes)
      ours.add(made)
      return new Uint8Array(made)
    },
    give(bytes) {
      // By buffer, so that giving back twice does not lend it to two uploads.
      if (ours.has(bytes.buffer) && idle.size < maximum) {
        idle.add(bytes.buffer)
      }
    },
  }
}
