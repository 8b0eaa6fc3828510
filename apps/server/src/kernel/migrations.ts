import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import type { Sql } from './database.ts'

/** A module's plain SQL files, named `NNNN-verb-noun.sql`, run in order of name, forward only. */
export type Migrations = { readonly module: string; readonly folder: URL }

export const kernelMigrations: Migrations = {
  module: 'kernel',
  folder: new URL('./migrations/', import.meta.url),
}

export type Migration = {
  readonly module: string
  readonly name: string
  readonly sha256: string
  readonly text: string
}

/** The database was migrated by a newer version, or by files that have changed since: nothing is touched. */
export class IncompatibleDatabase extends Error {
  constructor(detail: string) {
    super(detail)
    this.name = 'IncompatibleDatabase'
  }
}

const fileName = /^\d{4}-[a-z0-9-]+\.sql$/
// An arbitrary but fixed number: one migrating process at a time (pg_advisory_lock).
const migrationLock = 8_420_001

export async function readMigrations(sets: readonly Migrations[]): Promise<readonly Migration[]> {
  const migrations: Migration[] = []
  for (const { module, folder } of sets) {
    for (const name of (await readdir(folder)).sort()) {
      if (fileName.test(name)) {
        const text = await readFile(new URL(name, folder), 'utf8')
        migrations.push({ module, name, text, sha256: createHash('sha256').update(text).digest('hex') })
      }
    }
  }
  return migrations
}

/**
 * What is still to be run, in order. Throws {@link IncompatibleDatabase} when the database knows a migration that these
 * files do not have (it is newer), or one whose text has changed.
 */
export async function pendingMigrations(sql: Sql, all: readonly Migration[]): Promise<readonly Migration[]> {
  const [exists] = await sql<{ found: boolean }[]>`select to_regclass('migration') is not null as found`
  if (exists?.found !== true) {
    return all
  }
  const done = await sql<{ module: string; name: string; sha256: string }[]>`select module, name, sha256 from migration`
  const known = new Map(all.map((migration) => [`${migration.module}/${migration.name}`, migration]))
  for (const row of done) {
    const migration = known.get(`${row.module}/${row.name}`)
    if (migration === undefined) {
      throw new IncompatibleDatabase(`the database is newer than this version: it knows ${row.module}/${row.name}`)
    }
    if (migration.sha256 !== row.sha256) {
      throw new IncompatibleDatabase(`migration ${row.module}/${row.name} is not the one this database was made with`)
    }
    known.delete(`${row.module}/${row.name}`)
  }
  return [...known.values()]
}

/**
 * Runs what is pending as the owner, each migration and its record in one transaction: after a crash the next start goes
 * on with the first one that is not recorded. Answers how many ran.
 */
export async function migrate(sql: Sql, sets: readonly Migrations[]): Promise<number> {
  const all = await readMigrations(sets)
  const reserved = await sql.reserve()
  try {
    await reserved`select pg_advisory_lock(${migrationLock})`
    await reserved`create table if not exists migration (
      module text not null, name text not null, sha256 text not null,
      ran_at timestamptz not null default clock_timestamp(), primary key (module, name))`
    const pending = await pendingMigrations(reserved, all)
    for (const { module, name, sha256, text } of pending) {
      await reserved.unsafe('begin')
      try {
        await reserved.unsafe(text)
        await reserved`insert into migration (module, name, sha256) values (${module}, ${name}, ${sha256})`
        await reserved.unsafe('commit')
      } catch (error) {
        await reserved.unsafe('rollback')
        throw new Error(`migration ${module}/${name} failed`, { cause: error })
      }
    }
    return pending.length
  } finally {
    await reserved`select pg_advisory_unlock(${migrationLock})`.catch(() => undefined)
    reserved.release()
  }
}
