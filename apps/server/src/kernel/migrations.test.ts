import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestDatabase, type TestDatabase, temporaryFolder } from '../test-kit/index.ts'
import { silentLog } from './log.ts'
import { IncompatibleDatabase, kernelMigrations, type Migrations, migrate } from './migrations.ts'
import { MigrationRefused, prepareDatabase } from './postgres/roles.ts'

let database: TestDatabase
const folder = path.join(temporaryFolder('migrations'), 'm')
const sets: readonly Migrations[] = [kernelMigrations, { module: 'm', folder: pathToFileURL(`${folder}/`) }]
const put = (name: string, text: string) => writeFileSync(path.join(folder, name), text)

beforeAll(async () => {
  mkdirSync(folder)
  database = await startTestDatabase([])
})
afterAll(() => database.close())

test('each runs once, in order; one that fails leaves nothing and is run again', async () => {
  put('0001-create-a.sql', 'create table a (id int); insert into a values (1);')
  put('0002-fill-a.sql', 'insert into a values (2); select 1/0;')
  await expect(migrate(database.owner, sets)).rejects.toThrow('migration m/0002-fill-a.sql failed')
  expect((await database.owner`select id from a`).map((row) => row.id)).toEqual([1])
  put('0002-fill-a.sql', 'insert into a values (2);')
  expect(await migrate(database.owner, sets)).toBe(1)
  expect(await migrate(database.owner, sets)).toBe(0)
  expect((await database.owner`select id from a order by id`).map((row) => row.id)).toEqual([1, 2])
})

test('the app’s role can use new tables, and not the record of migrations', async () => {
  await database.database.sql`insert into a values (3)`
  await expect(database.database.sql`delete from migration`).rejects.toThrow('permission denied')
  await expect(database.database.sql`create table mine (id int)`).rejects.toThrow('permission denied')
})

test('a database in use is changed only when somebody agrees', async () => {
  put('0003-create-b.sql', 'create table b (id int)')
  const prepare = (agrees: boolean) =>
    prepareDatabase({
      socketFolder: database.socketFolder,
      database: database.name,
      migrations: sets.slice(1),
      log: silentLog,
      mayMigrate: async (count) => count === 1 && agrees,
    })
  await expect(prepare(false)).rejects.toThrow(MigrationRefused)
  const [before] = await database.owner`select to_regclass('b') as found`
  expect(before?.found).toBeNull()
  expect(await prepare(true)).toBe(1)
})

test('a newer database, or a changed migration, is refused untouched', async () => {
  put('0002-fill-a.sql', 'insert into a values (22);')
  await expect(migrate(database.owner, sets)).rejects.toThrow(IncompatibleDatabase)
  rmSync(path.join(folder, '0002-fill-a.sql'))
  put('0004-later.sql', 'create table later (id int)')
  await expect(migrate(database.owner, sets)).rejects.toThrow('newer than this version')
  const [later] = await database.owner`select to_regclass('later') as found`
  expect(later?.found).toBeNull()
})

test('int8 is a number, and beyond 2^53 an error instead of a wrong number', async () => {
  const [row] = await database.database.sql`select 9007199254740991::bigint as n`
  expect(row?.n).toBe(Number.MAX_SAFE_INTEGER)
  await expect(database.database.sql`select 9007199254740993::bigint as n`).rejects.toThrow(RangeError)
})
