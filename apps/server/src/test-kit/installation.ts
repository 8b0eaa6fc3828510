import path from 'node:path'
import type { RefusalCode } from '@sereno/contracts'
import type { FastifyInstance } from 'fastify'
import { accountFor } from '../kernel/accounts.ts'
import type { Checker, Cron } from '../kernel/checker.ts'
import { type Clock, systemClock } from '../kernel/clock.ts'
import type { Config } from '../kernel/config.ts'
import { createDisk, type DiskSpace } from '../kernel/disk.ts'
import { createEvents, type EventBus } from '../kernel/events.ts'
import { createFanout } from '../kernel/fanout.ts'
import type { PublicFile, RouteTable, SocketRoute } from '../kernel/http.ts'
import type { Access } from '../kernel/http-operation.ts'
import { createHttp, type HttpOptions } from '../kernel/http-server.ts'
import { createIds, type Ids } from '../kernel/ids.ts'
import { type JobRunner, type JobTable, jobs, runJobs } from '../kernel/jobs.ts'
import type { Kernel } from '../kernel/kernel.ts'
import { createLog, type Log, silentLog } from '../kernel/log.ts'
import type { Migrations } from '../kernel/migrations.ts'
import { appRole } from '../kernel/postgres/roles.ts'
import { type SignerProcess, startSigner } from '../kernel/signer-process.ts'
import { openStorage } from '../kernel/storage/open-storage.ts'
import { startTestDatabase, type TestDatabase } from './database.ts'
import { temporaryFolder } from './worker-postgres.ts'

/** What a test composes of the modules it is about; the shape of a part of the composition root. */
export type Composition = {
  readonly routes?: readonly RouteTable[]
  readonly sockets?: readonly SocketRoute[]
  readonly files?: readonly PublicFile[]
  readonly plugins?: HttpOptions['plugins']
  readonly jobs?: JobTable
  readonly timers?: readonly Cron[]
  readonly checks?: readonly Checker[]
  readonly authenticate?: Access['authenticate']
  readonly permits?: Access['permits']
  readonly start?: () => Promise<void>
}

export type TestInstallationOptions<C extends Composition> = {
  readonly migrations: readonly Migrations[]
  readonly compose: (kernel: Kernel) => C | Promise<C>
  readonly clock?: Clock
  readonly ids?: Ids
  readonly config?: Partial<Config>
  readonly diskSpace?: () => DiskSpace
  /** Write the log to standard error. */
  readonly verbose?: boolean
}

export type TestInstallation<C extends Composition> = {
  readonly kernel: Kernel
  /** The same under the name a module's `XDeps` begins with. */
  readonly deps: Kernel
  readonly parts: C
  /** `app.inject(...)` without a network, or `listen()`. */
  readonly app: FastifyInstance
  readonly database: TestDatabase
  readonly events: EventBus
  readonly signer: SignerProcess
  readonly dataFolder: string
  /** Listens on a free port of 127.0.0.1; answers the address. */
  readonly listen: () => Promise<string>
  /** Runs every timer of the composition once, in order. */
  readonly tick: () => Promise<void>
  readonly close: () => Promise<void>
}

/**
 * A real installation in small: PostgreSQL (the worker's), a signer process of its own, files in a temporary folder, the
 * HTTP adapter. Timers run only when `tick()` is called; event deliveries and jobs run by themselves.
 */
export async function startTestInstallation<C extends Composition>(
  options: TestInstallationOptions<C>,
): Promise<TestInstallation<C>> {
  const dataFolder = temporaryFolder('data')
  const log: Log = options.verbose === true ? createLog(process.stderr, 'debug') : silentLog
  const clock = options.clock ?? systemClock
  const ids = options.ids ?? createIds(clock)
  const signerFolder = path.join(dataFolder, 'signer')
  const account = accountFor({ name: 'sereno-signer', fallbacks: ['nobody'], folder: signerFolder }, () => undefined)
  const [database, signer] = await Promise.all([
    startTestDatabase(options.migrations),
    startSigner({ folder: signerFolder, runFolder: path.join(dataFolder, 'run'), account, log }),
  ])
  let origin = 'http://localhost'
  const events = createEvents(database.database, log)
  const space = options.diskSpace
  const disk = await createDisk(
    { folder: dataFolder, clock, log },
    ...(space === undefined ? [] : ([async () => space()] as const)),
  )
  const storage = await openStorage({ folder: path.join(dataFolder, 'footage'), s3: null, ids, clock, log })
  const kernel: Kernel = {
    database: database.database,
    blobs: storage.blobs,
    storage,
    events,
    fanout: createFanout((error) => log.error({ err: error }, 'fanout')),
    jobs,
    signer: signer.client,
    clock,
    ids,
    log,
    disk,
    config: {
      dataFolder,
      installation: ids.uuid(),
      version: '0.0.0-test',
      demonstration: true,
      lan: false,
      secure: false,
      map: { styleUrl: null, pmtilesUrl: null },
      ...options.config,
      origin: options.config?.origin ?? (() => origin),
    },
  }
  const parts = await options.compose(kernel)
  const app = await createHttp({
    routes: parts.routes ?? [],
    sockets: parts.sockets ?? [],
    files: parts.files ?? [],
    ...(parts.plugins === undefined ? {} : { plugins: parts.plugins }),
    authenticate: parts.authenticate ?? (async () => null),
    permits: parts.permits ?? (() => false),
    words: (code: RefusalCode) => code,
    log,
    ids,
    origin: kernel.config.origin,
  })
  events.start()
  const runner: JobRunner | null =
    parts.jobs === undefined
      ? null
      : await runJobs(
          { socketFolder: database.socketFolder, database: database.name, user: appRole, maxConnections: 1 },
          parts.jobs,
          log,
        )
  await parts.start?.()

  return {
    kernel,
    deps: kernel,
    parts,
    app,
    database,
    events,
    signer,
    dataFolder,
    async listen() {
      origin = await app.listen({ host: '127.0.0.1', port: 0 })
      return origin
    },
    async tick() {
      for (const timer of parts.timers ?? []) {
        await timer.run()
      }
    },
    async close() {
      await app.close()
      await runner?.stop()
      await events.stop()
      await Promise.all([signer.stop(), database.close()])
    },
  }
}
