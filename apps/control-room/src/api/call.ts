import type { Given, OperationName, Reply } from './api.ts'

/** A refusal or failure of the server, with the code whose words are in `@sereno/text`. */
export class CallFailed extends Error {
  readonly code: string
  readonly status: number
  constructor(code: string, status: number) {
    super(code)
    this.code = code
    this.status = status
  }
}

/** No answer at all: the server or the network between is away. */
export const unreachable = 'unreachable'

type Listener = (code: string) => void
const sessionListeners = new Set<Listener>()
/** Told when an operation answers that nobody is signed in any more. */
export function onSessionEnded(listener: Listener): () => void {
  sessionListeners.add(listener)
  return () => sessionListeners.delete(listener)
}

/**
 * Calls one operation of the contract: `call('POST /watches/:id/renew', { params: { id } })`. Replies with the
 * contract's type; throws `CallFailed` with a refusal code otherwise.
 */
export async function call<K extends OperationName>(
  operation: K,
  given: Given<K>,
  signal?: AbortSignal,
): Promise<Reply<K>> {
  const [method = 'GET', pattern = '/'] = operation.split(' ')
  const { params, query, body } = given as Loose
  const response = await answer(`/api${fill(pattern, params)}${queryText(query)}`, {
    method,
    credentials: 'same-origin',
    headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  })
  if (!response.ok) {
    throw await failure(response)
  }
  return (await response.json()) as Reply<K>
}

type Values = Readonly<Record<string, string | number | boolean | undefined>>
type Loose = { readonly params?: Values; readonly query?: Values; readonly body?: unknown }

async function answer(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init)
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') {
      throw error
    }
    throw new CallFailed(unreachable, 0)
  }
}

async function failure(response: Response): Promise<CallFailed> {
  const code = await problemCode(response)
  if (code === 'access.not-signed-in') {
    for (const listener of [...sessionListeners]) {
      listener(code)
    }
  }
  return new CallFailed(code, response.status)
}

async function problemCode(response: Response): Promise<string> {
  try {
    const problem: unknown = await response.json()
    if (typeof problem === 'object' && problem !== null && 'code' in problem && typeof problem.code === 'string') {
      return problem.code
    }
  } catch {
    // a proxy's HTML page, or nothing: the status must do
  }
  return response.status >= 500 ? unreachable : `http.${response.status}`
}

const fill = (pattern: string, params: Values = {}): string =>
  pattern.replaceAll(/:([a-z]+)/gi, (_, name: string) => encodeURIComponent(String(params[name] ?? '')))

function queryText(query: Values = {}): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') {
      search.set(name, String(value))
    }
  }
  const text = search.toString()
  return text === '' ? '' : `?${text}`
}
