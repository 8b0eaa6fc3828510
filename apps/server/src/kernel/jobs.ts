import { type Logger as GraphileLogger, Logger, type Runner, run, runMigrations } from 'graphile-worker'
import { sql } from 'kysely'
import { Pool } from 'pg'
import type { DatabaseOptions, Db } from './database.ts'
import type { Log } from './log.ts'

/** What a job is told besides its payload. `attempt` counts from 1; a job that throws comes again, later each time. */
export type JobContext = { readonly job: string; readonly attempt: number; readonly log: Log }
export type JobTable = Readonly<Record<string, (payload: unknown, context: JobContext) => Promise<void>>>

export type Jobs = {
  /**
   * Adds a job in the caller's transaction. `runAt` is epoch milliseconds; `key` makes it one: adding again before it
   * ran replaces it.
   */
  readonly add: (
    tx: Db,
    name: string,
    payload: unknown,
    options?: { readonly runAt?: number; readonly key?: string },
  ) => Promise<void>
}

export const jobs: Jobs = {
  async add(tx, name, payload, options = {}) {
    const runAt = options.runAt === undefined ? null : new Date(options.runAt).toISOString()
    await sql`select graphile_worker.add_job(
      ${name}, ${JSON.stringify(payload)}::text::json, run_at := ${runAt}::text::timestamptz, job_key := ${options.key ?? null}::text
    )`.execute(tx)
  },
}

export type JobRunner = { readonly stop: () => Promise<void> }

/** Creates or updates graphile-worker's own schema, as the role that will own it. */
export async function migrateJobs(options: DatabaseOptions, log: Log): Promise<void> {
  const pool = openPool(options, log)
  try {
    await runMigrations({ pgPool: pool, logger: graphileLogger(log) })
  } finally {
    await pool.end()
  }
}

/** Runs the jobs of the table until stopped; a job under way is let finish. */
export async function runJobs(options: DatabaseOptions, table: JobTable, log: Log): Promise<JobRunner> {
  const pool = openPool(options, log)
  const runner: Runner = await run({
    pgPool: pool,
    concurrency: options.maxConnections,
    noHandleSignals: true,
    pollInterval: 1000,
    gracefulShutdownAbortTimeout: 2000,
    logger: graphileLogger(log),
    parsedCronItems: [],
    taskList: Object.fromEntries(
      Object.entries(table).map(([name, work]) => [
        name,
        async (payload: unknown, helpers: { readonly job: { readonly id: string; readonly attempts: number } }) =>
          work(payload, { job: helpers.job.id, attempt: helpers.job.attempts, log }),
      ]),
    ),
  })
  runner.promise.catch((error: unknown) => log.error({ err: error }, 'jobs: the runner ended'))
  return {
    async stop() {
      await runner.stop().catch((error: unknown) => log.warn({ err: error }, 'jobs: stopping'))
      await pool.end()
    },
  }
}

// graphile-worker complains at each start unless both the pool and every client of it have an error handler.
function openPool(options: DatabaseOptions, log: Log): Pool {
  const pool = new Pool({
    host: options.socketFolder,
    port: options.port ?? 5432,
    database: options.database,
    user: options.user,
    max: options.maxConnections + 1,
  })
  const complain = (error: Error): void => log.warn({ err: error }, 'jobs: lost a connection')
  pool.on('error', complain)
  pool.on('connect', (client) => client.on('error', complain))
  return pool
}

function graphileLogger(log: Log): GraphileLogger {
  return new Logger(() => (level, message) => {
    if (level === 'error') {
      log.error(`jobs: ${message}`)
    } else if (level === 'warning') {
      log.warn(`jobs: ${message}`)
    } else {
      log.debug(`jobs: ${message}`)
    }
  })
}
