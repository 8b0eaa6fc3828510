/** People who call a test's installation, signed in by their role's link; without a network. */
import type { Role } from '@sereno/contracts'
import type { FastifyInstance } from 'fastify'

// Tests read replies of many operations; each expectation says what it wants of them.
// biome-ignore lint/suspicious/noExplicitAny: as above
export type Json = any

export type Answered = { readonly status: number; readonly body: Uint8Array }
export type Said<T = Json> = {
  readonly status: number
  /** Of a refusal. */
  readonly code: string
  readonly json: T
  readonly bytes: Uint8Array
}
/** Somebody signed in. */
export type Person = {
  readonly cookie: string
  /** Calls an operation of the contract by its name, ids filled in. Bytes travel as bytes, all else as JSON. */
  readonly call: <T = Json>(
    name: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<Said<T>>
}

export function saidOf<T = Json>({ status, body }: Answered): Said<T> {
  const json = body[0] === 0x7b ? JSON.parse(new TextDecoder().decode(body)) : {}
  return { status, code: String(json.code ?? ''), json, bytes: body }
}

export async function need<T>(said: Promise<Said<T>>): Promise<T> {
  const { status, json } = await said
  if (status !== 200) {
    throw new Error(`${status} ${JSON.stringify(json)}`)
  }
  return json
}

export type People = {
  /** A request as it is. */
  readonly call: (request: {
    readonly method: 'GET' | 'POST' | 'PUT'
    readonly url: string
    readonly headers?: Readonly<Record<string, string>>
    readonly body?: Uint8Array | string
  }) => Promise<Answered>
  /** Signs in by an operation that sets the cookie. */
  readonly signIn: (url: string, payload: object) => Promise<Said & { readonly cookie: string }>
  /** Enters by a link's token; by an outside account's with its code. */
  readonly enter: (token: string, code?: string) => Promise<Said & { readonly cookie: string }>
  readonly withCookie: (cookie: string) => Person
  readonly person: (role: Role) => Promise<Person>
}

export function peopleOf(
  http: FastifyInstance,
  linkFor: (role: Role) => Promise<{ readonly url: string } | null>,
): People {
  const call: People['call'] = async ({ method, url, headers, body }) => {
    const payload = body === undefined ? {} : { payload: typeof body === 'string' ? body : Buffer.from(body) }
    const answered = await http.inject({ method, url, headers: { ...headers }, ...payload })
    return { status: answered.statusCode, body: answered.rawPayload }
  }

  const signIn: People['signIn'] = async (url, payload) => {
    const answered = await http.inject({ method: 'POST', url, payload })
    const cookie = answered.cookies.find(({ name }) => name === 'sereno_session')?.value ?? ''
    return { ...saidOf({ status: answered.statusCode, body: answered.rawPayload }), cookie }
  }

  const enter: People['enter'] = (token, code) =>
    signIn('/api/session/link', { token, ...(code === undefined ? {} : { code }) })

  const withCookie = (cookie: string): Person => ({
    cookie,
    async call(name, body, headers = {}) {
      const [method, path] = name.split(' ') as ['GET' | 'POST', string]
      const isBytes = body instanceof Uint8Array
      const type = isBytes ? 'application/octet-stream' : 'application/json'
      return saidOf(
        await call({
          method,
          url: `/api${path}`,
          headers: {
            cookie: `sereno_session=${cookie}`,
            ...(body === undefined ? {} : { 'content-type': type }),
            ...headers,
          },
          ...(body === undefined ? {} : { body: isBytes ? body : JSON.stringify(body) }),
        }),
      )
    },
  })

  return {
    call,
    signIn,
    enter,
    withCookie,
    person: async (role) => withCookie((await enter((await linkFor(role))?.url.split('#link=')[1] ?? '')).cookie),
  }
}
