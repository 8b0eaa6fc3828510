import type {
  BodyOf,
  deliveryOperations,
  fleetOperations,
  incidentOperations,
  ParamsOf,
  ReplyOf,
  trackOperations,
} from '@sereno/contracts'

type DeviceOperations = typeof fleetOperations &
  typeof deliveryOperations &
  typeof trackOperations &
  typeof incidentOperations
type Name = keyof DeviceOperations & string

/** The server refused, with a code of the contract's closed list, or failed at this one request (`bug`). */
export class Refused extends Error {
  readonly code: string
  readonly status: number
  constructor(code: string, status: number) {
    super(code)
    this.code = code
    this.status = status
  }
}
/** The server did not answer, or said it cannot now: try again later. */
export class Unreachable extends Error {}

/** Said by whatever stands before the server, or by a server that can serve nobody now (RFC 9110 §15.6). */
const awayStatuses: ReadonlySet<number> = new Set([502, 503, 504, 507])

export type Fetch = (input: string, init: RequestInit) => Promise<Response>
export type Server = {
  /** A public file of the server, e.g. a tile of the log. Throws {@link Refused} when there is none, {@link Unreachable}. */
  readonly file: (path: string) => Promise<Uint8Array<ArrayBuffer>>
  readonly call: <N extends Name>(
    name: N,
    call: {
      readonly params?: ParamsOf<DeviceOperations[N]>
      readonly body?: BodyOf<DeviceOperations[N]> extends 'stream'
        ? Uint8Array<ArrayBuffer>
        : BodyOf<DeviceOperations[N]>
      readonly token?: string
      /** Of a body of bytes; `application/octet-stream` unless told. */
      readonly contentType?: string
      readonly timeoutMs?: number
    },
  ) => Promise<ReplyOf<DeviceOperations[N]>>
}

/** Calls operations of the contract by name. Throws {@link Refused} or {@link Unreachable}, nothing else. */
export function createServer(fetchIt: Fetch, origin: string): Server {
  return {
    file: async (path) => {
      const response = await reach(fetchIt, `${origin}${path}`, { signal: AbortSignal.timeout(30_000) })
      if (response.status === 404) {
        throw new Refused('request.not-found', 404)
      }
      if (!response.ok) {
        throw new Unreachable(`answered ${response.status}`)
      }
      return new Uint8Array(await response.arrayBuffer())
    },
    call: async (name, { params, body, token, contentType = 'application/octet-stream', timeoutMs = 30_000 }) => {
      const [method = 'GET', path = '/'] = name.split(' ')
      const isBytes = body instanceof Uint8Array
      const headers: Record<string, string> = token === undefined ? {} : { authorization: `Device ${token}` }
      if (body !== undefined) {
        headers['content-type'] = isBytes ? contentType : 'application/json'
      }
      const response = await reach(fetchIt, `${origin}/api${fill(path, params)}`, {
        method,
        headers,
        cache: 'no-store',
        signal: AbortSignal.timeout(timeoutMs),
        ...(body === undefined ? {} : { body: isBytes ? bytesOf(body) : JSON.stringify(body) }),
      })
      const reply = await readJson(response)
      if (response.ok) {
        return reply as ReplyOf<DeviceOperations[typeof name]>
      }
      const { status } = response
      // without a code a 4xx is not ours (a hotel's sign-in page); a 5xx is a failure at this request alone
      const code = codeOf(reply) ?? (status >= 500 ? 'bug' : null)
      const isAway = awayStatuses.has(status) && code !== 'installation.disk-reserve'
      if (code === null || isAway) {
        throw new Unreachable(`answered ${status}`)
      }
      throw new Refused(code, status)
    },
  }
}

// a view whose buffer is our own: fetch takes it without a copy
function bytesOf(body: Uint8Array): Uint8Array<ArrayBuffer> {
  return body.buffer instanceof ArrayBuffer ? (body as Uint8Array<ArrayBuffer>) : new Uint8Array(body)
}

async function reach(fetchIt: Fetch, url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetchIt(url, init)
  } catch {
    throw new Unreachable('no answer')
  }
}

async function readJson(response: Response): Promise<unknown> {
  try {
    return await response.json()
  } catch {
    if (response.ok) {
      throw new Unreachable('an answer that is not JSON')
    }
    return null
  }
}

function fill(path: string, params: unknown): string {
  const values = new Map(Object.entries(params ?? {}))
  return path.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(values.get(name))))
}

function codeOf(reply: unknown): string | null {
  return typeof reply === 'object' && reply !== null && 'code' in reply && typeof reply.code === 'string'
    ? reply.code
    : null
}
