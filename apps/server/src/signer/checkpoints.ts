import path from 'node:path'
import { addSignatures, cosign, formatCheckpoint, signCheckpoint, verifyConsistency } from '@sereno/proof'
import { readIfThere, writeDurably } from './durable-file.ts'
import { proofSigner, type SigningKeys } from './signing-keys.ts'
import { SignerRefusal } from './terms.ts'

/** `next`: the log that continues this one, which is then closed for ever. */
type Kept = { readonly size: number; readonly root: string; readonly next?: string }

export type Checkpoints = {
  readonly last: (origin?: string) => Kept | null
  /** The signed note. Throws `SignerRefusal` signer.fork, signer.invalid. */
  readonly sign: (request: {
    readonly origin: string
    readonly size: number
    readonly root: string
    readonly consistency: readonly string[]
  }) => Promise<string>
  /** Closes a log at exactly its last checkpoint, in favour of another. Throws signer.fork, signer.invalid. */
  readonly close: (request: {
    readonly origin: string
    readonly size: number
    readonly root: string
    readonly next: string
  }) => Promise<void>
  /** A log was closed and its successor has not been signed yet: the keys may still have to be exchanged. */
  readonly isBetween: () => boolean
}

const memoryFile = 'checkpoints.json'

/** Begins the memory with the keys: from then on keys without it are a memory that somebody took away. */
export function beginMemory(folder: string, hasKeys: boolean): void {
  const file = path.join(folder, memoryFile)
  if (readIfThere(file) !== null) {
    return
  }
  if (hasKeys) {
    throw new Error(`${memoryFile} is gone though the keys are there: restore the signer folder from a backup`)
  }
  writeDurably(file, '{}')
}

const originForm = /^[\x21-\x2a\x2c-\x7e]{1,200}$/

/**
 * Signs the log's growth, never a fork: a database restored from an hour ago, or rewritten by its administrator, asks for
 * a checkpoint that does not continue the last one, and gets none.
 *
 * 1 prove consistency · 2 keep the new checkpoint, fsynced · 3 sign. A crash between 2 and 3 means the same size and root
 * are asked for again, which is granted; never two roots for one size.
 */
export function openCheckpoints(
  folder: string,
  keys: Pick<SigningKeys, 'log' | 'logMlDsa'>,
  nowMs: () => number,
): Checkpoints {
  const file = path.join(folder, memoryFile)
  const kept = read(file)
  let busy: Promise<unknown> = Promise.resolve()

  async function signNow(request: Parameters<Checkpoints['sign']>[0]): Promise<string> {
    const { origin, size, root } = request
    const rootBytes = Buffer.from(root, 'base64')
    if (!originForm.test(origin) || !Number.isSafeInteger(size) || size < 0 || rootBytes.length !== 32) {
      throw new SignerRefusal('signer.invalid', 'a checkpoint has an origin, a size and a root of 32 bytes')
    }
    const before = kept.get(origin)
    if (before?.next !== undefined) {
      throw new SignerRefusal('signer.invalid', `${origin} is closed, ${before.next} continues it`)
    }
    if (before !== undefined) {
      const holds = await verifyConsistency({
        olderSize: before.size,
        olderRoot: Buffer.from(before.root, 'base64'),
        newerSize: size,
        newerRoot: rootBytes,
        proof: request.consistency.map((hash) => Buffer.from(hash, 'base64')),
      })
      if (!holds) {
        throw new SignerRefusal(
          'signer.fork',
          `${origin}: size ${size} does not continue the signed size ${before.size}`,
        )
      }
    }
    if (before === undefined || before.size !== size) {
      kept.set(origin, { size, root })
      try {
        writeDurably(file, JSON.stringify(Object.fromEntries(kept)))
      } catch (error) {
        restore(origin, before)
        throw error
      }
    }
    const checkpoint = { origin, size, root: rootBytes, extensions: [] }
    const note = await signCheckpoint(checkpoint, proofSigner(keys.log))
    const nowS = Math.floor(nowMs() / 1000)
    return addSignatures(note, [await cosign(formatCheckpoint(checkpoint), origin, proofSigner(keys.logMlDsa), nowS)])
  }

  async function closeNow({ origin, size, root, next }: Parameters<Checkpoints['close']>[0]): Promise<void> {
    const before = kept.get(origin)
    if (before === undefined || !originForm.test(next) || kept.has(next)) {
      throw new SignerRefusal('signer.invalid', `${origin} cannot be continued by ${next}`)
    }
    if (before.next === next) {
      return
    }
    if (before.size !== size || before.root !== root || before.next !== undefined) {
      throw new SignerRefusal('signer.fork', `${origin} ends at the signed size ${before.size}`)
    }
    kept.set(origin, { ...before, next })
    writeDurably(file, JSON.stringify(Object.fromEntries(kept)))
  }

  function restore(origin: string, before: Kept | undefined): void {
    if (before === undefined) {
      kept.delete(origin)
    } else {
      kept.set(origin, before)
    }
  }

  return {
    last(origin) {
      if (origin !== undefined) {
        return kept.get(origin) ?? null
      }
      return kept.size === 1 ? ([...kept.values()][0] ?? null) : null
    },
    // One at a time: two requests proven against the same predecessor would be a fork.
    sign(request) {
      const next = busy.then(() => signNow(request))
      busy = next.catch(() => undefined)
      return next
    },
    close(request) {
      const next = busy.then(() => closeNow(request))
      busy = next.catch(() => undefined)
      return next
    },
    isBetween: () => [...kept.values()].some(({ next }) => next !== undefined && !kept.has(next)),
  }
}

function read(file: string): Map<string, Kept> {
  const bytes = readIfThere(file)
  if (bytes === null) {
    return new Map()
  }
  const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'))
  const kept = new Map<string, Kept>()
  for (const [origin, checkpoint] of Object.entries(value ?? {})) {
    const { size, root, next } = checkpoint as { size?: unknown; root?: unknown; next?: unknown }
    if (typeof size !== 'number' || typeof root !== 'string') {
      throw new Error(`${file} is damaged; restore it from a backup`)
    }
    kept.set(origin, { size, root, ...(typeof next === 'string' ? { next } : {}) })
  }
  return kept
}
