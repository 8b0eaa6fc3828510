import { cp, mkdir, open, readdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { createGunzip } from 'node:zlib'
import type { Account } from '../kernel/accounts.ts'
import { connect } from '../kernel/database.ts'
import type { Log } from '../kernel/log.ts'
import { openCluster } from '../kernel/postgres/cluster.ts'
import { ownerRole } from '../kernel/postgres/roles.ts'
import { absentIsNull } from './absent.ts'
import { readArchive } from './archive.ts'
import type { BaseLabel } from './base-backup.ts'
import { destroyedRecordings, isDestroyed } from './destroyed.ts'
import { partsOf } from './plan.ts'
import { type OpenWith, readSealed } from './sealed-file.ts'
import { keyCopies, restoreCheckpoints } from './snapshot-keys.ts'
import { unfinished } from './write-copy.ts'

/** There is no backup from which that instant can be restored. A sentence for the person at the terminal. */
export class NoSuchBackup extends Error {}

const recoveryLimitMs = 3_600_000

export type RestoreSet = {
  /** The set of copies. */
  readonly from: string
  /** A new, empty folder; the caller moves it into place. */
  readonly into: string
  readonly openWith: OpenWith
  /** The instant to come back to, epoch milliseconds; null for the newest there is. */
  readonly atMs: number | null
  readonly accountOf: (postgresFolder: string) => Account
  readonly giveTo: (folder: string, account: Account) => Promise<void>
  readonly log: Log
}

/**
 * An installation as it was at an instant.
 *
 * 1 the newest base before it · 2 its log, opened · 3 PostgreSQL replays the log up to the instant and ends its recovery ·
 * 4 the newest key store (what was destroyed meanwhile stays destroyed) with the last checkpoints · 5 footage. Nothing in the set is changed.
 */
export async function restoreSet(options: RestoreSet): Promise<{ readonly label: BaseLabel }> {
  const { from, into, openWith, log } = options
  const { name, label } = await chooseBase(from, openWith, options.atMs)
  const postgres = path.join(into, 'postgres')
  await mkdir(postgres, { recursive: true, mode: 0o700 })
  await readArchive(readSealed(path.join(partsOf(from).bases, name, 'database.sealed'), openWith), postgres)
  await writeFile(path.join(postgres, 'backup_label'), label.backupLabel, { mode: 0o600 })
  if (label.tablespaceMap !== '') {
    await writeFile(path.join(postgres, 'tablespace_map'), label.tablespaceMap, { mode: 0o600 })
  }
  const replay = path.join(postgres, 'replay')
  await openWal(partsOf(from).wal, replay, label.firstWal, openWith)
  await writeFile(path.join(postgres, 'recovery.signal'), '', { mode: 0o600 })
  const account = options.accountOf(postgres)
  await options.giveTo(postgres, account)

  const target = options.atMs === null ? {} : { recovery_target_time: instantOf(options.atMs) }
  const cluster = await openCluster({
    folder: postgres,
    runFolder: path.join(into, 'run', 'postgres'),
    account,
    log,
    settings: {
      restore_command: 'cp replay/%f %p',
      recovery_target_timeline: 'latest',
      recovery_target_action: 'promote',
      ...target,
    },
  })
  try {
    await untilRecovered(cluster.socketFolder)
  } finally {
    await cluster.stop()
  }
  await rm(replay, { recursive: true })

  const newest = (await keyCopies(from)).at(-1)
  if (newest === undefined) {
    throw new NoSuchBackup(`${from} holds no copy of the key store.`)
  }
  await readArchive(readSealed(newest.file, openWith), into)
  await restoreCheckpoints(from, into, newest.atMs, openWith)
  const { footage, log: published } = partsOf(from)
  await mkdir(path.join(into, 'footage'), { recursive: true, mode: 0o700 })
  // The newest key store says what was destroyed; older copies of footage may still hold its objects.
  const destroyed = await destroyedRecordings(into)
  const filter = (source: string): boolean =>
    !isDestroyed(path.relative(footage, source), destroyed) && !path.basename(source).startsWith(unfinished)
  await cp(footage, path.join(into, 'footage'), { recursive: true, errorOnExist: true, filter }).catch(absentIsNull)
  const isWhole = (source: string): boolean => !path.basename(source).startsWith(unfinished)
  await cp(published, path.join(into, 'ledger'), { recursive: true, filter: isWhole }).catch(absentIsNull)
  return { label }
}

/** While it reads its settings PostgreSQL knows no names of time zones, not even Z. */
function instantOf(atMs: number): string {
  return new Date(atMs).toISOString().replace('T', ' ').replace('Z', '+00')
}

async function chooseBase(
  from: string,
  openWith: OpenWith,
  atMs: number | null,
): Promise<{ readonly name: string; readonly label: BaseLabel }> {
  const { bases } = partsOf(from)
  const names = (await readdir(bases).catch(() => [])).sort().reverse()
  let isAny = false
  for (const name of names) {
    const file = path.join(bases, name, 'label.sealed')
    const isWhole = (await readdir(path.join(bases, name))).includes('label.sealed')
    if (isWhole) {
      const pieces = await Array.fromAsync(readSealed(file, openWith))
      const label = JSON.parse(Buffer.concat(pieces).toString('utf8')) as BaseLabel
      isAny = true
      if (atMs === null || label.stoppedAtMs <= atMs) {
        return { name, label }
      }
    }
  }
  throw new NoSuchBackup(
    isAny ? `The oldest base backup in ${from} is newer than that instant.` : `${from} holds no base backup.`,
  )
}

async function openWal(from: string, into: string, first: string, openWith: OpenWith): Promise<void> {
  await mkdir(into, { mode: 0o700 })
  const pieces = (await readdir(from)).flatMap(
    (name) => /^([0-9A-F]{24}|[0-9A-F]{8}\.history)\.gz\.sealed$/.exec(name)?.[1] ?? [],
  )
  // Older pieces than the base's first are of no use; names of one timeline sort by time.
  const wanted = pieces.filter((piece) => piece.endsWith('.history') || piece.slice(8) >= first.slice(8)).sort()
  demandUnbroken(wanted, first)
  for (const piece of wanted) {
    const handle = await open(path.join(into, piece), 'wx', 0o600)
    const opened = Readable.from(readSealed(path.join(from, `${piece}.gz.sealed`), openWith))
    await pipeline(opened, createGunzip(), handle.createWriteStream())
  }
}

/**
 * PostgreSQL takes the first missing piece for the end of the log, and would come back to an earlier instant without a
 * word. Pieces are of 16 MiB, 256 to a number in the middle of the name.
 */
function demandUnbroken(pieces: readonly string[], first: string): void {
  const timeline = first.slice(0, 8)
  const numbers = pieces
    .filter((piece) => piece.length === 24 && piece.startsWith(timeline))
    .map((piece) => Number.parseInt(piece.slice(8, 16), 16) * 256 + Number.parseInt(piece.slice(16), 16))
  const start = Number.parseInt(first.slice(8, 16), 16) * 256 + Number.parseInt(first.slice(16), 16)
  const gap = numbers.findIndex((number, index) => number !== start + index)
  if (numbers.length === 0 || gap !== -1) {
    throw new NoSuchBackup(
      `The database's log has a hole: piece ${gap === -1 ? 1 : gap + 1} after the base is missing.`,
    )
  }
}

async function untilRecovered(socketFolder: string): Promise<void> {
  const sql = connect({ socketFolder, database: 'postgres', user: ownerRole, maxConnections: 1 })
  try {
    const deadlineMs = performance.now() + recoveryLimitMs
    for (;;) {
      const [row] = await sql<{ recovering: boolean }[]>`select pg_is_in_recovery() as recovering`
      if (row?.recovering === false) {
        return
      }
      if (performance.now() > deadlineMs) {
        throw new Error('PostgreSQL does not come to the end of its log')
      }
      await pause(100)
    }
  } finally {
    await sql.end({ timeout: 2 })
  }
}
