import cookie from '@fastify/cookie'
import rateLimit from '@fastify/rate-limit'
import websocket from '@fastify/websocket'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest, LogController } from 'fastify'
import { publicActor, scopeOf } from './actor.ts'
import { Refusal } from './errors.ts'
import type { PublicFile, Route, RouteTable, SocketRoute, WebSocket } from './http.ts'
import { type Access, admit, operationHandler } from './http-operation.ts'
import { sendProblem, type Words } from './http-problem.ts'
import type { Ids } from './ids.ts'
import type { Log } from './log.ts'

export type HttpOptions = Access & {
  readonly routes: readonly RouteTable[]
  readonly sockets: readonly SocketRoute[]
  readonly files?: readonly PublicFile[]
  readonly words: Words
  readonly log: Log
  readonly ids: Ids
  /** Our own web address, besides the one the request names as its host. */
  readonly origin: () => string
  /** Refuses everything the function names a code for, e.g. all but the set-up before the set-up. */
  readonly gate?: (operation: string) => Promise<void>
  readonly https?: { readonly key: string; readonly cert: string }
  /** Answers what no route does with a page; false leaves it to "not found". */
  readonly page?: (request: FastifyRequest, reply: FastifyReply) => Promise<boolean>
  /** Routes that another system's protocol places outside `/api`: each in a scope of its own, with its own errors. */
  readonly plugins?: readonly ((app: FastifyInstance) => Promise<void>)[]
  /** Routes and headers outside the contract: the web applications. */
  readonly register?: (app: FastifyInstance) => Promise<void>
  /** Believe `x-forwarded-*` of a proxy on this machine. */
  readonly trustProxy?: boolean
}

const jsonLimitBytes = 1024 * 1024
const socketLimitBytes = 4 * 1024 * 1024
// Per minute. A stranger's by address, generous because a barracks shares one; a signed-in actor's by itself.
const strangerLimit = 1200
const actorLimit = 6000

/** Fastify with every route of the contract. Not listening yet. */
export async function createHttp(options: HttpOptions): Promise<FastifyInstance> {
  const app: FastifyInstance = Fastify({
    loggerInstance: options.log,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => options.ids.uuid(),
    bodyLimit: jsonLimitBytes,
    trustProxy: options.trustProxy === true ? 'loopback' : false,
    forceCloseConnections: true,
    keepAliveTimeout: 72_000,
    requestTimeout: 180_000,
    routerOptions: { maxParamLength: 300 },
    ...(options.https === undefined ? {} : { https: { key: options.https.key, cert: options.https.cert } }),
  }) as unknown as FastifyInstance
  app.setErrorHandler((error, request, reply) => sendProblem(error, request, reply, options.words))
  app.setNotFoundHandler(async (request, reply) => {
    if ((await options.page?.(request, reply)) !== true) {
      sendProblem(new Refusal('request.not-found'), request, reply, options.words)
    }
    return reply
  })
  await options.register?.(app)
  await app.register(cookie)
  await app.register(rateLimit, {
    global: false,
    errorResponseBuilder: (_request, context) =>
      new Refusal('request.too-many', { retryAfterSeconds: Math.ceil(context.ttl / 1000) }),
  })
  await app.register(websocket, { options: { maxPayload: socketLimitBytes, perMessageDeflate: false } })
  acceptJson(app)

  const actors = new WeakMap<FastifyRequest, ReturnType<typeof admit> extends Promise<infer A> ? A : never>()
  const admitRequest =
    (wanted: SocketRoute['access'], name: string) =>
    async (request: FastifyRequest): Promise<void> => {
      checkOrigin(request, options.origin())
      await options.gate?.(name)
      actors.set(request, await admit(options, wanted, request))
    }

  function addOperation(scope: FastifyInstance, route: Route): void {
    const handle = operationHandler(route)
    const isPublic = route.operation.access === 'public'
    scope.route({
      method: route.method,
      url: route.url,
      onRequest: admitRequest(route.operation.access, route.name),
      // A signed stream is judged by its signature and counted by who receives it.
      ...(route.operation.body === 'stream'
        ? // Programs send these by the thousand: what tells a browser how to show a page is left out.
          { helmet: false }
        : {
            config: {
              rateLimit: {
                hook: 'preValidation' as const,
                timeWindow: 60_000,
                max: isPublic ? strangerLimit : actorLimit,
                keyGenerator: (request: FastifyRequest) =>
                  isPublic ? request.ip : (actors.get(request)?.session ?? actors.get(request)?.id ?? request.ip),
              },
            },
          }),
      ...(route.operation.bodyLimitBytes === undefined ? {} : { bodyLimit: route.operation.bodyLimitBytes }),
      handler: (request, reply) => handle(request, reply, actors.get(request) ?? publicActor),
    })
  }

  const all = options.routes.flat()
  await app.register(async (scope) => {
    // The body stays unread: `request.raw` belongs to the handler, which counts it.
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null))
    for (const route of all.filter(({ operation }) => operation.body === 'stream')) {
      addOperation(scope, route)
    }
    for (const file of options.files?.filter(({ method }) => method === 'POST') ?? []) {
      scope.route({
        method: 'POST',
        url: file.url,
        config: { rateLimit: { timeWindow: 60_000, max: strangerLimit } },
        handler: file.handle,
      })
    }
  })
  for (const route of all.filter(({ operation }) => operation.body !== 'stream')) {
    addOperation(app, route)
  }
  for (const plugin of options.plugins ?? []) {
    await app.register(plugin)
  }
  for (const file of options.files?.filter(({ method }) => method === undefined) ?? []) {
    app.route({ method: 'GET', url: file.url, handler: file.handle })
  }
  for (const { path, access, open } of options.sockets) {
    app.route({
      method: 'GET',
      url: path,
      onRequest: admitRequest(access, `GET ${path.replace(/^\/api/, '')}`),
      handler: (_request, reply) => {
        throw new Refusal('request.invalid', { where: reply.request.url.split('?')[0] ?? '', message: 'a WebSocket' })
      },
      wsHandler: (socket: WebSocket, request: FastifyRequest) => {
        const actor = actors.get(request) ?? publicActor
        socket.on('error', (error) => request.log.debug({ err: error }, 'http: a socket failed'))
        try {
          open(socket, { actor, scope: scopeOf(actor), query: textsOf(request.query), request })
        } catch (error) {
          request.log.error({ err: error }, 'http: a socket could not be opened')
          socket.close(1011)
        }
      },
    })
  }
  return app
}

function acceptJson(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, text, done) => {
    if (text === '') {
      done(null, undefined)
    } else {
      parse(request, String(text), done)
    }
  })
}

/**
 * Cross-site requests with somebody's cookie are refused: a state-changing request, or a WebSocket, that names an origin
 * must name ours. Browsers always name it; programs that are not browsers have nobody's cookies to abuse.
 */
function checkOrigin(request: FastifyRequest, ownOrigin: string): void {
  const isSocket = request.headers.upgrade !== undefined
  if (!isSocket && (request.method === 'GET' || request.method === 'HEAD')) {
    return
  }
  const { origin } = request.headers
  const fetchSite = request.headers['sec-fetch-site']
  if (origin === undefined) {
    if (typeof fetchSite === 'string' && fetchSite !== 'same-origin' && fetchSite !== 'none') {
      throw new Refusal('access.origin')
    }
    return
  }
  if (origin !== ownOrigin && origin !== `${request.protocol}://${request.host}`) {
    throw new Refusal('access.origin', { origin: origin.slice(0, 200) })
  }
}

function textsOf(query: unknown): Readonly<Record<string, string>> {
  const entries = Object.entries(query as Record<string, unknown>)
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
}
