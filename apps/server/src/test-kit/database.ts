import { createHash, randomBytes } from 'node:crypto'
import { connect, type Database, type Sql } from '../kernel/database.ts'
import { silentLog } from '../kernel/log.ts'
import { kernelMigrations, type Migrations, readMigrations } from '../kernel/migrations.ts'
import { databaseExists, openAppDatabase, ownerRole, prepareDatabase } from '../kernel/postgres/roles.ts'
import { workerPostgres } from './worker-postgres.ts'

export type TestDatabase = {
  /** As the server has it: the role that may not change the ledger. */
  readonly database: Database
  /** As the owner, for what a test must break. */
  readonly owner: Sql
  readonly name: string
  readonly socketFolder: string
  readonly close: () => Promise<void>
}

/**
 * A fresh database with these modules' migrations, on the worker's real PostgreSQL. The first call for a set of
 * migrations makes a template; the others copy it (about 40 ms).
 */
export async function startTestDatabase(migrations: readonly Migrations[]): Promise<TestDatabase> {
  const { socketFolder } = await workerPostgres()
  const template = await templateFor(socketFolder, migrations)
  const name = `t_${randomBytes(6).toString('hex')}`
  await administer(socketFolder, (sql) => sql.unsafe(`create database ${name} template ${template}`))
  const database = openAppDatabase(socketFolder, name, 8)
  const owner = connect({ socketFolder, database: name, user: ownerRole, maxConnections: 2 })
  return {
    database,
    owner,
    name,
    socketFolder,
    async close() {
      await Promise.all([database.close(), owner.end({ timeout: 1 })])
      await administer(socketFolder, (sql) => sql.unsafe(`drop database if exists ${name} with (force)`))
    },
  }
}

const templates = new Map<string, Promise<string>>()

async function templateFor(socketFolder: string, sets: readonly Migrations[]): Promise<string> {
  const files = await readMigrations([kernelMigrations, ...sets])
  const hash = createHash('sha256').update(files.map(({ sha256 }) => sha256).join())
  const name = `template_${hash.digest('hex').slice(0, 16)}`
  const making = templates.get(name) ?? makeTemplate(socketFolder, name, sets)
  templates.set(name, making)
  return making
}

async function makeTemplate(socketFolder: string, name: string, sets: readonly Migrations[]): Promise<string> {
  if (!(await databaseExists(socketFolder, name))) {
    await prepareDatabase({ socketFolder, database: name, migrations: sets, log: silentLog })
  }
  return name
}

async function administer(socketFolder: string, work: (sql: Sql) => Promise<unknown>): Promise<void> {
  const sql = connect({ socketFolder, database: 'postgres', user: ownerRole, maxConnections: 1 })
  try {
    await work(sql)
  } finally {
    await sql.end({ timeout: 1 })
  }
}
