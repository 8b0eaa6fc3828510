import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import type { Log } from './log.ts'

export type WebApp = { readonly name: 'control-room' | 'bodycam' | 'verifier'; readonly folder: string }
/** An application and the folder of the build that is to be served, or null when there is none. */
export type BuiltApp = WebApp & { readonly build: string | null }

/**
 * Builds lie in `dist/<hash of their sources>/`, each whole and never changed. A server serves the one it started with
 * for as long as it runs, also when another start in the same repository builds newer sources.
 */
const keptBuilds = 6

export function webApps(repository: string): readonly WebApp[] {
  return (['control-room', 'bodycam', 'verifier'] as const).map((name) => ({
    name,
    folder: path.join(repository, 'apps', name),
  }))
}

/** Whether the sources there are now have no build. A build that is there counts as used now. */
export function isStale(app: WebApp, repository: string): boolean {
  const build = path.join(app.folder, 'dist', sourceHash(app, repository))
  if (!existsSync(build)) {
    return true
  }
  const now = new Date()
  utimesSync(build, now, now)
  return false
}

/** What is to be served: the build used last, so that what cannot be built leaves the one before in its place. */
export function builtApps(repository: string): readonly BuiltApp[] {
  return webApps(repository).map((app) => ({ ...app, build: buildsOf(app)[0] ?? null }))
}

/**
 * Builds an application with Vite in a process of its own (its memory goes with it), and gives it its name when it is
 * whole. Answers false when it cannot be built.
 */
export async function buildWebApp(app: WebApp, repository: string, log: Log): Promise<boolean> {
  const hash = sourceHash(app, repository)
  const dist = path.join(app.folder, 'dist')
  const fresh = path.join(dist, `new-${process.pid}`)
  const vite = path.join(
    path.dirname(createRequire(path.join(app.folder, 'package.json')).resolve('vite/package.json')),
    'bin/vite.js',
  )
  mkdirSync(dist, { recursive: true })
  const args = [vite, 'build', app.folder, '--outDir', fresh, '--emptyOutDir', '--logLevel', 'warn']
  const { status, output } = await run(args, app.folder)
  if (status !== 0) {
    log.error({ output }, `web: ${app.name} cannot be built`)
    rmSync(fresh, { recursive: true, force: true })
    return false
  }
  try {
    renameSync(fresh, path.join(dist, hash))
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true })
    if (!existsSync(path.join(dist, hash))) {
      throw error
    }
    // another start built the same sources meanwhile
  }
  dropOldBuilds(app)
  return true
}

/** Whole builds, the one used last first. */
function buildsOf(app: WebApp): readonly string[] {
  const dist = path.join(app.folder, 'dist')
  if (!existsSync(dist)) {
    return []
  }
  return readdirSync(dist)
    .filter((name) => hashName.test(name))
    .map((name) => ({ build: path.join(dist, name), usedAt: statSync(path.join(dist, name)).mtimeMs }))
    .sort((a, b) => b.usedAt - a.usedAt)
    .map(({ build }) => build)
}

function dropOldBuilds(app: WebApp): void {
  const dist = path.join(app.folder, 'dist')
  const kept = new Set(buildsOf(app).slice(0, keptBuilds))
  for (const name of readdirSync(dist)) {
    if (!kept.has(path.join(dist, name)) && !name.startsWith('new-')) {
      rmSync(path.join(dist, name), { recursive: true, force: true })
    }
  }
}

const hashName = /^[0-9a-f]{32}$/

// By content, not by time: a checkout gives every file the time of the checkout.
function sourceHash(app: WebApp, repository: string): string {
  const digest = createHash('sha256')
  const roots = [
    ...['src', 'public', 'index.html', 'template.html', 'vite.config.ts', 'package.json'].map((name) =>
      path.join(app.folder, name),
    ),
    path.join(repository, 'packages'),
    path.join(repository, 'package-lock.json'),
  ]
  for (const file of roots.flatMap(filesBelow)) {
    digest.update(path.relative(repository, file)).update('\0').update(readFileSync(file)).update('\0')
  }
  return digest.digest('hex').slice(0, 32)
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
