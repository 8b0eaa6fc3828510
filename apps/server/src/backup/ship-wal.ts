import { chownSync, createReadStream, mkdirSync, statSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { createGzip } from 'node:zlib'
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
 * Carries the pieces away. For each: 1 compressed, sealed and fsynced at its destination · 2 removed here. A crash between
 * leaves both; the next round writes the same copy again. Answers how many.
 */
export async function shipWal(
  postgresFolder: string,
  plan: { readonly folder: string; readonly recipients: readonly string[] },
): Promise<number> {
  const names = await waitingWal(postgresFolder)
  for (const name of names) {
    const piece = path.join(spoolOf(postgresFolder), name)
    const compressed = createReadStream(piece, { highWaterMark: 1024 * 1024 }).pipe(createGzip({ level: 1 }))
    await writeCopy(path.join(partsOf(plan.folder).wal, `${name}.gz.sealed`), compressed, plan.recipients)
    await rm(piece)
  }
  return names.length
}
