import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { connect } from '../kernel/database.ts'
import { serverProcess } from '../kernel/postgres/cluster.ts'
import { ownerRole } from '../kernel/postgres/roles.ts'
import { writeArchive } from './archive.ts'
import { type BackupPlan, partsOf } from './plan.ts'
import { beginArchiving } from './ship-wal.ts'
import { writeCopy } from './write-copy.ts'

/** What a base backup says of itself, sealed beside it. */
export type BaseLabel = {
  readonly format: 1
  readonly installation: string
  readonly major: number
  readonly startedAtMs: number
  /** From here on any instant can be restored. */
  readonly stoppedAtMs: number
  /** The first piece of the log that restoring needs. */
  readonly firstWal: string
  /** PostgreSQL's own `backup_label` and `tablespace_map`, written into the folder before it is started. */
  readonly backupLabel: string
  readonly tablespaceMap: string
}

// Of no use elsewhere, or made anew at each start (PostgreSQL, "Making a Base Backup Using the Low Level API").
const leftOut =
  /^(pg_wal\/|pg_replslot\/|pg_dynshmem\/|pg_notify\/|pg_serial\/|pg_snapshots\/|pg_stat_tmp\/|pg_subtrans\/|archive(\/|$)|log(\/|$)|postmaster\.(pid|opts)$|start\.log$|backup_label|tablespace_map|(.*\/)?pgsql_tmp)/

/**
 * A base backup of the running PostgreSQL, while everybody works.
 *
 * 1 archiving on · 2 `pg_backup_start` · 3 the folder, read as it is, sealed · 4 `pg_backup_stop`, which waits until the log
 * up to here is archived · 5 what that log names carried away, then the log (carry.ts) · 6 the label, sealed: with it the
 * backup is one. A crash before 6 leaves files that no label names.
 */
export async function baseBackup(options: {
  readonly postgresFolder: string
  readonly installation: string
  readonly plan: BackupPlan
  readonly now: () => number
  readonly carry: () => Promise<unknown>
}): Promise<{ readonly name: string; readonly sizeBytes: number; readonly stoppedAtMs: number }> {
  const { postgresFolder, plan, now } = options
  const running = serverProcess(postgresFolder)
  if (running === null) {
    throw new Error('PostgreSQL is not running')
  }
  beginArchiving(postgresFolder)
  const startedAtMs = now()
  const name = new Date(startedAtMs).toISOString().replaceAll(/[:.]/g, '-')
  const folder = path.join(partsOf(plan.folder).bases, name)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const sql = connect({ socketFolder: running.socketFolder, database: 'postgres', user: ownerRole, maxConnections: 1 })
  try {
    const [start] = await sql<{ wal: string; major: number }[]>`
      select pg_walfile_name(pg_backup_start('sereno', true)) as wal,
        current_setting('server_version_num')::int / 10000 as major`
    const content = writeArchive(postgresFolder, (relative) => !leftOut.test(relative), true)
    const sizeBytes = await writeCopy(path.join(folder, 'database.sealed'), content, plan.recipients)
    const [stop] = await sql<{ label: string; spaces: string }[]>`
      select labelfile as label, spcmapfile as spaces from pg_backup_stop(true)`
    await options.carry()
    const stoppedAtMs = now()
    const label: BaseLabel = {
      format: 1,
      installation: options.installation,
      major: start?.major ?? 0,
      startedAtMs,
      stoppedAtMs,
      firstWal: start?.wal ?? '',
      backupLabel: stop?.label ?? '',
      tablespaceMap: stop?.spaces ?? '',
    }
    await writeCopy(path.join(folder, 'label.sealed'), asBytes(JSON.stringify(label)), plan.recipients)
    return { name, sizeBytes, stoppedAtMs }
  } finally {
    await sql.end({ timeout: 2 })
  }
}

async function* asBytes(text: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(text)
}
