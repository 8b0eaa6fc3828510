import { Uuid } from '@sereno/contracts'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import type { Actor } from '../../kernel/actor.ts'
import type { WebSocket } from '../../kernel/http.ts'
import type { LiveDeps } from './door.ts'
import { readLiveMessage } from './message.ts'
import type { Publication, Relay } from './relay.ts'
import { closeCodes, jsonOf, send } from './socket.ts'

/** A publisher that has not proved its key by then is closed. */
const answerWithinMs = 10_000
/** Sustained rate at which a publisher is closed: forty times what a camera sends. */
const windowMs = 5_000
const windowBytes = 48 * 1024 * 1024

const Answer = Compile(
  Type.Object(
    {
      recording: Uuid,
      connection: Type.String({ minLength: 1, maxLength: 100 }),
      signature: Type.String({ minLength: 80, maxLength: 200, pattern: '^[A-Za-z0-9_-]*$' }),
    },
    { additionalProperties: false },
  ),
)

type Publisher = {
  readonly socket: WebSocket
  readonly device: string
  readonly openedAt: number
  publication: Publication | null
  windowStartedAt: number
  windowBytes: number
}

export type Publishers = ReturnType<typeof createPublishers>

/**
 * The phone's end of the live leg. It is told a nonce, answers with a signature of its enrolled key over
 * `sereno-live-v1.<nonce>.<recording>.<connection>`, and only then may send. A stolen session token alone cannot put
 * pictures on an operator's screen.
 */
export function createPublishers(
  deps: Pick<LiveDeps, 'fleet' | 'clock' | 'ids' | 'log'>,
  relay: Relay,
  heard: (actor: Actor) => void,
) {
  const publishers = new Set<Publisher>()

  async function prove(publisher: Publisher, nonce: string, said: unknown): Promise<void> {
    const { socket, device } = publisher
    if (!Answer.Check(said)) {
      socket.close(closeCodes.badMessage, 'answer the nonce')
      return
    }
    socket.pause()
    const message = `sereno-live-v1.${nonce}.${said.recording}.${said.connection}`
    const isProved = await deps.fleet.verifyByDevice(device, message, Buffer.from(said.signature, 'base64url'))
    if (!isProved) {
      socket.close(closeCodes.notSigned, 'device.wrong-signature')
    } else if (publishers.has(publisher)) {
      const link = {
        askKeyFrame: () => send(socket, '{"type":"key-frame"}'),
        close: (reason: string) => socket.close(closeCodes.replaced, reason),
      }
      publisher.publication = relay.publish(device, said.recording, link, deps.clock.nowMs())
    }
    socket.resume()
  }

  function take(publisher: Publisher, publication: Publication, bytes: Uint8Array): void {
    const nowMs = deps.clock.nowMs()
    if (nowMs - publisher.windowStartedAt > windowMs) {
      publisher.windowStartedAt = nowMs
      publisher.windowBytes = 0
    }
    publisher.windowBytes += bytes.length
    if (publisher.windowBytes > windowBytes) {
      publisher.socket.close(closeCodes.tooMuch, 'too many bytes')
      return
    }
    const message = readLiveMessage(bytes)
    if ('fault' in message) {
      publisher.socket.close(message.fault === 'too-large' ? closeCodes.tooLarge : closeCodes.badMessage, message.fault)
      return
    }
    publication.accept(message, nowMs)
  }

  return {
    open(socket: WebSocket, actor: Actor): void {
      const nonce = deps.ids.token(24)
      const nowMs = deps.clock.nowMs()
      const publisher: Publisher = {
        socket,
        device: actor.id,
        openedAt: nowMs,
        publication: null,
        windowStartedAt: nowMs,
        windowBytes: 0,
      }
      publishers.add(publisher)
      let answered = false
      let lastHeardAt = 0
      socket.on('message', (data, isBinary) => {
        const atMs = deps.clock.nowMs()
        if (atMs - lastHeardAt > 1_000) {
          lastHeardAt = atMs
          heard(actor)
        }
        if (isBinary && publisher.publication !== null) {
          take(publisher, publisher.publication, data)
        } else if (!isBinary && !answered) {
          answered = true
          prove(publisher, nonce, jsonOf(data)).catch((error: unknown) => {
            deps.log.warn({ err: error }, 'live: a publisher could not be verified')
            socket.terminate()
          })
        } else {
          socket.close(closeCodes.badMessage, isBinary ? 'answer the nonce first' : 'frames only')
        }
      })
      socket.on('close', () => {
        publishers.delete(publisher)
        publisher.publication?.end()
      })
      socket.on('error', () => socket.terminate())
      send(socket, JSON.stringify({ nonce }))
    },
    /** Closes the streams of a device that was returned or revoked. */
    closeAllOf(device: string, reason: string): void {
      for (const publisher of [...publishers].filter((one) => one.device === device)) {
        publisher.socket.close(closeCodes.notSigned, reason)
      }
    },
    sweep(): void {
      const nowMs = deps.clock.nowMs()
      for (const { socket, publication, openedAt } of publishers) {
        if (publication === null && nowMs - openedAt > answerWithinMs) {
          socket.close(closeCodes.tooSlow, 'no answer')
        }
      }
    },
  }
}
