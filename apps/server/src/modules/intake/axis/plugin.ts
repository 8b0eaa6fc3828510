/**
 * The routes of the Axis body-worn content-destination interface: a part of OpenStack Swift's object API, outside `/api`
 * because the protocol says where. Refusals have the meaning that a controller gives them: 400 "can never be stored" (so it
 * is said of malformed requests alone), 503 "try soon", 507 "no space". Unknown people and cameras are no reason to refuse.
 */
import { hash } from 'node:crypto'
import { categories as ourCategories } from '@sereno/contracts'
import { names } from '@sereno/text'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Scope, systemActor } from '../../../kernel/actor.ts'
import { isDatabaseAway } from '../../../kernel/database.ts'
import { Refusal, Unavailable } from '../../../kernel/errors.ts'
import type { BodyBudget } from '../../../kernel/http-body.ts'
import type { IntakeDeps } from '../door.ts'
import type { createAssembly } from './assemble.ts'
import type { Tokens } from './connect.ts'
import { capabilities, metadataOf, readContainerName } from './names.ts'
import { changeContainer, changeMetadata, noteHeard, objectsNamed, putContainer } from './store.ts'
import { heldFor, register, takeObject } from './take.ts'

const namePattern = /^[^\p{Cc}/]{1,255}$/u
/** Attempts to sign in, of one address in a minute. */
const mostKnocks = 30

export function axisPlugin(
  deps: IntakeDeps,
  parts: {
    readonly tokens: Tokens
    readonly assembly: ReturnType<typeof createAssembly>
    /** What bodies under way may hold in memory together; more are answered 503, "try soon". */
    readonly budget: BodyBudget
  },
): (app: FastifyInstance) => Promise<void> {
  const db = deps.database.db
  const knocks = new Map<string, { count: number; since: number }>()

  function knocksTooMuch(ip: string): boolean {
    const now = deps.clock.monotonicMs()
    const known = knocks.get(ip)
    if (known === undefined || now - known.since > 60_000) {
      if (knocks.size > 10_000) {
        knocks.clear()
      }
      knocks.set(ip, { count: 1, since: now })
      return false
    }
    known.count += 1
    return known.count > mostKnocks
  }

  async function signIn(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const user = request.headers['x-auth-user']
    const key = request.headers['x-auth-key']
    if (knocksTooMuch(request.ip)) {
      return reply.code(503).send('')
    }
    const opened = typeof user === 'string' && typeof key === 'string' ? await parts.tokens.open(user, key) : null
    if (opened === null) {
      return reply.code(401).send('')
    }
    knocks.delete(request.ip)
    const scope = { municipality: opened.row.municipality, actor: systemActor(opened.row.municipality) }
    await noteHeard(db, scope, opened.row.id, { atMs: deps.clock.nowMs() })
    const origin = `${request.protocol}://${request.host}`
    return reply
      .code(200)
      .header('x-auth-token', opened.token)
      .header('x-storage-token', opened.token)
      .header('x-storage-url', `${origin}/v1/${opened.row.id}`)
      .send('')
  }

  async function storage(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const token = request.headers['x-auth-token']
    const connection = typeof token === 'string' ? await parts.tokens.of(token) : null
    const place = placeOf(request)
    if (connection === null) {
      return reply.code(401).send('')
    }
    if (place === null || place.account !== connection.id) {
      return reply.code(place === null ? 400 : 403).send('')
    }
    const { container, name } = place
    const scope: Scope = { municipality: connection.municipality, actor: systemActor(connection.municipality) }
    // While the database is behind what was signed, nothing may be taken in that could not be entered.
    deps.ledger.gate(`${request.method} /v1`)
    switch (request.method) {
      case 'GET':
        return read(scope, connection.id, container, name, reply)
      case 'PUT':
        return name === null
          ? makeContainer(scope, connection.id, container, request, reply)
          : putObject(scope, { connection: connection.id, container, name }, request, reply)
      case 'POST':
        return name === null
          ? tellContainer(scope, connection.id, container, request, reply)
          : tellObject(scope, { connection: connection.id, container, name }, request, reply)
      default:
        return reply.code(400).send('')
    }
  }

  async function read(
    scope: Scope,
    connection: string,
    container: string,
    name: string | null,
    reply: FastifyReply,
  ): Promise<unknown> {
    if (container !== 'System' || name === null) {
      return reply.code(403).send('')
    }
    const own: Readonly<Record<string, unknown>> = { 'Capabilities.json': capabilities, 'Categories.json': categories }
    const [stored] = own[name] === undefined ? await objectsNamed(db, scope, { connection, container, name }) : []
    const body = own[name] === undefined ? stored?.body : Buffer.from(JSON.stringify(own[name]))
    if (body == null) {
      return reply.code(404).send('')
    }
    const bytes = Buffer.from(body)
    for (const [key, value] of Object.entries(stored?.metadata ?? {})) {
      reply.header(`x-object-meta-${key}`, encodeURIComponent(value))
    }
    return reply.code(200).header('etag', hash('md5', bytes)).type('application/json').send(bytes)
  }

  async function makeContainer(
    scope: Scope,
    connection: string,
    name: string,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<unknown> {
    request.raw.resume()
    const { row, isNew } = await container(scope, connection, name, request)
    await completeWhenSaid(scope, row)
    return reply.code(isNew ? 201 : 202).send('')
  }

  async function tellContainer(
    scope: Scope,
    connection: string,
    name: string,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<unknown> {
    request.raw.resume()
    const { row } = await container(scope, connection, name, request)
    await completeWhenSaid(scope, row)
    return reply.code(204).send()
  }

  function container(scope: Scope, connection: string, name: string, request: FastifyRequest) {
    return putContainer(db, scope, {
      connection,
      name,
      metadata: metadataOf(request.headers, 'container'),
      recording: deps.ids.uuid(),
      heard_at: deps.clock.nowMs(),
    })
  }

  // "Complete" is durable before it is answered; the recording is put together beside the answer, or by the timer.
  async function completeWhenSaid(scope: Scope, row: Awaited<ReturnType<typeof container>>['row']): Promise<void> {
    const { kind } = readContainerName(row.name)
    const says = row.metadata.status?.toLowerCase() === 'complete'
    if (!says || row.state !== 'open' || (kind !== 'recording' && kind !== 'rejected')) {
      return
    }
    await changeContainer(db, scope, row, 'complete')
    parts.assembly.assemble(row).catch((error: unknown) => {
      deps.log.warn({ err: error, container: row.name }, 'intake: a recording is put together later')
    })
  }

  async function putObject(
    scope: Scope,
    place: Parameters<typeof takeObject>[2],
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<unknown> {
    if (!deps.disk.ingestOpen()) {
      return reply.code(507).header('connection', 'close').send('')
    }
    const share = parts.budget.open()
    try {
      share.grow(heldFor(request.raw))
      const taken = await takeObject(deps, scope, place, metadataOf(request.headers, 'object'), request.raw)
      const etag = request.headers.etag
      if (typeof etag === 'string' && etag.replaceAll('"', '').toLowerCase() !== taken.md5) {
        // Swift's answer to a body that is not what its sender hashed; the bytes that came are kept all the same.
        return reply.code(422).send('')
      }
      return reply.code(201).header('etag', taken.md5).send('')
    } finally {
      share.close()
    }
  }

  async function tellObject(
    scope: Scope,
    place: Parameters<typeof takeObject>[2],
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<unknown> {
    request.raw.resume()
    const metadata = metadataOf(request.headers, 'object')
    const { kind } = readContainerName(place.container)
    const known = await deps.database.transaction(async (tx) => {
      await register(deps, tx, scope, place, metadata, kind)
      return changeMetadata(tx, scope, place, metadata)
    })
    return reply.code(known ? 202 : 404).send('')
  }

  return async (app) => {
    app.removeAllContentTypeParsers()
    app.addContentTypeParser('*', (_request, _payload, done) => done(null))
    app.setErrorHandler((error, request, reply) => {
      const status = statusOf(error)
      if (status >= 500 && status !== 507) {
        request.log.error({ err: error }, 'intake: a camera system was answered 503')
      }
      reply.code(status).header('connection', 'close').send('')
    })
    app.route({ method: 'GET', url: '/auth/v1.0', handler: signIn })
    app.route({
      method: ['GET', 'PUT', 'POST', 'DELETE', 'PATCH', 'OPTIONS'],
      url: '/v1/*',
      handler: storage,
    })
  }
}

/** Only what can never be stored may be answered 400; whatever is wrong with us is 503. */
function statusOf(error: unknown): number {
  if (error instanceof Refusal) {
    return error.code === 'installation.disk-reserve' ? 507 : error.code === 'request.too-large' ? 400 : 503
  }
  if (error instanceof Unavailable || isDatabaseAway(error)) {
    return 503
  }
  const code = error instanceof Error && 'code' in error ? error.code : null
  return code === 'ENOSPC' || code === 'EDQUOT' || code === '53100' ? 507 : 503
}

function placeOf(request: FastifyRequest): { account: string; container: string; name: string | null } | null {
  const [, , account, container, name, ...rest] = (request.url.split('?')[0] ?? '').split('/')
  try {
    const place = {
      account: decodeURIComponent(account ?? ''),
      container: decodeURIComponent(container ?? ''),
      name: name === undefined || name === '' ? null : decodeURIComponent(name),
    }
    const names = [place.container, ...(place.name === null ? [] : [place.name])]
    return rest.length > 0 || !names.every((each) => namePattern.test(each)) ? null : place
  } catch {
    return null
  }
}

/** Our recording categories, for the camera's own menu. */
const categories = ourCategories.map((id) => ({ Name: names('es').category[id], Id: id }))
