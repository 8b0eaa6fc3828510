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

const defaultGraceMs = 5000

/**
 * Reads a `'stream'` operation's body into memory, counting while it arrives: Fastify's own limit does not bind a body
 * that is handed on. `declaredBytes` (content-length) gives one allocation instead of a copy at the end.
 * Refuses `request.too-large`, `request.too-slow`; a body cut short is `request.invalid`. Fails with `Unavailable` when
 * its share of the budget may not grow.
 */
export function readBody(
  source: Readable,
  limits: BodyLimits,
  declaredBytes?: number,
  /** Where the body is put, e.g. from a pool: at least as many bytes as are asked for. */
  allocate: (sizeBytes: number) => Uint8Array = (sizeBytes) => Buffer.allocUnsafeSlow(sizeBytes),
): Promise<Uint8Array> {
  if (declaredBytes !== undefined && declaredBytes > limits.limitBytes) {
    // The rest is not read: the connection is closed after the answer.
    return Promise.reject(new Refusal('request.too-large', { limitBytes: limits.limitBytes }))
  }
  return new Promise((resolve, reject) => {
    const startedMs = performance.now()
    const graceMs = limits.graceMs ?? defaultGraceMs
    let whole = declaredBytes === undefined ? null : allocate(declaredBytes).subarray(0, declaredBytes)
    const pieces: Uint8Array[] = []
    // What a socket hands over is ours alone; an injected request's bytes are still its maker's.
    const isSocket = source instanceof IncomingMessage
    let sizeBytes = 0

    const settle = (action: () => void): void => {
      clearInterval(timer)
      source.off('data', onData).off('end', onEnd).off('error', onError).off('close', onClose)
      action()
    }
    const refuse = (problem: unknown): void => {
      settle(() => {
        source.pause()
        reject(problem)
      })
    }
    const onData = (piece: Uint8Array): void => {
      if (sizeBytes + piece.length > limits.limitBytes) {
        refuse(new Refusal('request.too-large', { limitBytes: limits.limitBytes }))
        return
      }
      try {
        limits.share?.grow(piece.length)
      } catch (problem) {
        refuse(problem)
        return
      }
      if (whole !== null && sizeBytes + piece.length <= whole.length) {
        whole.set(piece, sizeBytes)
        sizeBytes += piece.length
        if (isSocket) {
          release(piece)
        }
        return
      }
      if (whole !== null) {
        pieces.push(whole.subarray(0, sizeBytes))
        whole = null
      }
      pieces.push(piece)
      sizeBytes += piece.length
    }
    const onEnd = (): void => settle(() => resolve(whole?.subarray(0, sizeBytes) ?? Buffer.concat(pieces, sizeBytes)))
    const onError = (): void => settle(() => reject(new Refusal('request.invalid', { where: 'body' })))
    const onClose = onError
    const timer = setInterval(
      () => {
        const tookMs = performance.now() - startedMs
        const tooSlow = tookMs > graceMs && (sizeBytes * 1000) / tookMs < (limits.minimumBytesPerSecond ?? 0)
        if (tookMs > limits.timeoutMs || tooSlow) {
          refuse(new Refusal('request.too-slow'))
        }
      },
      Math.min(1000, graceMs, limits.timeoutMs),
    )
    source.on('data', onData).on('end', onEnd).on('error', onError).on('close', onClose)
  })
}
