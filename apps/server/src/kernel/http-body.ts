import { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import { Refusal, Unavailable } from './errors.ts'
import { release } from './release.ts'

export type BodyLimits = {
  readonly limitBytes: number
  /** Whole body, from the call. */
  readonly timeoutMs: number
  /** After the grace the average may not be below this: a drip holds memory and a connection. */
  readonly minimumBytesPerSecond?: number
  /** Five seconds unless told. */
  readonly graceMs?: number
  /** Bytes are counted against it as they arrive; whoever opened it closes it when they are no longer held. */
  readonly share?: BodyShare
}

/** All bodies held at once, of whomever: what strangers send together must not fill the memory. */
export type BodyBudget = { readonly open: () => BodyShare; readonly heldBytes: () => number }
export type BodyShare = {
  /** Throws `Unavailable('memory')` when no more may be held. */
  readonly grow: (sizeBytes: number) => void
  /** Gives everything back; harmless when repeated. */
  readonly close: () => void
}

export function createBodyBudget(maximumBytes: number): BodyBudget {
  let heldBytes = 0
  return {
    heldBytes: () => heldBytes,
    open() {
      let ownBytes = 0
      return {
        grow(sizeBytes) {
          if (heldBytes + sizeBytes > maximumBytes) {
            throw new Unavailable('memory')
          }
          heldBytes += sizeBytes
          ownBytes += sizeBytes
        },
        close() {
          heldBytes -= ownBytes
          ownBytes = 0
        },
      }
    },
  }
}

/** A body that is judged by its beginning before the rest of it is waited for. */
export type Body = {
  /** The first so many bytes; all there are, when it ends before. They are in `whole` too, and gone once it is asked for. */
  readonly first: (sizeBytes: number) => Promise<Uint8Array>
  /** Everything. `allocate` says where it is put when its length was declared: at least as many bytes as are asked for. */
  readonly whole: (allocate?: (sizeBytes: number) => Uint8Array) => Promise<Uint8Array>
  /**
   * Throws away what was held and what still comes, within the same limits: the sender is answered at once, gets to the end
   * of its request and may use the connection again. Beyond the limits the connection is closed. Harmless after the end.
   */
  readonly discard: () => void
}

const defaultGraceMs = 5000
/** How far a sender may get ahead of whoever judges the beginning. */
const aheadBytes = 128 * 1024

/**
 * Opens a `'stream'` operation's body, counting while it arrives: Fastify's own limit does not bind a body that is handed
 * on. `declaredBytes` (content-length) refuses the too long at once. Refuses `request.too-large`, `request.too-slow`; a
 * body cut short is `request.invalid`. Fails with `Unavailable` when its share of the budget may not grow.
 */
export function openBody(source: Readable, limits: BodyLimits, declaredBytes?: number): Body {
  const startedMs = performance.now()
  const graceMs = limits.graceMs ?? defaultGraceMs
  // What a socket hands over is ours alone; an injected request's bytes are still its maker's.
  const isSocket = source instanceof IncomingMessage
  let held: Uint8Array[] = []
  let heldBytes = 0
  /** Where the body is put, from the moment that all of it is wanted. */
  let target: Uint8Array | null = null
  let receivedBytes = 0
  let wantedBytes = 0
  let ended = false
  let discarding = false
  let problem: unknown = null
  let wake: (() => void) | null = null

  const timer = setInterval(
    () => {
      const tookMs = performance.now() - startedMs
      const tooSlow = tookMs > graceMs && (receivedBytes * 1000) / tookMs < (limits.minimumBytesPerSecond ?? 0)
      if (tookMs > limits.timeoutMs || tooSlow) {
        fail(new Refusal('request.too-slow'))
      }
    },
    Math.min(1000, graceMs, limits.timeoutMs),
  )
  const stop = (): void => {
    clearInterval(timer)
    source.off('data', onData).off('end', onEnd).off('error', onCut).off('close', onCut)
  }
  const fail = (cause: unknown): void => {
    stop()
    problem = cause
    held = []
    source.pause()
    if (discarding) {
      source.destroy()
    }
    wake?.()
  }
  const keep = (piece: Uint8Array): void => {
    if (target !== null && heldBytes + piece.length <= target.length) {
      copyInto(target, heldBytes, piece)
      heldBytes += piece.length
      if (isSocket) {
        release(piece)
      }
      return
    }
    if (target !== null) {
      // More than was declared, which Node's parser does not let through; an injected request may.
      held = [target.subarray(0, heldBytes)]
      target = null
    }
    held.push(piece)
    heldBytes += piece.length
  }
  const onData = (piece: Uint8Array): void => {
    receivedBytes += piece.length
    if (receivedBytes > limits.limitBytes) {
      fail(new Refusal('request.too-large', { limitBytes: limits.limitBytes }))
      return
    }
    if (discarding) {
      return
    }
    try {
      limits.share?.grow(piece.length)
    } catch (cause) {
      fail(cause)
      return
    }
    keep(piece)
    if (heldBytes >= wantedBytes) {
      wake?.()
      if (heldBytes >= wantedBytes + aheadBytes) {
        source.pause()
      }
    }
  }
  const onEnd = (): void => {
    ended = true
    stop()
    wake?.()
  }
  const onCut = (): void => fail(new Refusal('request.invalid', { where: 'body' }))

  if (declaredBytes !== undefined && declaredBytes > limits.limitBytes) {
    // The rest is not read: the connection is closed after the answer.
    fail(new Refusal('request.too-large', { limitBytes: limits.limitBytes }))
  } else {
    source.on('data', onData).on('end', onEnd).on('error', onCut).on('close', onCut)
  }

  async function arrived(sizeBytes: number): Promise<void> {
    wantedBytes = sizeBytes
    while (problem === null && !ended && heldBytes < wantedBytes) {
      source.resume()
      await new Promise<void>((resolve) => {
        wake = resolve
      })
      wake = null
    }
    if (problem !== null) {
      throw problem
    }
  }

  return {
    async first(sizeBytes) {
      await arrived(sizeBytes)
      if (held.length > 1 && (held[0]?.length ?? 0) < sizeBytes) {
        held = [Buffer.concat(held, heldBytes)]
      }
      return held[0]?.subarray(0, sizeBytes) ?? new Uint8Array()
    },
    async whole(allocate = Buffer.allocUnsafeSlow) {
      if (declaredBytes !== undefined && problem === null) {
        const pieces = held
        held = []
        heldBytes = 0
        target = allocate(declaredBytes).subarray(0, declaredBytes)
        pieces.forEach(keep)
      }
      await arrived(Number.POSITIVE_INFINITY)
      return target?.subarray(0, heldBytes) ?? Buffer.concat(held, heldBytes)
    },
    discard() {
      discarding = true
      held = []
      if (!ended && problem === null) {
        source.resume()
      }
    },
  }
}

/**
 * `TypedArray.set` into shared memory goes byte by byte unless both addresses happen to be aligned alike (nine times slower than
 * memcpy, measured); `Buffer.fill` is memcpy.
 */
function copyInto(target: Uint8Array, at: number, piece: Uint8Array): void {
  if (piece.length > 0) {
    Buffer.from(target.buffer, target.byteOffset, target.length).fill(piece, at, at + piece.length)
  }
}

/** Reads a whole body into memory; see {@link openBody}. */
export function readBody(source: Readable, limits: BodyLimits, declaredBytes?: number): Promise<Uint8Array> {
  return openBody(source, limits, declaredBytes).whole()
}

/** Bytes that are already there, as a body. */
export function bodyOf(bytes: Uint8Array): Body {
  return {
    first: async (sizeBytes) => bytes.subarray(0, sizeBytes),
    whole: async () => bytes,
    discard: () => undefined,
  }
}
