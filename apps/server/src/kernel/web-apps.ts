import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import helmet from '@fastify/helmet'
import serveFolder from '@fastify/static'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { VerifierPage } from './verifier-page.ts'
import type { BuiltApp } from './web-build.ts'

const immutable = 'public, max-age=31536000, immutable'

/** Serves the built applications with their security headers: control room at `/`, bodycam at `/bodycam/`, verifier at `/verify`. */
export async function serveWebApps(
  app: FastifyInstance,
  options: {
    readonly apps: readonly BuiltApp[]
    readonly strictTransport: boolean
    readonly tileSources: readonly string[]
    readonly pmtilesFile: string | null
    readonly verifier: VerifierPage | null
  },
): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        workerSrc: ["'self'", 'blob:'],
        imgSrc: ["'self'", 'data:', 'blob:', ...options.tileSources],
        mediaSrc: ["'self'", 'blob:'],
        // 'self' covers WebSockets of the same host and port (CSP3, matching 'self': ws for http, wss for https).
        connectSrc: ["'self'", ...options.tileSources],
        styleSrc: ["'self'", "'unsafe-inline'"],
        fontSrc: ["'self'", 'data:'],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    strictTransportSecurity: options.strictTransport ? { maxAge: 31_536_000, includeSubDomains: false } : false,
    referrerPolicy: { policy: 'no-referrer' },
    xFrameOptions: { action: 'deny' },
  })
  app.addHook('onSend', (_request, reply, _payload, done) => {
    reply.header('permissions-policy', 'camera=(self), microphone=(self), geolocation=(self), screen-wake-lock=(self)')
    done()
  })
  for (const { name, build } of options.apps) {
    if (build !== null && name !== 'verifier') {
      await app.register(serveFolder, {
        root: build,
        prefix: name === 'bodycam' ? '/bodycam/' : '/',
        decorateReply: name === 'control-room',
        wildcard: false,
        cacheControl: false,
        setHeaders: (reply, file) => {
          // Vite names files in `assets` after their content; everything else is asked for again.
          reply.header('cache-control', file.includes('/assets/') ? immutable : 'no-cache')
        },
      })
    }
  }
  const { verifier } = options
  if (verifier !== null) {
    for (const address of ['/verify.html', '/verify']) {
      app.get(address, (_request, reply) =>
        reply
          .header('content-security-policy', verifier.policy)
          .header('cache-control', 'no-cache')
          .type('text/html; charset=utf-8')
          .send(Buffer.from(verifier.bytes)),
      )
    }
  }
  const { pmtilesFile } = options
  if (pmtilesFile !== null) {
    // Read by ranges (RFC 9110 §14), which the static server answers.
    app.get('/map.pmtiles', (_request, reply) => reply.sendFile(path.basename(pmtilesFile), path.dirname(pmtilesFile)))
  }
  app.get('/bodycam', (_request, reply) => reply.redirect('/bodycam/'))
}

/** Addresses of the applications' own routers get the application's page; files that are not there stay "not found". */
export function pageFor(apps: readonly BuiltApp[]): (request: FastifyRequest, reply: FastifyReply) => Promise<boolean> {
  return async (request, reply) => {
    const address = request.url.split('?')[0] ?? '/'
    const isPage = (request.method === 'GET' || request.method === 'HEAD') && !/^\/(api|log)(\/|$)/.test(address)
    if (!isPage || /\.[a-z0-9]+$/i.test(address)) {
      return false
    }
    const name = address.startsWith('/bodycam/') ? 'bodycam' : 'control-room'
    const build = apps.find((each) => each.name === name)?.build ?? null
    const page = build === null ? null : path.join(build, 'index.html')
    if (page === null || !existsSync(page)) {
      reply.code(503).type('text/plain; charset=utf-8')
      reply.send(
        'La aplicación web no se pudo construir: vea data/logs/server.log. · The web application could not be built.',
      )
      return true
    }
    reply.type('text/html; charset=utf-8').header('cache-control', 'no-cache').send(readFileSync(page))
    return true
  }
}
