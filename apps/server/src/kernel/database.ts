import { Kysely, type Transaction } from 'kysely'
import { PostgresJSDialect } from 'kysely-postgres-js'
import postgres from 'postgres'
import { createSurvivingPool } from './surviving-pool.ts'

/**
 * A pool or a transaction over it. A store takes it first and adds its own tables:
 * `db.$extendTables<FleetTables>()`. (`withTables` is the same under its older name.)
 */
export type Db = Kysely<unknown>
export type Sql = postgres.Sql<{ bigint: number }>

export type Database = {
  readonly db: Db
  /** postgres.js itself: COPY, `unnest` inserts, LISTEN. Outside any Kysely transaction. */
  readonly sql: Sql
  /** Read committed. Rolls back on any exception. Work told to {@link afterCommit} runs once it is durable. */
  readonly transaction: <T>(run: (tx: Db) => Promise<T>) => Promise<T>
  readonly close: () => Promise<void>
}

export type DatabaseOptions = {
  /** Folder of the Unix socket, or null with `url`. */
  readonly socketFolder: string
  readonly port?: number
  readonly database: string
  readonly user: string
  readonly maxConnections: number
}

const afterCommits = new WeakMap<object, (() => void)[]>()

/**
 * Runs `action` after the commit of the transaction that {@link Database.transaction} opened; never when it rolls back.
 * Only for waking what would also come by itself: the process may die between commit and action.
 */
export function afterCommit(tx: Db, action: () => void): void {
  afterCommits.get(tx.getExecutor())?.push(action)
}

/** Opens a pool. Connections are made when first needed; `int8` is read as a number, which must be a safe integer. */
export function openDatabase(options: DatabaseOptions): Database {
  const sql = createSurvivingPool((onclose) => connect(options, onclose))
  const db: Db = new Kysely<unknown>({ dialect: new PostgresJSDialect({ postgres: sql }) })

  async function transaction<T>(run: (tx: Db) => Promise<T>): Promise<T> {
    const actions: (() => void)[] = []
    const result = await db.transaction().execute(async (tx: Transaction<unknown>) => {
      afterCommits.set(tx.getExecutor(), actions)
      return run(tx)
    })
    for (const action of actions) {
      action()
    }
    return result
  }

  return { db, sql, transaction, close: () => sql.end({ timeout: 2 }) }
}

/** A bare postgres.js client with our types. */
export function connect(options: DatabaseOptions, onclose: (connection: number) => void = () => undefined): Sql {
  return postgres({
    path: `${options.socketFolder}/.s.PGSQL.${options.port ?? 5432}`,
    database: options.database,
    user: options.user,
    max: options.maxConnections,
    idle_timeout: 60,
    connect_timeout: 5,
    // A restarting PostgreSQL is met by the caller as Unavailable at once, not after a growing pause.
    backoff: (attempts) => Math.min(0.05 * 2 ** attempts, 1),
    onnotice: () => undefined,
    onclose,
    connection: { application_name: 'sereno' },
    types: { bigint: { to: 20, from: [20], parse: safeInteger, serialize: (value: number) => String(value) } },
  })
}

/** Whether the error says that PostgreSQL is away or going away, so that trying again may help. */
export function isDatabaseAway(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  // 08: connection, 53300: too many connections, 57P01..57P04: shutdown, crash, starting up; 40001, 40P01: try again.
  return (
    /^(08|57P0)/.test(code) ||
    ['53300', '40001', '40P01'].includes(code) ||
    ['CONNECTION_CLOSED', 'CONNECTION_ENDED', 'CONNECTION_DESTROYED', 'CONNECT_TIMEOUT'].includes(code) ||
    // A missing socket is ENOENT of connect(2); ENOENT of a file is somebody else's.
    (error instanceof Error && 'syscall' in error && error.syscall === 'connect')
  )
}

/** The name of the unique index that a statement would have broken; null for every other failure. */
export function brokenConstraint(error: unknown): string | null {
  const isUnique = error instanceof postgres.PostgresError && error.code === '23505'
  return isUnique ? (error.constraint_name ?? null) : null
}

function safeInteger(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) {
    throw new RangeError('a bigint column holds a number beyond 2^53')
  }
  return value
}
