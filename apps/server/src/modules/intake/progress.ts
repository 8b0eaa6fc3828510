/**
 * The whole file's SHA-256, made while its blocks arrive: in order as far as they come in order, a few held until their
 * turn. Only memory: after a restart, or when too many come early, the rest is read back from the store.
 */
import { createHash, type Hash } from 'node:crypto'

export type Progress = {
  /** True when the bytes are kept here for a while: the caller must not give them away. */
  readonly take: (block: number, bytes: Uint8Array) => boolean
  /** How many blocks are in the hash; the rest must be given with `add`. */
  readonly hashed: () => number
  readonly add: (bytes: Uint8Array) => void
  readonly digest: () => string
}

export function createProgress(heldBlocks: number): Progress {
  const hash: Hash = createHash('sha256')
  const held = new Map<number, Uint8Array>()
  let next = 0
  return {
    take(block, bytes) {
      if (block !== next) {
        if (block > next && held.size < heldBlocks && !held.has(block)) {
          held.set(block, bytes)
          return true
        }
        return false
      }
      hash.update(bytes)
      next += 1
      for (let early = held.get(next); early !== undefined; early = held.get(next)) {
        hash.update(early)
        held.delete(next)
        next += 1
      }
      return false
    },
    hashed: () => next,
    add: (bytes) => void hash.update(bytes),
    digest: () => hash.digest('hex'),
  }
}

/** One for each upload under way; the oldest are forgotten first. */
export function createProgresses(heldBlocks: number, most = 64) {
  const all = new Map<string, Progress>()
  return {
    of(upload: string): Progress {
      const known = all.get(upload) ?? createProgress(heldBlocks)
      all.delete(upload)
      all.set(upload, known)
      for (const oldest of all.keys()) {
        if (all.size <= most) {
          break
        }
        all.delete(oldest)
      }
      return known
    },
    forget: (upload: string) => void all.delete(upload),
  }
}
