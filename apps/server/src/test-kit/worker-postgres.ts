import { spawn } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { accountFor } from '../kernel/accounts.ts'
import { silentLog } from '../kernel/log.ts'
import { type Cluster, openCluster, serverProcess } from '../kernel/postgres/cluster.ts'
import { identify, isAlive, type ProcessId } from '../kernel/process-id.ts'

const prefix = 'sereno-test-'
// One for each process of vitest: with `isolate: false` its test files share modules, hence this promise.
let shared: Promise<Cluster> | null = null

/** The worker's own PostgreSQL, started when first asked for. It ends with the worker, however that ends. */
export function workerPostgres(): Promise<Cluster> {
  shared ??= start()
  return shared
}

/** A temporary folder that goes when the worker ends; `name` says what for. */
export function temporaryFolder(name: string): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), `${prefix}${name}-`))
  chmodSync(folder, 0o755)
  writeFileSync(path.join(folder, 'owner.json'), JSON.stringify(identify(process.pid)))
  removeWhenWeEnd(folder)
  return folder
}

async function start(): Promise<Cluster> {
  reapLeftovers()
  const root = temporaryFolder('postgres')
  const folder = path.join(root, 'postgres')
  const account = accountFor({ name: 'sereno-db', fallbacks: ['postgres', 'nobody'], folder }, () => undefined)
  mkdirSync(path.join(root, 'run'))
  return openCluster({
    folder,
    runFolder: path.join(root, 'run', 'pg'),
    account,
    log: silentLog,
    // What a test wants of durability it asks of a whole installation; here nothing outlives the process anyway.
    settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '100' },
  })
}

// A shell that waits for our end of a pipe: it closes even when we are killed, and nothing has to poll.
function removeWhenWeEnd(root: string): void {
  const script = `read _; if [ -f "$1/postgres/postmaster.pid" ]; then kill -QUIT "$(head -n 1 "$1/postgres/postmaster.pid")"; sleep 1; fi; rm -rf "$1"`
  const watcher = spawn('/bin/sh', ['-c', script, 'sh', root], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] })
  watcher.unref()
  const { stdin } = watcher
  stdin.on('error', () => undefined)
  if ('unref' in stdin) {
    ;(stdin as Socket).unref()
  }
}

// Only if a watcher was killed too.
function reapLeftovers(): void {
  for (const name of readdirSync(os.tmpdir()).filter((entry) => entry.startsWith(prefix))) {
    const root = path.join(os.tmpdir(), name)
    try {
      const owner = JSON.parse(readFileSync(path.join(root, 'owner.json'), 'utf8')) as ProcessId
      if (isAlive(owner)) {
        continue
      }
      const server = serverProcess(path.join(root, 'postgres'))
      if (server !== null) {
        process.kill(server.pid, 'SIGQUIT')
      }
      rmSync(root, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
    } catch {
      // Somebody else's, or being removed by its own watcher.
    }
  }
}
