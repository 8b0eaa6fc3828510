import { existsSync } from 'node:fs'
import { chmod, mkdir, open, readdir, rename, rm, rmdir } from 'node:fs/promises'
import path from 'node:path'
import { readArchive, writeArchive } from '../backup/archive.ts'
import { CannotUnseal, readSealed, writeSealed } from '../backup/sealed-file.ts'
import { openInstallation } from '../config.ts'
import { type Account, accountFor, giveTo, isRoot } from '../kernel/accounts.ts'
import { fsyncFolder } from '../kernel/directory-sync.ts'
import { lockInstance } from '../kernel/instance-lock.ts'
import { silentLog } from '../kernel/log.ts'
import { foldersOf } from '../kernel/open-kernel.ts'
import { openCluster, serverProcess } from '../kernel/postgres/cluster.ts'
import { markRestored } from '../restored.ts'

/** A sentence for the person who typed the command. */
export class BackupRefused extends Error {}

const leftOut =
  /^(run|logs|backups)(\/|$)|^postgres\/(archive(\/|$)|postmaster\.(pid|opts)|start\.log|log(\/|$))|(^|\/)\.new-/

export type BackupOptions = {
  readonly dataFolder: string
  readonly file: string
  readonly passphrase: string
  /** log₂ of scrypt's cost; 18 unless a test is in a hurry. */
  readonly workFactor?: number
}

/**
 * A cold copy: database, footage, keys and the folder's own file in one stream, sealed with a passphrase. The server
 * must be stopped, so that the parts agree with each other. Written beside and renamed when whole and fsynced.
 */
export async function backup(options: BackupOptions): Promise<{ readonly sizeBytes: number }> {
  const folders = foldersOf(options.dataFolder)
  openInstallation(options.dataFolder, null)
  if (existsSync(options.file)) {
    throw new BackupRefused(`${options.file} exists already.`)
  }
  const lock = lockInstance(folders.run, options.dataFolder)
  const unfinished = `${options.file}.unfinished`
  try {
    await stopOrphan(folders.postgres, folders.run)
    const content = writeArchive(options.dataFolder, (relative) => !leftOut.test(relative))
    const workFactor = options.workFactor ?? 18
    const handle = await open(unfinished, 'w', 0o600)
    let sizeBytes = 0
    try {
      sizeBytes = await writeSealed(handle, content, { passphrase: options.passphrase, workFactor })
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(unfinished, options.file)
    await fsyncFolder(path.dirname(path.resolve(options.file)))
    return { sizeBytes }
  } finally {
    await rm(unfinished, { force: true })
    lock.release()
  }
}

/**
 * Back into an empty folder: unpacked beside it, checked to the last byte, given to the accounts it belongs to, and only
 * then put in its place.
 */
export async function restore(options: BackupOptions): Promise<{ readonly files: number }> {
  const target = path.resolve(options.dataFolder)
  if (existsSync(target) && (await readdir(target)).length > 0) {
    throw new BackupRefused(`${target} is not empty. Restore into a new folder.`)
  }
  const unfinished = `${target}.restoring`
  await rm(unfinished, { recursive: true, force: true })
  await mkdir(unfinished, { recursive: true, mode: 0o711 })
  try {
    const files = await readArchive(readSealed(options.file, { passphrase: options.passphrase }), unfinished)
    openInstallation(unfinished, null)
    markRestored(unfinished, Date.now())
    await giveToAccounts(unfinished)
    if (existsSync(target)) {
      await rmdir(target)
    }
    await rename(unfinished, target)
    await fsyncFolder(path.dirname(target))
    return { files }
  } catch (error) {
    if (error instanceof CannotUnseal) {
      throw new BackupRefused(`${options.file} cannot be opened: ${error.message}.`, { cause: error })
    }
    throw error
  } finally {
    await rm(unfinished, { recursive: true, force: true })
  }
}

// After `kill -9` of the server PostgreSQL may still be there: it is stopped cleanly first.
async function stopOrphan(folder: string, runFolder: string): Promise<void> {
  if (serverProcess(folder) !== null) {
    const account = databaseAccount(folder)
    const cluster = await openCluster({ folder, runFolder: path.join(runFolder, 'postgres'), account, log: silentLog })
    await cluster.stop()
  }
}

/** As root: PostgreSQL's and the signer's folders to the accounts they work under. */
export async function giveToAccounts(folder: string): Promise<void> {
  await chmod(folder, 0o711)
  if (isRoot()) {
    await giveTo(path.join(folder, 'postgres'), databaseAccount(path.join(folder, 'postgres')))
    const signer = path.join(folder, 'signer')
    await giveTo(signer, accountFor({ name: 'sereno-signer', fallbacks: ['nobody'], folder: signer }, console.error))
  }
}

export function databaseAccount(folder: string): Account {
  return accountFor({ name: 'sereno-db', fallbacks: ['postgres', 'nobody'], folder }, console.error)
}
