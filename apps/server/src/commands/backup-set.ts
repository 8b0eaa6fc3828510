import { existsSync, mkdirSync, mkdtempSync } from 'node:fs'
import { mkdir, readdir, rename, rm, rmdir } from 'node:fs/promises'
import path from 'node:path'
import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import { baseBackup } from '../backup/base-backup.ts'
import { carryAway, nothingCarried } from '../backup/carry.ts'
import { writePlan } from '../backup/plan.ts'
import { restoreSet } from '../backup/restore-set.ts'
import { CannotUnseal, type OpenWith } from '../backup/sealed-file.ts'
import { openInstallation } from '../config.ts'
import { giveTo } from '../kernel/accounts.ts'
import { systemActor } from '../kernel/actor.ts'
import { fsyncFolder } from '../kernel/directory-sync.ts'
import { silentLog } from '../kernel/log.ts'
import { foldersOf } from '../kernel/open-kernel.ts'
import { markRestored } from '../restored.ts'
import { writeDurably } from '../signer/durable-file.ts'
import { BackupRefused, databaseAccount, giveToAccounts } from './backup.ts'
import { withInstallation } from './installation.ts'

/** A new key pair: the secret half into a file that leaves this machine, the public half for `--recipient`. */
export async function makeBackupKey(file: string): Promise<string> {
  if (existsSync(file)) {
    throw new BackupRefused(`${file} exists already.`)
  }
  const identity = await generateX25519Identity()
  mkdirSync(path.dirname(file), { recursive: true })
  writeDurably(file, `${identity}\n`)
  return identityToRecipient(identity)
}

/**
 * A base backup of an installation that works (or is started for it), and from now on its log, footage and keys as they
 * come: any instant after it can be restored.
 */
export async function backupOnline(options: {
  readonly dataFolder: string
  readonly folder: string
  readonly recipients: readonly string[]
  /** Another clock than the machine's. */
  readonly nowMs?: () => number
}): Promise<{ readonly name: string; readonly sizeBytes: number; readonly copied: number }> {
  const { dataFolder, recipients } = options
  const folder = path.resolve(options.folder)
  const folders = foldersOf(dataFolder)
  if (recipients.some((recipient) => !recipient.startsWith('age1'))) {
    throw new BackupRefused('--recipient takes a public key that begins with age1 (sereno backup-key makes one).')
  }
  if (`${folder}${path.sep}`.startsWith(`${dataFolder}${path.sep}`)) {
    throw new BackupRefused('A copy inside the data folder is lost with it. Choose another disk or a network share.')
  }
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const plan = { folder, recipients }
  return withInstallation(dataFolder, async ({ kernel }) => {
    writePlan(dataFolder, plan)
    const { installation } = kernel.config
    const now = options.nowMs ?? kernel.clock.nowMs
    const carried = nothingCarried()
    // The long part before, so that little is left when the log waits for it.
    const first = await carryAway(folders, plan, carried, now())
    let copied = first.copied
    const made = await baseBackup({
      postgresFolder: folders.postgres,
      installation,
      plan,
      now,
      carry: async () => {
        copied += (await carryAway(folders, plan, carried, now())).copied
      },
    })
    return { ...made, copied }
  })
}

/** Back into a new folder, as it was at an instant (epoch ms; null: the newest). */
export async function restoreFromSet(options: {
  readonly from: string
  readonly dataFolder: string
  readonly openWith: OpenWith
  readonly atMs: number | null
}): Promise<{ readonly baseAtMs: number }> {
  const target = path.resolve(options.dataFolder)
  if (existsSync(target) && (await readdir(target)).length > 0) {
    throw new BackupRefused(`${target} is not empty. Restore into a new folder.`)
  }
  const into = `${target}.restoring`
  await rm(into, { recursive: true, force: true })
  await mkdir(into, { recursive: true, mode: 0o711 })
  try {
    const { from, openWith, atMs } = options
    const { label } = await restoreSet({
      from,
      into,
      openWith,
      atMs,
      accountOf: databaseAccount,
      giveTo,
      log: silentLog,
    })
    await rm(path.join(into, 'run'), { recursive: true, force: true })
    openInstallation(into, null)
    markRestored(into, Date.now())
    await giveToAccounts(into)
    if (existsSync(target)) {
      await rmdir(target)
    }
    await rename(into, target)
    await fsyncFolder(path.dirname(target))
    return { baseAtMs: label.stoppedAtMs }
  } catch (error) {
    if (error instanceof CannotUnseal) {
      throw new BackupRefused(`${options.from} cannot be opened: ${error.message}.`, { cause: error })
    }
    throw error
  } finally {
    await rm(into, { recursive: true, force: true })
  }
}

/**
 * Restores the newest copy beside the running installation, examines it as `sereno check` does, reports, and enters the
 * result in the running one's ledger. What was restored is removed again.
 */
export async function drill(options: {
  readonly dataFolder: string
  readonly from: string
  readonly openWith: OpenWith
}): Promise<{ readonly seconds: number; readonly findings: readonly string[]; readonly examined: number }> {
  const started = performance.now()
  const beside = mkdtempSync(`${path.resolve(options.dataFolder)}.drill-`)
  const restored = path.join(beside, 'installation')
  const findings: string[] = []
  let examined = 0
  try {
    const { from, openWith } = options
    await restoreFromSet({ from, dataFolder: restored, openWith, atMs: null })
    await withInstallation(restored, async ({ app }) => {
      // As a server does before it answers anybody: what was destroyed since the copies is destroyed in them, too.
      await app.retention.start()
      for (const check of app.checks) {
        const result = await check.run(({ code, detail }) => findings.push(`${code} ${detail}`))
        examined += result.examined
      }
    })
  } finally {
    await rm(beside, { recursive: true, force: true })
  }
  const seconds = Math.round((performance.now() - started) / 1000)
  await withInstallation(options.dataFolder, async ({ app, kernel }) => {
    const municipality = app.identity.municipality()
    if (municipality !== null) {
      await kernel.database.transaction((tx) =>
        app.ledger.append(tx, {
          municipality: municipality.id,
          kind: 'installation.drilled',
          coarse: 'installation',
          subjects: [],
          actor: systemActor(municipality.id),
          fields: { seconds: String(seconds), examined: String(examined), findings: String(findings.length) },
        }),
      )
    }
  })
  return { seconds, findings, examined }
}
