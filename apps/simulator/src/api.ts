import {
  type BodyOf,
  caseOperations,
  completenessOperations,
  deliveryOperations,
  derivativeOperations,
  evidenceOperations,
  fleetOperations,
  handOverOperations,
  holdOperations,
  identityOperations,
  incidentOperations,
  installationOperations,
  intakeOperations,
  liveOperations,
  type Operation,
  type ParamsOf,
  type QueryOf,
  type ReplyOf,
  shareOperations,
  territoryOperations,
  trackOperations,
} from '@sereno/contracts'

const operations = {
  ...installationOperations,
  ...identityOperations,
  ...territoryOperations,
  ...fleetOperations,
  ...trackOperations,
  ...completenessOperations,
  ...deliveryOperations,
  ...evidenceOperations,
  ...intakeOperations,
  ...holdOperations,
  ...caseOperations,
  ...derivativeOperations,
  ...handOverOperations,
  ...shareOperations,
  ...incidentOperations,
  ...liveOperations,
}
type Operations = typeof operations
type Part<Name extends string, Value> = Value extends undefined ? unknown : { readonly [K in Name]: Value }
type Sent<O extends Operation> = Part<'params', ParamsOf<O>> &
  Part<'query', QueryOf<O>> &
  (BodyOf<O> extends 'stream' ? { readonly body: Uint8Array<ArrayBuffer> } : Part<'body', BodyOf<O>>)

/** Anything that fetches: the real network, or one that loses. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>

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

export type Api = {
  readonly url: string
  call<K extends keyof Operations>(name: K, sent: Sent<Operations[K]>): Promise<ReplyOf<Operations[K]>>
  /** The raw answer, for streams. */
  open<K extends keyof Operations>(name: K, sent: Sent<Operations[K]>): Promise<Response>
}

/** The contract's operations as a typed client. `headers` is asked before each request: sessions are renewed. */
export function createApi(url: string, fetch: Fetch, headers: () => Readonly<Record<string, string>>): Api {
  const open: Api['open'] = async (name, sent) => {
    const [method = 'GET', path = ''] = name.split(' ')
    const { params, query, body } = sent as {
      readonly params?: Record<string, string | number>
      readonly query?: Record<string, string | number>
      readonly body?: unknown
    }
    const filled = path.replaceAll(/:(\w+)/g, (_, key: string) => encodeURIComponent(String(params?.[key])))
    const search = query
      ? `?${new URLSearchParams(Object.entries(query).map(([key, value]): [string, string] => [key, String(value)]))}`
      : ''
    const bytes = body instanceof Uint8Array
    const response = await fetch(`${url}/api${filled}${search}`, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': bytes ? 'application/octet-stream' : 'application/json' }),
        origin: new URL(url).origin,
        ...headers(),
      },
      ...(body === undefined ? {} : { body: bytes ? (body as Uint8Array<ArrayBuffer>) : JSON.stringify(body) }),
    })
    if (!response.ok) {
      const problem = (await response.json().catch(() => ({}))) as { readonly code?: string; readonly detail?: string }
      throw new Refused(response.status, problem.code ?? `http.${response.status}`, problem.detail ?? '')
    }
    return response
  }
  return {
    url,
    open,
    call: async (name, sent) => (await open(name, sent)).json() as Promise<ReplyOf<Operations[typeof name]>>,
  }
}
