import type { BodyOf, Operation, Operations, ParamsOf, Permission, QueryOf, ReplyOf } from '@sereno/contracts'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Actor, Scope } from './actor.ts'

export type Language = 'es' | 'en'

/** What a handler is given: already validated, authenticated and permitted. */
export type Caller<O extends Operation> = {
  readonly actor: Actor
  readonly scope: Scope
  readonly params: ParamsOf<O>
  readonly query: QueryOf<O>
  /** `'stream'` operations read `request.raw` themselves (see `readBody`) and count its bytes. */
  readonly body: BodyOf<O>
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  /** The reader's language, by `accept-language`; Spanish unless English is asked for. */
  readonly language: Language
}

/** Who writes the bytes itself answers nothing that would be sent. */
type Answer<R> = R extends 'stream' ? unknown : R
type Handler<O extends Operation> = (call: Caller<O>) => Promise<Answer<ReplyOf<O>>>

/** One handler for each operation. A missing or an extra one does not compile. */
export type Handlers<T extends Operations> = {
  readonly [K in keyof T]: T[K] extends Operation ? Handler<T[K]> : never
}

/** An operation and its handler, the types already checked by {@link routes}. */
export type Route = {
  readonly name: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below the server's root: `/api/recordings/:id`. */
  readonly url: string
  readonly operation: Operation
  readonly handle: (call: Caller<Operation>) => Promise<unknown>
}
export type RouteTable = readonly Route[]

/** A contract and its handlers as routes under `/api`. */
export function routes<T extends Operations>(operations: T, handlers: Handlers<T>): RouteTable {
  return Object.entries(operations).map(([name, operation]) => {
    const [method = '', path = ''] = name.split(' ')
    return {
      name,
      method: method as Route['method'],
      url: `/api${path}`,
      operation,
      // The adapter validates by the operation's own schemas before it calls, so the handler's narrower type holds.
      handle: handlers[name as keyof T] as unknown as Route['handle'],
    }
  })
}

/** What we use of a `ws` socket (the package ships no types). */
export type WebSocket = {
  readonly readyState: number
  /** Bytes accepted by `send` and not yet handed to the kernel: the measure of a slow reader. */
  readonly bufferedAmount: number
  send(data: string | Uint8Array, done?: (error?: Error) => void): void
  close(code?: number, reason?: string): void
  terminate(): void
  ping(): void
  /** Stops reading: what arrives meanwhile waits in the network, not in memory. */
  pause(): void
  resume(): void
  on(event: 'message', listener: (data: Uint8Array, isBinary: boolean) => void): unknown
  on(event: 'close', listener: (code: number, reason: Uint8Array) => void): unknown
  on(event: 'error', listener: (error: Error) => void): unknown
  on(event: 'pong', listener: () => void): unknown
}
/** `readyState` of a socket that can be sent to. */
export const socketOpen = 1

export type SocketCall = {
  readonly actor: Actor
  readonly scope: Scope
  readonly query: Readonly<Record<string, string>>
  readonly request: FastifyRequest
}
export type SocketRoute = {
  /** The whole path, e.g. `/api/room`. */
  readonly path: string
  readonly access: Permission | 'device' | 'public'
  /** Called once the connection is open and its actor permitted. Exceptions close it with 1011. */
  readonly open: (socket: WebSocket, call: SocketCall) => void
}

/**
 * A plain handler outside the contract (log tiles, the trust file's second address), without access. GET unless told; a
 * POST leaves the body unread and is limited by address.
 */
export type PublicFile = {
  readonly method?: 'POST'
  readonly url: string
  readonly handle: (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>
}
