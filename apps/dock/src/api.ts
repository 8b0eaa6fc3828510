import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import {
  type BodyOf,
  fleetOperations,
  intakeOperations,
  type Operation,
  type ParamsOf,
  type ReplyOf,
} from '@sereno/contracts'

const operations = { ...fleetOperations, ...intakeOperations }
type Operations = typeof operations
type Part<Name extends string, Value> = Value extends undefined ? unknown : { readonly [K in Name]: Value }
type Sent<O extends Operation> = Part<'params', ParamsOf<O>> &
  (BodyOf<O> extends 'stream' ? { readonly bytes: Uint8Array } : Part<'body', BodyOf<O>>) & {
    readonly headers?: Readonly<Record<string, string>>
  }

/** The server refused, with a code of the contract (RFC 9457). */
export class Refused extends Error {
  readonly status: number
  readonly code: string
  constructor(status: number, code: string, detail: string) {
    super(`${code}: ${detail}`)
    this.status = status
    this.code = code
  }
}
/** No answer: the server or the network between is away. Trying again may help. */
export class Away extends Error {}

export type Api = {
  readonly url: string
  call<K extends keyof Operations>(name: K, sent: Sent<Operations[K]>): Promise<ReplyOf<Operations[K]>>
  close(): void
}

/**
 * The contract's operations over a few kept connections. node:http and not fetch: a block is one buffer, and is handed to the
 * socket as it is.
 * @param ca PEM of the installation's own authority, where it serves a local network
 */
export function createApi(url: string, authorization: () => string | null, ca: string | null = null): Api {
  const isSecure = url.startsWith('https:')
  const agent = isSecure
    ? new HttpsAgent({ keepAlive: true, maxSockets: 6, ...(ca === null ? {} : { ca }) })
    : new HttpAgent({ keepAlive: true, maxSockets: 6 })
  const base = url.replace(/\/$/, '')

  function send(
    method: string,
    path: string,
    headers: Record<string, string>,
    body: Uint8Array | null,
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const token = authorization()
      const options = {
        method,
        agent,
        timeout: 180_000,
        headers: {
          ...headers,
          ...(token === null ? {} : { authorization: token }),
          ...(body === null ? {} : { 'content-length': String(body.length) }),
        },
      }
      const handle = (response: IncomingMessage): void => {
        const pieces: Uint8Array[] = []
        response.on('data', (piece: Uint8Array) => pieces.push(piece))
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(pieces).toString('utf8') }),
        )
        response.on('error', (error) => reject(new Away(error.message)))
      }
      const request = isSecure
        ? httpsRequest(`${base}${path}`, options, handle)
        : httpRequest(`${base}${path}`, options, handle)
      request.on('timeout', () => request.destroy(new Error('timeout')))
      request.on('error', (error) => reject(new Away(error.message)))
      request.end(body ?? undefined)
    })
  }

  return {
    url: base,
    async call(name, sent) {
      const [method = 'GET', pattern = ''] = name.split(' ')
      const given = sent as {
        readonly params?: Readonly<Record<string, string | number>>
        readonly body?: unknown
        readonly bytes?: Uint8Array
        readonly headers?: Readonly<Record<string, string>>
      }
      const path = pattern.replaceAll(/:(\w+)/g, (_, key: string) => encodeURIComponent(String(given.params?.[key])))
      const body = given.bytes ?? (given.body === undefined ? null : Buffer.from(JSON.stringify(given.body)))
      const type = given.bytes === undefined ? 'application/json' : 'application/octet-stream'
      const headers = { ...(body === null ? {} : { 'content-type': type }), ...given.headers }
      const { status, text } = await send(method, `/api${path}`, headers, body)
      if (status >= 200 && status < 300) {
        return JSON.parse(text) as ReplyOf<Operations[typeof name]>
      }
      const problem = problemOf(text)
      // A proxy's page, a full disk, a restart: all of it may be otherwise in a minute.
      throw status >= 500 || status === 408 || status === 429
        ? new Away(`${status} ${problem.code ?? ''}`)
        : new Refused(status, problem.code ?? `http.${status}`, problem.detail ?? '')
    },
    close: () => agent.destroy(),
  }
}

type Answer = { readonly status: number; readonly text: string }

function problemOf(text: string): { readonly code?: string; readonly detail?: string } {
  try {
    return JSON.parse(text) as { code?: string; detail?: string }
  } catch {
    return {}
  }
}
