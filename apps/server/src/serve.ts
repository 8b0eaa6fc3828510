import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import path from 'node:path'
import type { FastifyInstance } from 'fastify'
import { type App, composeApp, migrations } from './app.ts'
import { makeConfig, openInstallation, repositoryFolder, type Settings } from './config.ts'
import { type Simulator, seedDemonstration, startSimulator } from './demonstration.ts'
import { createHttp } from './kernel/http-server.ts'
import { lockInstance } from './kernel/instance-lock.ts'
import { runJobs } from './kernel/jobs.ts'
import type { Kernel } from './kernel/kernel.ts'
import { type LanCertificate, openLanCertificate } from './kernel/lan-certificate.ts'
import type { Log } from './kernel/log.ts'
import { foldersOf, type OpenKernel, openKernel } from './kernel/open-kernel.ts'
import { startTimers } from './kernel/timers.ts'
import { readVerifierPage } from './kernel/verifier-page.ts'
import { pageFor, serveWebApps } from './kernel/web-apps.ts'
import { buildWebApp, builtApps, isStale, webApps } from './kernel/web-build.ts'
import { askKeyPassphrase } from './key-passphrase.ts'
import { enterRestore } from './restored.ts'
import { openStorageSettings } from './storage-settings.ts'

export type Running = {
  readonly url: string
  /** One-time addresses by role; `administrator` for a new installation. */
  readonly links: Readonly<Record<string, string>>
  readonly state: 'demonstration' | 'set-up' | 'ready'
  readonly lan: LanCertificate | null
  /** `stopped`: the database is older than the last signed checkpoint, everything is read-only. */
  readonly ledger: 'open' | 'restored' | 'stopped'
  readonly stop: () => Promise<void>
}

export type ServeOptions = {
  readonly settings: Settings
  readonly log: Log
  readonly say: (sentence: string) => void
  /** Told once when the web applications have to be built. */
  readonly building: () => void
  readonly mayMigrate: (count: number) => Promise<boolean>
  /** Another composition than the product's: a test that stops at a step. */
  readonly compose?: (kernel: Kernel) => App
}

/**
 * Starts an installation: 1 lock · 2 PostgreSQL, signer and web applications at once · 3 migrations · 4 modules · 5 listen ·
 * 6 jobs and timers · 7 the demonstration's phones. Whatever fails, what was started before is stopped.
 */
export async function serve(options: ServeOptions): Promise<Running> {
  const { log } = options
  const stops: (() => Promise<void> | void)[] = []
  const stopAll = async (): Promise<void> => {
    for (const stop of stops.splice(0).reverse()) {
      try {
        await stop()
      } catch (error) {
        log.error({ err: error }, 'stopping')
      }
    }
  }
  try {
    return await start(options, stops, stopAll)
  } catch (error) {
    await stopAll()
    throw error
  }
}

async function start(
  options: ServeOptions,
  stops: (() => Promise<void> | void)[],
  stopAll: () => Promise<void>,
): Promise<Running> {
  const { settings, log } = options
  const folders = foldersOf(settings.dataFolder)
  const lock = lockInstance(folders.run, settings.dataFolder)
  stops.push(lock.release)
  await demandFreePort(settings)
  const installation = openInstallation(settings.dataFolder, { empty: settings.empty, nowMs: Date.now() })
  const s3 = openStorageSettings(settings.dataFolder, settings.storage, process.env)
  let url = settings.origin ?? `http://localhost:${settings.port}`
  const config = makeConfig(settings, installation, () => url)

  const [opened] = await Promise.all([
    openKernel({
      config,
      s3,
      log,
      migrations,
      mayMigrate: options.mayMigrate,
      say: options.say,
      keyPassphrase: () => askKeyPassphrase(settings.keyPassphraseFile),
    }),
    buildStale(options),
  ])
  stops.push(opened.close)
  const { kernel, events } = opened
  const app = (options.compose ?? composeApp)(kernel)
  await app.start()
  stops.push(app.stop)
  const isFounded = app.identity.municipality() !== null
  const isStopped = isFounded && (await app.ledger.status()).state !== 'following'
  if (installation.demonstration && !isStopped) {
    await seedDemonstration(app)
  }
  const isRestored = !isStopped && (await enterRestore(app, kernel))
  events.start()
  stops.push(events.stop)

  const lan = settings.lan && settings.tls === null ? await openLanCertificate(path.join(folders.data, 'tls')) : null
  const http = await makeHttp(app, opened, settings, lan)
  stops.push(() => http.close())
  await http.listen({ host: settings.host, port: settings.port })
  const address = http.server.address()
  const port = typeof address === 'object' && address !== null ? address.port : settings.port
  const scheme = config.secure && (lan !== null || settings.tls !== null) ? 'https' : 'http'
  url = settings.origin ?? `${scheme}://${lan?.name ?? 'localhost'}:${port}`
  lock.note(url)

  const jobs = await runJobs(opened.jobsDatabase, app.jobs, log)
  stops.push(jobs.stop)
  const timers = startTimers(app.timers, log)
  stops.push(timers.stop)

  // A link is an entry, and nothing is entered while the database is behind what was signed.
  const links = isStopped ? {} : await linksOf(app, settings, installation.demonstration)
  if (installation.demonstration && settings.simulator && !isStopped) {
    const own = `${scheme}://localhost:${port}`
    const caFile = lan?.caFile ?? null
    const simulator = startSimulator(app, { url: own, dataFolder: settings.dataFolder, caFile, log }).catch(
      (error: unknown): Simulator => {
        log.error({ err: error }, 'simulator: cannot be started')
        return { stop: async () => undefined }
      },
    )
    stops.push(async () => (await simulator).stop())
  }
  log.info({ url, adopted: opened.adopted }, 'server: ready')
  const state = installation.demonstration ? 'demonstration' : app.identity.state()
  return { url, links, state, lan, ledger: isStopped ? 'stopped' : isRestored ? 'restored' : 'open', stop: stopAll }
}

// Found out before the long part of a first start, not after it.
async function demandFreePort({ host, port }: Settings): Promise<void> {
  const probe = createServer()
  await new Promise<void>((resolve, reject) => {
    probe.once('error', reject)
    probe.listen(port, host, () => probe.close(() => resolve()))
  })
}

async function buildStale(options: ServeOptions): Promise<void> {
  const stale = webApps(repositoryFolder).filter((app) => isStale(app, repositoryFolder))
  if (stale.length > 0) {
    options.building()
    await Promise.all(
      stale.map((app) =>
        buildWebApp(app, repositoryFolder, options.log).catch((error: unknown) =>
          options.log.error({ err: error }, `web: ${app.name} cannot be built`),
        ),
      ),
    )
  }
}

async function makeHttp(
  app: App,
  { kernel }: OpenKernel,
  settings: Settings,
  lan: LanCertificate | null,
): Promise<FastifyInstance> {
  const apps = builtApps(repositoryFolder)
  const tls =
    settings.tls === null
      ? lan
      : { key: readFileSync(settings.tls.keyFile, 'utf8'), cert: readFileSync(settings.tls.certFile, 'utf8') }
  const { config } = kernel
  const styleSource = config.map.styleUrl === null ? [] : [new URL(config.map.styleUrl).origin]
  return createHttp({
    routes: app.routes,
    sockets: app.sockets,
    plugins: app.plugins,
    files: [
      ...app.files,
      ...(lan === null
        ? []
        : [
            {
              url: '/sereno-ca.crt',
              handle: async (
                _request: unknown,
                reply: { type: (type: string) => { send: (body: string) => unknown } },
              ) => reply.type('application/x-x509-ca-cert').send(lan.ca),
            },
          ]),
    ],
    authenticate: app.authenticate,
    permits: app.permits,
    gate: app.gate,
    words: app.words,
    log: kernel.log,
    ids: kernel.ids,
    origin: config.origin,
    trustProxy: settings.proxy,
    ...(tls === null ? {} : { https: { key: tls.key, cert: tls.cert } }),
    page: pageFor(apps),
    register: (http) =>
      serveWebApps(http, {
        apps,
        strictTransport: config.secure && lan === null,
        tileSources: [...styleSource, ...settings.mapHosts],
        pmtilesFile: settings.mapPmtiles,
        verifier: readVerifierPage(repositoryFolder),
      }),
  })
}

async function linksOf(app: App, settings: Settings, demonstration: boolean): Promise<Record<string, string>> {
  if (!demonstration) {
    const setUp = await app.identity.setUpLink()
    return setUp === null ? {} : { administrator: setUp }
  }
  if (!settings.demonstrationLinks) {
    return {}
  }
  const links = await app.identity.demonstrationLinks()
  return Object.fromEntries(links.map(({ role, url }) => [role, url]))
}
