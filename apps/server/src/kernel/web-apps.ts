import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import helmet from '@fastify/helmet'
import serveFolder from '@fastify/static'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Log } from './log.ts'

export type WebApp = { readonly name: 'control-room' | 'bodycam'; readonly folder: string }

const stamp = '.sources'
const immutable = 'public, max-age=31536000, immutable'

export function webApps(repository: string): readonly WebApp[] {
  return (['control-room', 'bodycam'] as const).map((name) => ({ name, folder: path.join(repository, 'apps', name) }))
}

/** Whether `dist` is missing, or was built from other sources than those there are now. */
export function isStale(app: WebApp, repository: string): boolean {
  try {
    return readFileSync(path.join(app.folder, 'dist', stamp), 'utf8') !== sourceHash(app, repository)
  } catch {
    return true
  }
}

/**
 * Builds an application with Vite in a process of its own (its memory goes with it), beside the old one, and puts it in
 * its place when it is whole. Answers false when it cannot be built.
 */
export async function buildWebApp(app: WebApp, repository: string, log: Log): Promise<boolean> {
  const sources = sourceHash(app, repository)
  const fresh = path.join(app.folder, `dist.new-${process.pid}`)
  const old = path.join(app.folder, `dist.old-${process.pid}`)
  const dist = path.join(app.folder, 'dist')
  const vite = path.join(
    path.dirname(createRequire(path.join(app.folder, 'package.json')).resolve('vite/package.json')),
    'bin/vite.js',
  )
  const args = [vite, 'build', app.folder, '--outDir', fresh, '--emptyOutDir', '--logLevel', 'warn']
  const { status, output } = await run(args, app.folder)
  if (status !== 0) {
    log.error({ output }, `web: ${app.name} cannot be built`)
    rmSync(fresh, { recursive: true, force: true })
    return false
  }
  writeFileSync(path.join(fresh, stamp), sources)
  if (existsSync(dist)) {
    renameSync(dist, old)
  }
  renameSync(fresh, dist)
  rmSync(old, { recursive: true, force: true })
  return true
}

/** Serves the built applications with their security headers: control room at `/`, bodycam at `/bodycam/`, verifier at `/verify`. */
export async function serveWebApps(
  app: FastifyInstance,
  options: {
    readonly apps: readonly WebApp[]
    readonly strictTransport: boolean
    readonly tileSources: readonly string[]
    readonly pmtilesFile: string | null
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
  app.addHook('onSend', async (_request, reply) => {
    reply.header('permissions-policy', 'camera=(self), microphone=(self), geolocation=(self), screen-wake-lock=(self)')
  })
  for (const { name, folder } of options.apps) {
    const root = path.join(folder, 'dist')
    if (existsSync(root)) {
      await app.register(serveFolder, {
        root,
        prefix: name === 'bodycam' ? '/bodycam/' : '/',
        decorateReply: name === 'control-room',
        wildcard: false,
        globIgnore: [stamp],
        cacheControl: false,
        setHeaders: (reply, file) => {
          // Vite names files in `assets` after their content; everything else is asked for again.
          reply.header('cache-control', file.includes('/assets/') ? immutable : 'no-cache')
        },
      })
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
export function pageFor(apps: readonly WebApp[]): (request: FastifyRequest, reply: FastifyReply) => Promise<boolean> {
  return async (request, reply) => {
    const address = request.url.split('?')[0] ?? '/'
    const isPage = (request.method === 'GET' || request.method === 'HEAD') && !/^\/(api|log)(\/|$)/.test(address)
    if (!isPage || /\.[a-z0-9]+$/i.test(address)) {
      return false
    }
    const name = address.startsWith('/bodycam/') ? 'bodycam' : 'control-room'
    const root = path.join(apps.find((each) => each.name === name)?.folder ?? '', 'dist')
    const page = ['verify.html', 'index.html']
      .filter((file) => file !== 'verify.html' || (name === 'control-room' && /^\/verify(\/|$)/.test(address)))
      .map((file) => path.join(root, file))
      .find((file) => existsSync(file))
    if (page === undefined) {
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

// By content, not by time: a checkout gives every file the time of the checkout.
function sourceHash(app: WebApp, repository: string): string {
  const digest = createHash('sha256')
  const roots = [
    ...['src', 'public', 'index.html', 'verify.html', 'vite.config.ts', 'package.json'].map((name) =>
      path.join(app.folder, name),
    ),
    path.join(repository, 'packages'),
    path.join(repository, 'package-lock.json'),
  ]
  for (const file of roots.flatMap(filesBelow)) {
    digest.update(path.relative(repository, file)).update('\0').update(readFileSync(file)).update('\0')
  }
  return digest.digest('hex')
}

function filesBelow(root: string): readonly string[] {
  if (!existsSync(root)) {
    return []
  }
  const entries = readdirSync(path.dirname(root), { withFileTypes: true })
  if (entries.find(({ name }) => name === path.basename(root))?.isFile() === true) {
    return [root]
  }
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => !file.includes('/node_modules/') && !file.includes('/dist'))
    .sort()
}

function run(args: readonly string[], cwd: string): Promise<{ readonly status: number; readonly output: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, {
      cwd,
      env: { ...process.env, NODE_ENV: 'production' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    const gather = (piece: Uint8Array): void => {
      output = `${output}${Buffer.from(piece).toString()}`.slice(-4000)
    }
    child.stdout.on('data', gather)
    child.stderr.on('data', gather)
    child.on('error', (error) => resolve({ status: 1, output: String(error) }))
    child.on('close', (status) => resolve({ status: status ?? 1, output }))
  })
}
