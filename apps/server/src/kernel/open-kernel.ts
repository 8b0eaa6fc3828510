import { chmodSync, existsSync, mkdirSync } from 'node:fs'
import path from 'node:path'
import { demandKeys } from '../signer/key-store.ts'
import { isLocked, openVault } from '../signer/vault.ts'
import { accountFor, giveBack } from './accounts.ts'
import { systemClock } from './clock.ts'
import type { Config } from './config.ts'
import type { DatabaseOptions } from './database.ts'
import { createDisk } from './disk.ts'
import { Unavailable } from './errors.ts'
import { createEvents, type EventBus } from './events.ts'
import { createFanout } from './fanout.ts'
import { createIds } from './ids.ts'
import { jobs } from './jobs.ts'
import type { Kernel } from './kernel.ts'
import type { Log } from './log.ts'
import type { Migrations } from './migrations.ts'
import { type Cluster, openCluster, serverProcess } from './postgres/cluster.ts'
import { appRole, openAppDatabase, prepareDatabase } from './postgres/roles.ts'
import { reachSigner, type SignerProcess, signerSocket, startSigner } from './signer-process.ts'
import { openStorage } from './storage/open-storage.ts'
import type { S3Settings } from './storage/s3-client.ts'

/** The folders of an installation. */
export type Folders = Readonly<Record<'data' | 'postgres' | 'footage' | 'signer' | 'run' | 'logs' | 'backups', string>>

export function foldersOf(data: string): Folders {
  const below = (name: string): string => path.join(data, name)
  return {
    data,
    postgres: below('postgres'),
    footage: below('footage'),
    signer: below('signer'),
    run: below('run'),
    logs: below('logs'),
    backups: below('backups'),
  }
}

export type OpenKernel = {
  readonly kernel: Kernel
  readonly events: EventBus
  /** For the job runner's own small pool. */
  readonly jobsDatabase: DatabaseOptions
  readonly adopted: boolean
  /** Database, signer and PostgreSQL, in that order. What used them has stopped before. */
  readonly close: () => Promise<void>
}

export const databaseName = 'sereno'

/**
 * Starts what the server owns (PostgreSQL, the signer) or, for a command beside a running server, only connects to it.
 * Migrates when it starts them. `say` is told what a person should know (an account that had to be substituted).
 */
export async function openKernel(options: {
  readonly config: Config
  readonly log: Log
  readonly migrations: readonly Migrations[]
  /** Where footage lies; null for files in the data folder. */
  readonly s3: S3Settings | null
  /** Asked only when the signer's keys are locked; null when nobody can say it. */
  readonly keyPassphrase?: () => Promise<string | null>
  readonly beside?: boolean
  /** Asked before an older database is changed; false or an exception leaves it alone. */
  readonly mayMigrate?: (count: number) => Promise<boolean>
  readonly say: (sentence: string) => void
}): Promise<OpenKernel> {
  const { config, log, say } = options
  const folders = foldersOf(config.dataFolder)
  makeFolders(folders)
  const clock = systemClock
  const ids = createIds(clock)
  const storage = await openStorage({ folder: folders.footage, s3: options.s3, ids, clock, log })
  const [engine, signer] = await settle(
    options.beside === true ? [besidePostgres(folders), besideSigner(folders)] : [ownPostgres(), ownSigner()],
  )
  const database = openAppDatabase(engine.socketFolder, databaseName, options.beside === true ? 4 : 12)
  const events = createEvents(database, log)
  const kernel: Kernel = {
    database,
    blobs: storage.blobs,
    storage,
    events,
    fanout: createFanout((error, topic) => log.error({ err: error, topic }, 'fanout: a listener failed')),
    jobs,
    signer: signer.client,
    clock,
    ids,
    log,
    config,
    disk: await createDisk({ folder: folders.data, clock, log }),
  }
  return {
    kernel,
    events,
    jobsDatabase: { socketFolder: engine.socketFolder, database: databaseName, user: appRole, maxConnections: 2 },
    adopted: engine.adopted,
    async close() {
      await database.close()
      await Promise.all([signer.stop(), engine.stop()])
      storage.close()
    },
  }

  async function ownPostgres(): Promise<Pick<Cluster, 'socketFolder' | 'adopted' | 'stop'>> {
    const account = accountFor({ name: 'sereno-db', fallbacks: ['postgres', 'nobody'], folder: folders.postgres }, say)
    const runFolder = path.join(folders.run, 'postgres')
    await giveBack(folders.postgres, account)
    const cluster = await openCluster({ folder: folders.postgres, runFolder, account, log, supervise: true })
    try {
      await prepareDatabase({
        socketFolder: cluster.socketFolder,
        database: databaseName,
        migrations: options.migrations,
        log,
        ...(options.mayMigrate === undefined ? {} : { mayMigrate: options.mayMigrate }),
      })
      await storage.tidy()
    } catch (error) {
      await cluster.stop()
      throw error
    }
    return cluster
  }

  // A wrong one, or keys of which a part is gone, is found out here, not by a signer that dies again and again.
  async function passphraseOfKeys(): Promise<string | null> {
    const passphrase = isLocked(folders.signer) ? ((await options.keyPassphrase?.()) ?? null) : null
    if (existsSync(folders.signer)) {
      demandKeys(folders.signer, openVault(folders.signer, passphrase))
    }
    return passphrase
  }

  async function ownSigner(): Promise<Pick<SignerProcess, 'client' | 'stop'>> {
    const account = accountFor({ name: 'sereno-signer', fallbacks: ['nobody'], folder: folders.signer }, say)
    await giveBack(folders.signer, account)
    const passphrase = await passphraseOfKeys()
    return startSigner({ folder: folders.signer, runFolder: folders.run, account, log, passphrase })
  }
}

// Whichever fails, the other is not left running.
async function settle<A extends { stop: () => Promise<void> }, B extends { stop: () => Promise<void> }>([
  first,
  second,
]: [Promise<A>, Promise<B>]): Promise<[A, B]> {
  const [one, two] = await Promise.allSettled([first, second])
  if (one.status === 'fulfilled' && two.status === 'fulfilled') {
    return [one.value, two.value]
  }
  for (const result of [one, two]) {
    if (result.status === 'fulfilled') {
      await result.value.stop()
    }
  }
  throw one.status === 'rejected' ? one.reason : two.status === 'rejected' ? two.reason : new Error('unreachable')
}

// The server starts it again within a second: longer than this it is not coming.
const besideLimitMs = 10_000

async function besidePostgres(folders: Folders): Promise<Pick<Cluster, 'socketFolder' | 'adopted' | 'stop'>> {
  const running = serverProcess(folders.postgres)
  if (running === null) {
    throw new Unavailable('database')
  }
  return { socketFolder: running.socketFolder, adopted: true, stop: async () => undefined }
}

async function besideSigner(folders: Folders): Promise<Pick<SignerProcess, 'client' | 'stop'>> {
  const client = await reachSigner(signerSocket(folders.run), besideLimitMs)
  return { client, stop: async () => client.close() }
}

// The data folder lets the accounts of PostgreSQL and the signer through to their own; each of those is closed.
function makeFolders(folders: Folders): void {
  mkdirSync(folders.data, { recursive: true, mode: 0o711 })
  chmodSync(folders.data, 0o711)
  mkdirSync(folders.run, { recursive: true, mode: 0o755 })
  for (const folder of [folders.footage, folders.logs, folders.backups]) {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    chmodSync(folder, 0o700)
  }
}
