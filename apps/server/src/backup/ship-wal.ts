import { chownSync, mkdirSync, statSync } from 'node:fs'
import { open, readdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { absentIsNull } from './absent.ts'
import { partsOf } from './plan.ts'
import { writeCopy } from './write-copy.ts'

const spoolOf = (postgresFolder: string): string => path.join(postgresFolder, 'archive')

/** Turns archiving on (`archive_command` in kernel/postgres/settings.ts). The folder belongs to the account that owns the cluster. */
export function beginArchiving(postgresFolder: string): void {
  const spool = spoolOf(postgresFolder)
  mkdirSync(spool, { recursive: true, mode: 0o700 })
  const { uid, gid } = statSync(postgresFolder)
  chownSync(spool, uid, gid)
}

/** Pieces of the log that wait to be carried away, oldest first. */
export async function waitingWal(postgresFolder: string): Promise<readonly string[]> {
  const names = await readdir(spoolOf(postgresFolder)).catch(() => [])
  return names.filter((name) => !name.startsWith('.')).sort()
}

/**
 * Carries pieces away. For each: 1 compressed, sealed and fsynced at its destination · 2 removed here. A crash between
 * leaves both; the next round writes the same copy again. A piece that is gone was carried away by somebody beside us.
 */
export async function shipWal(
  postgresFolder: string,
  plan: { readonly folder: string; readonly recipients: readonly string[] },
  names: readonly string[],
): Promise<void> {
  for (const name of names) {
    const piece = path.join(spoolOf(postgresFolder), name)
    const handle = await open(piece).catch(absentIsNull)
    if (handle !== null) {
      const compressed = createGzip({ level: 1 })
      const reading = pipeline(handle.createReadStream({ highWaterMark: 1024 * 1024 }), compressed)
      await Promise.all([
        reading,
        writeCopy(path.join(partsOf(plan.folder).wal, `${name}.gz.sealed`), compressed, plan.recipients),
      ])
      await rm(piece, { force: true })
    }
  }
}
