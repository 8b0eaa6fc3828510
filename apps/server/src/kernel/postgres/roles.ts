import { connect, type DatabaseOptions, openDatabase } from '../database.ts'
import { migrateJobs } from '../jobs.ts'
import type { Log } from '../log.ts'
import { kernelMigrations, type Migrations, migrate, pendingMigrations, readMigrations } from '../migrations.ts'

export const ownerRole = 'sereno'
/** What the server works as: it can read and write rows, and nothing else. It cannot change the ledger (its migration). */
export const appRole = 'sereno_app'

/** Nobody agreed to change an older database. */
export class MigrationRefused extends Error {
  readonly count: number

  constructor(count: number) {
    super(`${count} migrations are pending`)
    this.name = 'MigrationRefused'
    this.count = count
  }
}

/**
 * Makes the database and the app's role in a fresh cluster, and runs what migrations are pending. Idempotent.
 * Answers how many migrations ran.
 */
export async function prepareDatabase(options: {
  readonly socketFolder: string
  readonly database: string
  readonly migrations: readonly Migrations[]
  readonly log: Log
  /** Asked before a database that is in use already is changed. */
  readonly mayMigrate?: (count: number) => Promise<boolean>
}): Promise<number> {
  const { socketFolder, database } = options
  await createDatabase(socketFolder, database)
  const owner: DatabaseOptions = { socketFolder, database, user: ownerRole, maxConnections: 1 }
  const sql = connect(owner)
  try {
    await sql`alter default privileges in schema public grant select, insert, update, delete on tables to sereno_app`
    await sql`alter default privileges in schema public grant usage, select on sequences to sereno_app`
    await sql`grant usage on schema public to sereno_app`
    const sets = [kernelMigrations, ...options.migrations]
    const all = await readMigrations(sets)
    const pending = await pendingMigrations(sql, all)
    const isInUse = pending.length > 0 && pending.length < all.length
    if (isInUse && options.mayMigrate !== undefined && !(await options.mayMigrate(pending.length))) {
      throw new MigrationRefused(pending.length)
    }
    const ran = await migrate(sql, sets)
    await sql`revoke insert, update, delete on migration from sereno_app`
    // graphile-worker's tables have row security, which only their owner passes: the app's role owns that one schema.
    await sql.unsafe(`grant create on database "${database}" to ${appRole}`)
    await migrateJobs({ ...owner, user: appRole }, options.log)
    await sql.unsafe(`revoke create on database "${database}" from ${appRole}`)
    return ran
  } finally {
    await sql.end({ timeout: 2 })
  }
}

/** Whether the database exists in the cluster. */
export async function databaseExists(socketFolder: string, database: string): Promise<boolean> {
  const sql = connect({ socketFolder, database: 'postgres', user: ownerRole, maxConnections: 1 })
  try {
    const found = await sql`select 1 from pg_database where datname = ${database}`
    return found.length > 0
  } finally {
    await sql.end({ timeout: 2 })
  }
}

async function createDatabase(socketFolder: string, database: string): Promise<void> {
  const sql = connect({ socketFolder, database: 'postgres', user: ownerRole, maxConnections: 1 })
  try {
    const roles = await sql`select 1 from pg_roles where rolname = ${appRole}`
    if (roles.length === 0) {
      await sql.unsafe(`create role ${appRole} login nosuperuser nocreatedb nocreaterole`)
    }
    const databases = await sql`select 1 from pg_database where datname = ${database}`
    if (databases.length === 0) {
      await sql.unsafe(`create database "${database}" owner ${ownerRole}`)
    }
  } finally {
    await sql.end({ timeout: 2 })
  }
}

/** The server's own pool, as the app's role. */
export function openAppDatabase(socketFolder: string, database: string, maxConnections: number) {
  return openDatabase({ socketFolder, database, user: appRole, maxConnections })
}
