import { spawn } from 'node:child_process'
import { chmodSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { temporaryFolder } from '../../test-kit/index.ts'
import { accountFor, isRoot } from '../accounts.ts'
import { connect } from '../database.ts'
import { silentLog } from '../log.ts'
import { type Cluster, type ClusterOptions, openCluster, serverProcess } from './cluster.ts'

const quick = { fsync: 'off', full_page_writes: 'off' }
let opened: Cluster | null = null
afterEach(async () => {
  await opened?.stop()
  opened = null
})

function optionsIn(root: string, more: Partial<ClusterOptions> = {}): ClusterOptions {
  const folder = path.join(root, 'postgres')
  const account = accountFor({ name: 'sereno-db', fallbacks: ['postgres', 'nobody'], folder }, () => undefined)
  return { folder, runFolder: path.join(root, 'run', 'postgres'), account, log: silentLog, settings: quick, ...more }
}

async function ask(cluster: Cluster, question: string): Promise<unknown> {
  const sql = connect({ socketFolder: cluster.socketFolder, database: 'postgres', user: 'sereno', maxConnections: 1 })
  try {
    const [row] = await sql.unsafe(question)
    return row?.answer
  } finally {
    await sql.end({ timeout: 1 })
  }
}

test('kill -9 of the server leaves its PostgreSQL, which the next one adopts; kill -9 of PostgreSQL itself heals', async () => {
  const root = temporaryFolder('cluster')
  const { account, ...plain } = optionsIn(root)
  const program = `
    import { openCluster } from ${JSON.stringify(new URL('./cluster.ts', import.meta.url).href)}
    import { silentLog } from ${JSON.stringify(new URL('../log.ts', import.meta.url).href)}
    await openCluster({ ...${JSON.stringify({ ...plain, account })}, log: silentLog })
    console.log('ready')
    setInterval(() => undefined, 1000)`
  const server = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await new Promise<void>((resolve) => server.stdout.once('data', () => resolve()))
  const before = serverProcess(plain.folder)
  server.kill('SIGKILL')
  await new Promise((resolve) => server.once('exit', resolve))

  opened = await openCluster(optionsIn(root, { supervise: true }))
  expect(opened.adopted).toBe(true)
  expect(serverProcess(plain.folder)?.pid).toBe(before?.pid)
  expect(await ask(opened, 'select 1 as answer')).toBe(1)

  process.kill(before?.pid ?? 0, 'SIGKILL')
  const cluster = opened
  await expect
    .poll(
      () =>
        serverProcess(plain.folder)?.pid === before?.pid ? null : ask(cluster, 'select 1 as answer').catch(() => null),
      { timeout: 15_000 },
    )
    .toBe(1)
})

test('a PostgreSQL that replays its log is waited for, however long that takes', async () => {
  const root = temporaryFolder('cluster')
  await (await openCluster(optionsIn(root))).stop()
  // Each piece of the log that it asks for takes longer than a start may.
  writeFileSync(path.join(root, 'postgres', 'recovery.signal'), '')
  const settings = { ...quick, restore_command: 'sleep 4; false', recovery_target_action: 'promote' }
  opened = await openCluster(optionsIn(root, { settings, startLimitMs: 3000 }))
  expect(await ask(opened, 'select 1 as answer')).toBe(1)
})

test('only its own account, by peer; nothing over the network; durable', async () => {
  const root = temporaryFolder('cluster')
  opened = await openCluster(optionsIn(root, { settings: {} }))
  expect(await ask(opened, "select current_setting('listen_addresses') as answer")).toBe('')
  expect(
    await ask(
      opened,
      "select string_agg(setting, ',' order by name) as answer from pg_settings where name in ('fsync', 'full_page_writes', 'synchronous_commit', 'data_checksums')",
    ),
  ).toBe('on,on,on,on')
  expect(await ask(opened, "select string_agg(distinct auth_method, ',') as answer from pg_hba_file_rules")).toBe(
    'peer',
  )
  expect(statSync(path.join(root, 'postgres')).mode & 0o077).toBe(0)
  expect(statSync(opened.socketFolder).mode & 0o077).toBe(0)
})

test.runIf(isRoot())('below a closed home folder, with a long path and the package’s own binaries', async () => {
  const home = path.join(temporaryFolder('cluster'), 'home')
  mkdirSync(home)
  chmodSync(home, 0o700)
  const root = path.join(home, 'x'.repeat(120))
  mkdirSync(root)
  opened = await openCluster(optionsIn(root, { prefer: 'embedded' }))
  expect(opened.socketFolder.length).toBeLessThan(90)
  expect(await ask(opened, 'select 1 as answer')).toBe(1)
  expect(opened.major).toBeGreaterThan(15)
  await opened.stop()
  // PG_VERSION decides from now on, whatever would be preferred.
  opened = await openCluster(optionsIn(root, { prefer: 'system' }))
  expect(opened.major).toBeGreaterThan(15)
})

test('the number in a stale pid file belongs to a stranger: started all the same', async () => {
  const root = temporaryFolder('cluster')
  const first = await openCluster(optionsIn(root))
  await first.stop()
  const { folder } = optionsIn(root)
  const { writeFileSync, chownSync } = await import('node:fs')
  const file = path.join(folder, 'postmaster.pid')
  writeFileSync(file, `${process.pid}\n${folder}\n1\n5432\n${first.socketFolder}\n\n 1 1\nready\n`, { mode: 0o600 })
  if (isRoot()) {
    const { uid, gid } = statSync(folder)
    chownSync(file, uid, gid)
  }
  opened = await openCluster(optionsIn(root))
  expect(opened.adopted).toBe(false)
  expect(await ask(opened, 'select 1 as answer')).toBe(1)
})
