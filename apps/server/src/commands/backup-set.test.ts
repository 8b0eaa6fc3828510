import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { composeApp, migrations } from '../app.ts'
import { createBackups } from '../backup/index.ts'
import { waitingWal } from '../backup/ship-wal.ts'
import { makeConfig, openInstallation } from '../config.ts'
import { seedDemonstration } from '../demonstration.ts'
import { connect } from '../kernel/database.ts'
import { lockInstance } from '../kernel/instance-lock.ts'
import { silentLog } from '../kernel/log.ts'
import { foldersOf, openKernel } from '../kernel/open-kernel.ts'
import { serverProcess } from '../kernel/postgres/cluster.ts'
import { temporaryFolder } from '../test-kit/index.ts'
import { backupOnline, drill, makeBackupKey, restoreFromSet } from './backup-set.ts'
import { withInstallation } from './installation.ts'

const root = temporaryFolder('backup-set')
const dataFolder = path.join(root, 'data')
const set = path.join(root, 'elsewhere')
const identityFile = path.join(root, 'secret', 'identity')
const stops: (() => Promise<void>)[] = []
afterAll(async () => {
  for (const stop of stops.reverse()) {
    await stop()
  }
})

/** What a server does, without HTTP: PostgreSQL and signer stay, others come beside. */
async function work() {
  const installation = openInstallation(dataFolder, { empty: false, nowMs: Date.now() })
  const settings = { dataFolder, lan: false, tls: null, origin: null, mapStyle: null, mapPmtiles: null }
  const config = makeConfig(settings, installation, () => 'http://localhost')
  const lock = lockInstance(foldersOf(dataFolder).run, dataFolder)
  const opened = await openKernel({ config, s3: null, log: silentLog, migrations, say: () => undefined })
  const app = composeApp(opened.kernel)
  await app.start()
  lock.note('http://localhost:1')
  stops.push(async () => {
    await app.stop()
    await opened.close()
    lock.release()
  })
  return { app, kernel: opened.kernel }
}

test('any instant after the base comes back, keys and footage with it; a drill proves it and is entered', async () => {
  mkdirSync(dataFolder)
  const { app, kernel } = await work()
  await seedDemonstration(app)
  const folders = foldersOf(dataFolder)
  const recipient = await makeBackupKey(identityFile)
  const openWith = { identity: readFileSync(identityFile, 'utf8').trim() }
  await expect(backupOnline({ dataFolder, folder: set, recipients: ['ssh-rsa x'] })).rejects.toThrow('age1')
  await expect(
    backupOnline({ dataFolder, folder: path.join(dataFolder, 'in'), recipients: [recipient] }),
  ).rejects.toThrow('another disk')

  const key = await kernel.signer.createDataKey('first')
  await kernel.blobs.put('m/first/1', Buffer.from('footage'), key)
  const ended = '0193aaaa-0000-7000-8000-000000000001'
  const endedKey = await kernel.signer.createDataKey(ended)
  await kernel.blobs.put(`m/1/${ended}-0001`, Buffer.from('to be destroyed'), endedKey)
  await kernel.blobs.put(`derivatives/${ended}/still`, Buffer.from('to be destroyed'), endedKey)
  await backupOnline({ dataFolder, folder: set, recipients: [recipient] })
  const base = Date.now()

  // After the base: a row, an instant, another row; a key and footage that only later copies carry.
  const running = serverProcess(folders.postgres)
  const sql = connect({
    socketFolder: running?.socketFolder ?? '',
    database: 'sereno',
    user: 'sereno',
    maxConnections: 1,
  })
  stops.push(() => sql.end({ timeout: 1 }))
  await sql`create table diary (line text)`
  await sql`insert into diary values ('before')`
  await kernel.blobs.put('m/second/1', Buffer.from('later'), await kernel.signer.createDataKey('second'))
  const [instant] = await sql<{ at: number }[]>`select extract(epoch from clock_timestamp())::float8 * 1000 as at`
  await sql`select pg_sleep(0.05)`
  await sql`insert into diary values ('after')`
  // Destroyed after it was copied; one object is still on its way out when the next copies are made.
  const inSet = () =>
    readdirSync(path.join(set, 'footage'), { recursive: true }).filter((name) => `${name}`.includes(ended))
  expect(inSet()).toHaveLength(3)
  await kernel.signer.destroyDataKey(ended)
  await kernel.blobs.remove(`derivatives/${ended}/still`)
  await sql`select pg_switch_wal()`
  await expect.poll(() => waitingWal(folders.postgres), { timeout: 30_000 }).not.toEqual([])
  for (const timer of createBackups(kernel).timers) {
    await timer.run()
  }
  expect(await waitingWal(folders.postgres)).toEqual([])
  expect(inSet()).toEqual([`derivatives/${ended}`])
  // As when the machine was lost before it could take it out of the set.
  mkdirSync(path.join(set, 'footage', 'm', '1'), { recursive: true })
  copyFileSync(path.join(folders.footage, `m/1/${ended}-0001`), path.join(set, 'footage', `m/1/${ended}-0001`))

  // Nothing legible lies elsewhere.
  const wal = path.join(set, 'wal')
  expect(readdirSync(wal).length).toBeGreaterThan(0)
  for (const name of readdirSync(wal)) {
    expect(readFileSync(path.join(wal, name)).includes('before')).toBe(false)
  }

  const then = path.join(root, 'then')
  await restoreFromSet({ from: set, dataFolder: then, openWith, atMs: Math.ceil(instant?.at ?? 0) + 5 })
  const newest = path.join(root, 'newest')
  await restoreFromSet({ from: set, dataFolder: newest, openWith, atMs: null })
  expect(await diaryOf(then)).toEqual(['before'])
  expect(await diaryOf(newest)).toEqual(['before', 'after'])
  await withInstallation(newest, async ({ app: restored, kernel: its }) => {
    expect(its.config.installation).toBe(kernel.config.installation)
    expect((await restored.ledger.status()).state).toBe('following')
    expect(await Array.fromAsync(its.blobs.list('m/1/'))).toEqual([])
    for (const [name, text] of [
      ['first', 'footage'],
      ['second', 'later'],
    ] as const) {
      const dataKey = (await its.signer.dataKey(name)) ?? new Uint8Array()
      expect(Buffer.concat(await Array.fromAsync(its.blobs.read(`m/${name}/1`, dataKey))).toString()).toBe(text)
    }
  })

  await expect(
    restoreFromSet({ from: set, dataFolder: path.join(root, 'x'), openWith, atMs: base - 86_400_000 }),
  ).rejects.toThrow('newer than that instant')
  await makeBackupKey(`${identityFile}-other`)
  const other = { identity: readFileSync(`${identityFile}-other`, 'utf8').trim() }
  await expect(
    restoreFromSet({ from: set, dataFolder: path.join(root, 'x'), openWith: other, atMs: null }),
  ).rejects.toThrow('not sealed for this key')
  expect(existsSync(path.join(root, 'x'))).toBe(false)

  const result = await drill({ dataFolder, from: set, openWith })
  expect(result.findings).toEqual([])
  expect(result.examined).toBeGreaterThan(0)
  expect(readdirSync(root).filter((name) => name.includes('drill'))).toEqual([])
  const [entry] = await sql<
    { count: number }[]
  >`select count(*)::int as count from leaf_opening where kind = 'installation.drilled'`
  expect(entry?.count).toBeGreaterThan(0)

  // A piece of the log that is missing is not taken for its end.
  const gone = readdirSync(wal).sort().at(-2) ?? ''
  rmSync(path.join(wal, gone))
  await expect(restoreFromSet({ from: set, dataFolder: path.join(root, 'y'), openWith, atMs: null })).rejects.toThrow(
    'has a hole',
  )
}, 180_000)

async function diaryOf(folder: string): Promise<readonly string[]> {
  return withInstallation(folder, async () => {
    const running = serverProcess(foldersOf(folder).postgres)
    const sql = connect({
      socketFolder: running?.socketFolder ?? '',
      database: 'sereno',
      user: 'sereno',
      maxConnections: 1,
    })
    try {
      return (await sql<{ line: string }[]>`select line from diary order by line desc`).map(({ line }) => line)
    } finally {
      await sql.end({ timeout: 1 })
    }
  })
}
