/**
 * Reads one upload body from the socket: counted, bounded and timed. Fastify's body limit does not bind a route that
 * reads the stream itself, so the bytes are counted here.
 */
import type { IncomingMessage } from 'node:http'
import { Refusal } from '../../kernel/errors.ts'

export type BodyLimits = {
  readonly maximumBytes: number
  /** Nobody is judged before this has passed. */
  readonly graceMs: number
  /** Mean rate a sender must keep after the grace: below it, it only holds a connection. */
  readonly minimumBytesPerSecond: number
}

/**
 * The whole body. Throws Refusal `request.too-large` as soon as more than `maximumBytes` are announced or arrive, and
 * `request.too-slow` when the mean rate stays below the minimum. A sender that goes away gives `request.too-slow`
 * too: nobody is there to read it.
 */
export async function receiveBody(request: IncomingMessage, limits: BodyLimits): Promise<Uint8Array> {
  const announced = announcedBytes(request)
  if (announced !== null && announced > limits.maximumBytes) {
    throw new Refusal('request.too-large', { maximumBytes: limits.maximumBytes })
  }
  return new Promise((resolve, reject) => {
    // One buffer of the announced size: the pages are touched only as bytes arrive, so announcing costs nothing here.
    let body = Buffer.allocUnsafeSlow(announced ?? 64 * 1024)
    let received = 0
    const startedAt = performance.now()
    const finish = (problem: Refusal | null): void => {
      clearInterval(watch)
      request.removeListener('data', take).removeListener('end', end).removeListener('error', gone)
      request.removeListener('close', gone)
      if (problem === null) {
        resolve(received === body.length ? body : body.subarray(0, received))
      } else {
        request.pause()
        reject(problem)
      }
    }
    const take = (chunk: Buffer): void => {
      const total = received + chunk.length
      if (total > limits.maximumBytes) {
        finish(new Refusal('request.too-large', { maximumBytes: limits.maximumBytes }))
        return
      }
      if (total > body.length) {
        const larger = Buffer.allocUnsafeSlow(Math.min(limits.maximumBytes, Math.max(total, body.length * 2)))
        body.copy(larger, 0, 0, received)
        body = larger
      }
      chunk.copy(body, received)
      received = total
    }
    const end = (): void => finish(null)
    const gone = (): void => finish(new Refusal('request.too-slow'))
    const watch = setInterval(() => {
      const elapsedMs = performance.now() - startedAt
      if (elapsedMs >= limits.graceMs && received < (elapsedMs / 1_000) * limits.minimumBytesPerSecond) {
        finish(new Refusal('request.too-slow', { minimumBytesPerSecond: limits.minimumBytesPerSecond }))
      }
    }, Math.min(limits.graceMs, 1_000))
    request.on('data', take).on('end', end).on('error', gone).on('close', gone)
  })
}

function announcedBytes(request: IncomingMessage): number | null {
  const header = request.headers['content-length']
  if (header === undefined) {
    return null
  }
  const size = Number(header)
  return Number.isSafeInteger(size) && size >= 0 ? size : null
}
