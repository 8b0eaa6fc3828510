import type { Operation } from '@sereno/contracts'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { type Actor, publicActor, scopeOf } from './actor.ts'
import { Refusal } from './errors.ts'
import type { Caller, Route } from './http.ts'
import { languageOf } from './http-problem.ts'

export type Access = {
  /** Who the request comes from: a session cookie or a device token; null for a stranger. */
  readonly authenticate: (request: FastifyRequest) => Promise<Actor | null>
  readonly permits: (actor: Actor, permission: Exclude<Operation['access'], 'device' | 'public'>) => boolean
}

/** The actor of a request, if the operation's access allows it. Throws `access.not-signed-in` or `access.denied`. */
export async function admit(access: Access, wanted: Operation['access'], request: FastifyRequest): Promise<Actor> {
  if (wanted === 'public') {
    return publicActor
  }
  const actor = await access.authenticate(request)
  if (actor === null || (wanted === 'device' && actor.kind !== 'device')) {
    throw new Refusal('access.not-signed-in')
  }
  if (wanted !== 'device' && !access.permits(actor, wanted)) {
    throw new Refusal('access.denied', { permission: wanted })
  }
  return actor
}

type Input = {
  readonly convert: boolean
  readonly read: (value: unknown) => unknown
}

/** Validation in, outgoing filter out: the contract object at work. Compiled once for each route. */
export function operationHandler(
  route: Route,
): (request: FastifyRequest, reply: FastifyReply, actor: Actor) => Promise<unknown> {
  const { operation } = route
  const params = input(operation.params, 'params', true)
  const query = input(operation.query, 'query', true)
  const body = operation.body === 'stream' ? null : input(operation.body, 'body', false)
  const filter = operation.reply === 'stream' ? null : output(route.name, operation.reply)

  return async (request, reply, actor) => {
    const call = {
      actor,
      scope: scopeOf(actor),
      params: params.read(request.params),
      query: query.read(request.query),
      body: body === null ? 'stream' : body.read(request.body),
      request,
      reply,
      language: languageOf(request),
    } as Caller<Operation>
    const answer = await route.handle(call)
    if (filter === null) {
      return reply
    }
    reply.header('cache-control', 'no-store').type('application/json; charset=utf-8')
    return reply.send(filter(answer))
  }
}

function input(schema: TSchema | undefined, where: string, convert: boolean): Input {
  if (schema === undefined) {
    return { convert, read: () => undefined }
  }
  const validator = Compile(schema)
  return {
    convert,
    read(raw) {
      // Addresses carry text only; "true" and "12" become what the schema declares before the check.
      const value: unknown = convert ? validator.Convert({ ...(raw as object) }) : raw
      if (validator.Check(value)) {
        return value
      }
      const first = validator.Errors(value)[0]
      throw new Refusal('request.invalid', {
        where: `${where}${first?.instancePath ?? ''}`,
        message: first?.message ?? 'missing',
      })
    },
  }
}

// Undeclared fields never leave. Clean works in place, so it is given a copy: handlers may answer shared objects. One level
// is enough where no member is an object itself.
function output(name: string, schema: TSchema): (answer: unknown) => string {
  const validator = Compile(schema)
  const copy = isFlat(schema) ? (answer: unknown) => ({ ...(answer as object) }) : structuredClone<unknown>
  return (answer) => {
    const cleaned = validator.Clean(copy(answer))
    if (!validator.Check(cleaned)) {
      const first = validator.Errors(cleaned)[0]
      throw new Error(`${name} answered what its contract does not declare: ${first?.instancePath} ${first?.message}`)
    }
    return JSON.stringify(cleaned)
  }
}

function isFlat(schema: TSchema): boolean {
  const properties = 'properties' in schema ? (schema.properties as Readonly<Record<string, Member>>) : null
  return properties !== null && Object.values(properties).every(isPlain)
}

type Member = { readonly type?: unknown; readonly enum?: unknown; readonly anyOf?: readonly Member[] }
const plainTypes: readonly unknown[] = ['string', 'boolean', 'integer', 'number']

function isPlain(member: Member): boolean {
  return plainTypes.includes(member.type) || member.enum !== undefined || member.anyOf?.every(isPlain) === true
}
