import type { RefusalCode } from '@sereno/contracts'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { isDatabaseAway } from './database.ts'
import { Refusal, Unavailable } from './errors.ts'
import type { Language } from './http.ts'

/** The words for a code in a language: `packages/text`, handed in by the composition root. */
export type Words = (code: RefusalCode, language: Language) => string

/**
 * Answers an exception as problem details (RFC 9457). A refusal keeps its code and details; a failed collaborator is 503
 * with `retry-after`; anything else is a bug: 500 with an id that is also in the log, and nothing of the cause.
 */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply, words: Words): void {
  if (reply.raw.headersSent) {
    request.log.warn({ err: error }, 'http: failed after the reply had begun')
    reply.raw.destroy()
    return
  }
  reply.header('cache-control', 'no-store').type('application/problem+json; charset=utf-8')
  const refusal = asRefusal(error)
  if (refusal !== null) {
    const { code, status, details } = refusal
    const retryAfterSeconds = details.retryAfterSeconds
    if (retryAfterSeconds !== undefined) {
      reply.header('retry-after', String(retryAfterSeconds))
    }
    if (code === 'request.too-slow') {
      // Or the drip would go on, thrown away byte by byte until the request's own limit.
      reply.header('connection', 'close')
    }
    const problem = { type: 'about:blank', title: words(code, languageOf(request)), status, code, details }
    reply.code(status).send(JSON.stringify(problem))
    return
  }
  if (error instanceof Unavailable || isDatabaseAway(error)) {
    const what = error instanceof Unavailable ? error.what : 'database'
    request.log.error({ err: error, what }, 'http: a collaborator is away')
    reply.code(503).header('retry-after', '2')
    reply.send(JSON.stringify({ type: 'about:blank', title: 'Service Unavailable', status: 503, code: 'unavailable' }))
    return
  }
  request.log.error({ err: error, problem: request.id }, 'http: a bug')
  reply.code(500)
  reply.send(
    JSON.stringify({ type: 'about:blank', title: 'Internal Server Error', status: 500, code: 'bug', id: request.id }),
  )
}

/** The reader's language by `accept-language` (RFC 9110 §12.5.4): the first of ours that is named; else Spanish. */
export function languageOf(request: FastifyRequest): Language {
  const accepted = request.headers['accept-language'] ?? ''
  for (const part of accepted.split(',')) {
    const language = part.trim().slice(0, 2).toLowerCase()
    if (language === 'es' || language === 'en') {
      return language
    }
  }
  return 'es'
}

function asRefusal(error: unknown): Refusal | null {
  if (error instanceof Refusal) {
    return error
  }
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined
  if (status === 413) {
    return new Refusal('request.too-large')
  }
  if (status === 404) {
    return new Refusal('request.not-found')
  }
  // Fastify's own 4xx: a malformed body, an unknown content type, a bad address.
  return typeof status === 'number' && status >= 400 && status < 500 ? new Refusal('request.invalid') : null
}
