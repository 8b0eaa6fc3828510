import { spawn } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type Account, canReach, isRoot, ownAccount } from '../accounts.ts'
import { connect } from '../database.ts'
import type { Log } from '../log.ts'
import { commandName, identify, processesIn } from '../process-id.ts'
import { type Binaries, clusterMajor, findBinaries } from './binaries.ts'
import { clusterSettings, hostBasedAuthentication, identityMap, settingsFile } from './settings.ts'
import { socketFolder } from './socket-folder.ts'

/** A PostgreSQL that we own, running. */
export type Cluster = {
  readonly socketFolder: string
  readonly major: number
  /** It was running already: left over by a server that was killed. */
  readonly adopted: boolean
  readonly stop: () => Promise<void>
}

export type ClusterOptions = {
  readonly folder: string
  /** Where its socket should be, if the path is short enough. */
  readonly runFolder: string
  readonly account: Account
  readonly log: Log
  readonly prefer?: 'system' | 'embedded'
  /** Over `clusterSettings`; tests only. */
  readonly settings?: Readonly<Record<string, string>>
  /** Look after it: start it again when it dies. */
  readonly supervise?: boolean
  /** How long a start may take in which PostgreSQL is not seen at work; tests only. */
  readonly startLimitMs?: number
}

const startLimitMs = 20_000
/** After a power cut PostgreSQL replays its log and syncs its folder first: minutes on a slow disk, and never cut short. */
const repairLimitMs = 30 * 60_000
const stopLimitSeconds = '4'

/**
 * Makes the cluster when there is none, and starts it, or adopts one that runs: after `kill -9` of the server PostgreSQL
 * lives on, healthy, and the new server simply connects. Starting is retried: for a second or two after a kill of
 * PostgreSQL itself its own lock is still held.
 */
export async function openCluster(options: ClusterOptions): Promise<Cluster> {
  const binaries = findBinaries({
    clusterFolder: options.folder,
    account: options.account,
    copyFolder: '/var/cache/sereno',
    ...(options.prefer === undefined ? {} : { prefer: options.prefer }),
  })
  mkdirSync(path.dirname(options.folder), { recursive: true, mode: 0o755 })
  const control = programs(options, binaries)
  if (clusterMajor(options.folder) === null) {
    await create(options, control)
  }
  const sockets = socketFolder(options.runFolder, options.account)
  configure(options, sockets)
  const state = await startOrAdopt(options, control, sockets)

  let stopping = false
  const supervision = options.supervise === true ? superviseLoop() : Promise.resolve()
  async function superviseLoop(): Promise<void> {
    while (!stopping) {
      await pause(250, undefined, { ref: false })
      if (!stopping && serverProcess(options.folder) === null) {
        options.log.error('postgres: it ended; starting it again')
        await startOrAdopt(options, control, sockets).catch((error: unknown) =>
          options.log.error({ err: error }, 'postgres: cannot be started'),
        )
      }
    }
  }

  return {
    socketFolder: state.socketFolder,
    major: binaries.major,
    adopted: state.adopted,
    async stop() {
      stopping = true
      const fast = await control('pg_ctl', ['-w', '-t', stopLimitSeconds, '-m', 'fast', 'stop'])
      if (fast.status !== 0 && serverProcess(options.folder) !== null) {
        await control('pg_ctl', ['-w', '-t', stopLimitSeconds, '-m', 'immediate', 'stop'])
      }
      await Promise.race([supervision, pause(500)])
    },
  }
}

type Run = (program: 'initdb' | 'pg_ctl', args: readonly string[]) => Promise<{ status: number; output: string }>

/**
 * Runs a program of PostgreSQL on the folder under its account. When the account cannot walk the path to the folder (data
 * below a closed home), the folder is opened here and handed over as descriptor 3, which needs no walking.
 */
function programs(options: ClusterOptions, binaries: Binaries): Run {
  const reachable = canReach(options.account, options.folder)
  return (program, args) =>
    new Promise((resolve, reject) => {
      const descriptor = openSync(options.folder, 'r')
      const folder = reachable ? options.folder : '/proc/self/fd/3'
      const child = spawn(path.join(binaries.folder, program), ['-D', folder, ...args], {
        cwd: '/',
        env: { PATH: process.env.PATH, LC_ALL: 'C', HOME: '/nonexistent' },
        stdio: ['ignore', 'pipe', 'pipe', descriptor],
        ...(isRoot() ? { uid: options.account.uid, gid: options.account.gid } : {}),
      })
      let output = ''
      const gather = (piece: Uint8Array): void => {
        output = `${output}${Buffer.from(piece).toString()}`.slice(-4000)
      }
      child.stdout?.on('data', gather)
      child.stderr?.on('data', gather)
      child.on('error', reject)
      // 'exit', not 'close': the started server keeps the pipes of pg_ctl open.
      child.on('exit', (status) => {
        child.stdout?.destroy()
        child.stderr?.destroy()
        resolve({ status: status ?? 1, output })
      })
      child.on('spawn', () => closeSync(descriptor))
    })
}

// initdb in place, and a mark at its end: a folder without the mark was interrupted and is made anew.
async function create(options: ClusterOptions, control: Run): Promise<void> {
  if (existsSync(options.folder)) {
    rmSync(options.folder, { recursive: true, force: true })
  }
  mkdirSync(options.folder, { recursive: true, mode: 0o700 })
  if (isRoot()) {
    chownSync(options.folder, options.account.uid, options.account.gid)
  }
  const made = await control('initdb', [
    ...['-U', 'sereno', '-A', 'peer', '-E', 'UTF8', '--locale=C.UTF-8', '-k', '--no-instructions'],
    ...(options.settings?.fsync === 'off' ? ['--no-sync'] : []),
  ])
  if (made.status !== 0) {
    rmSync(options.folder, { recursive: true, force: true })
    throw new Error(`PostgreSQL could not make its folder ${options.folder}: ${made.output}`)
  }
  const main = path.join(options.folder, 'postgresql.conf')
  writeFileSync(main, `${readFileSync(main, 'utf8')}\ninclude_if_exists = 'sereno.conf'\n`)
}

function configure(options: ClusterOptions, sockets: string): void {
  const write = (name: string, text: string): void => {
    const file = path.join(options.folder, name)
    writeFileSync(file, text, { mode: 0o600 })
    chmodSync(file, 0o600)
    if (isRoot()) {
      chownSync(file, options.account.uid, options.account.gid)
    }
  }
  const settings = { ...clusterSettings, unix_socket_directories: sockets, ...options.settings }
  write('sereno.conf', settingsFile(settings))
  write('pg_hba.conf', hostBasedAuthentication())
  write('pg_ident.conf', identityMap(ownAccount().name))
}

async function startOrAdopt(
  options: ClusterOptions,
  control: Run,
  sockets: string,
): Promise<{ readonly adopted: boolean; readonly socketFolder: string }> {
  const limitMs = options.startLimitMs ?? startLimitMs
  const lastMs = performance.now() + repairLimitMs
  let deadlineMs = performance.now() + limitMs
  let lastOutput = ''
  let adopted = true
  let told = false
  while (performance.now() < deadlineMs) {
    const running = serverProcess(options.folder)
    if (running !== null && (await answers(running.socketFolder))) {
      return { adopted, socketFolder: running.socketFolder }
    }
    if (running === null) {
      forgetDead(options.folder)
      adopted = false
      const seconds = String(Math.ceil((limitMs * 3) / 4000))
      const started = await control('pg_ctl', ['-w', '-t', seconds, '-l', startLog(options), 'start'])
      if (started.status === 0) {
        return { adopted, socketFolder: sockets }
      }
      lastOutput = started.output
    }
    if (isRepairing(options.folder)) {
      if (!told) {
        options.log.warn('postgres: it replays its log; waiting for it')
        told = true
      }
      deadlineMs = Math.min(performance.now() + limitMs, lastMs)
    }
    await pause(100)
  }
  const logFile = path.join(options.folder, 'start.log')
  const tail = existsSync(logFile) ? readFileSync(logFile, 'utf8').slice(-1500) : ''
  throw new Error(`PostgreSQL does not start.\n${lastOutput}\n${tail}`)
}

function startLog(options: ClusterOptions): string {
  const reachable = canReach(options.account, options.folder)
  return reachable ? path.join(options.folder, 'start.log') : '/proc/self/fd/3/start.log'
}

/** The running postmaster by its pid file, or null when it is dead, a zombie, or the number is somebody else's now. */
export function serverProcess(folder: string): { readonly pid: number; readonly socketFolder: string } | null {
  const lines = pidFile(folder)
  const pid = Number(lines[0])
  if (!Number.isInteger(pid) || pid <= 0 || identify(pid) === null || commandName(pid) !== 'postgres') {
    return null
  }
  return { pid, socketFolder: lines[4] ?? '' }
}

// The eighth line of the pid file is PostgreSQL's own word for what it does (src/backend/utils/init/miscinit.c).
function isRepairing(folder: string): boolean {
  return serverProcess(folder) !== null && pidFile(folder)[7]?.trim() === 'starting'
}

// PostgreSQL itself takes any living process with the number in its pid file for a server: after a reboot that may be a
// stranger, and without an init process it may be a zombie. The file goes only when nothing works in the folder any more.
function forgetDead(folder: string): void {
  const pid = Number(pidFile(folder)[0])
  if (pid > 0 && processesIn(folder).length === 0) {
    rmSync(path.join(folder, 'postmaster.pid'), { force: true })
  }
}

function pidFile(folder: string): readonly string[] {
  try {
    return readFileSync(path.join(folder, 'postmaster.pid'), 'utf8').split('\n')
  } catch {
    return []
  }
}

async function answers(sockets: string): Promise<boolean> {
  const sql = connect({ socketFolder: sockets, database: 'postgres', user: 'sereno', maxConnections: 1 })
  try {
    await sql`select 1`
    return true
  } catch {
    return false
  } finally {
    await sql.end({ timeout: 1 })
  }
}
