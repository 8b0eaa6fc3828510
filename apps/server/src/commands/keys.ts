import { readFileSync } from 'node:fs'
import { lchown, readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { openInstallation } from '../config.ts'
import { isRoot } from '../kernel/accounts.ts'
import { systemActor } from '../kernel/actor.ts'
import { lockInstance } from '../kernel/instance-lock.ts'
import { foldersOf } from '../kernel/open-kernel.ts'
import { askKeyPassphrase } from '../key-passphrase.ts'
import { combineKey, splitKey } from '../signer/key-shares.ts'
import { openKeyStore } from '../signer/key-store.ts'
import { isLocked, lockVault, openVault, unlockVault, type Vault } from '../signer/vault.ts'
import { openWrappingKeys, replaceWrappingKey } from '../signer/wrapping-key.ts'
import { BackupRefused } from './backup.ts'
import { withInstallation } from './installation.ts'
import { shortestPassphrase } from './passphrase.ts'

type Deed = 'rotated' | 'locked' | 'unlocked' | 'shared' | 'recovered'

/**
 * Work on the key store, Sereno stopped, its entries made by an installation started for each: 1 what is asked for is
 * entered · 2 it is done · 3 that it was done is entered. A crash before 3 leaves the first entry: nobody has shares that the
 * ledger does not know of. Only a recovery has no 1: without the key nothing starts that could enter it.
 *
 * The files keep their owner: as root they belong to the signer's account.
 */
async function atKeys<T>(
  dataFolder: string,
  deed: Deed,
  work: (vault: Vault, folder: string) => Promise<T>,
): Promise<T> {
  const folders = foldersOf(dataFolder)
  openInstallation(dataFolder, null)
  const passphrase = await passphraseNow(folders.signer)
  if (deed !== 'recovered') {
    await enter(dataFolder, 'asked', { deed })
  }
  const lock = lockInstance(folders.run, dataFolder)
  let result: T
  try {
    result = await work(openVault(folders.signer, passphrase), folders.signer)
  } finally {
    // Also of what a refusal put back: a key that its account cannot read is as good as lost.
    await keepOwner(folders.signer)
    lock.release()
  }
  await enter(dataFolder, deed)
  return result
}

/** Null while the keys are open. Asked for once: what is started for the entries needs it, too. */
async function passphraseNow(signerFolder: string): Promise<string | null> {
  const passphrase = isLocked(signerFolder) ? await askKeyPassphrase(null) : null
  if (passphrase !== null) {
    process.env.SERENO_KEY_PASSPHRASE = passphrase
  }
  return passphrase
}

async function enter(
  dataFolder: string,
  deed: Deed | 'asked',
  fields: Readonly<Record<string, string>> = {},
): Promise<void> {
  await withInstallation(dataFolder, async ({ app, kernel }) => {
    const municipality = app.identity.municipality()
    if (municipality !== null) {
      await kernel.database.transaction((tx) =>
        app.ledger.append(tx, {
          municipality: municipality.id,
          kind: `installation.keys-${deed}`,
          coarse: 'installation',
          subjects: [],
          actor: systemActor(municipality.id),
          fields,
        }),
      )
    }
  })
}

/** A new wrapping key; footage stays as it is. Answers how many data keys were wrapped again. */
export function rotateKeys(dataFolder: string): Promise<number> {
  return atKeys(dataFolder, 'rotated', (vault, folder) => openKeyStore(folder, vault, Date.now).rotate())
}

/** The key store opens with a passphrase only, or with another one than before. */
export async function lockKeys(dataFolder: string, passphrase: string): Promise<void> {
  if (passphrase.length < shortestPassphrase) {
    throw new BackupRefused(`The passphrase needs at least ${shortestPassphrase} characters.`)
  }
  const folders = foldersOf(dataFolder)
  const before = await passphraseNow(folders.signer)
  await enter(dataFolder, 'asked', { deed: 'locked' })
  const lock = lockInstance(folders.run, dataFolder)
  try {
    lockVault(folders.signer, passphrase, before)
  } finally {
    await keepOwner(folders.signer)
    lock.release()
  }
  process.env.SERENO_KEY_PASSPHRASE = passphrase
  await enter(dataFolder, 'locked')
}

export async function unlockKeys(dataFolder: string): Promise<void> {
  const { signer } = foldersOf(dataFolder)
  if (!isLocked(signer)) {
    throw new BackupRefused('The keys are not locked.')
  }
  const passphrase = await passphraseNow(signer)
  await atKeys(dataFolder, 'unlocked', async () => unlockVault(signer, passphrase ?? ''))
}

/** The wrapping key in shares, for paper. They are shown once and kept nowhere. */
export function shareKey(dataFolder: string, needed: number, of: number): Promise<readonly string[]> {
  if (!(Number.isInteger(needed) && Number.isInteger(of) && needed >= 2 && needed <= of && of <= 20)) {
    throw new BackupRefused('keys share takes --needed M --of N, with 2 ≤ M ≤ N ≤ 20.')
  }
  return atKeys(dataFolder, 'shared', (vault) => splitKey(openWrappingKeys(vault, false).current.bytes, needed, of))
}

/**
 * Puts a lost or damaged wrapping key back from shares (a file, one on each line), only if it opens what the journal holds.
 * Answers how many data keys it opens.
 */
export function recoverKey(dataFolder: string, file: string): Promise<number> {
  const texts = readFileSync(path.resolve(file), 'utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
  return atKeys(dataFolder, 'recovered', async (vault, folder) => {
    const key = await combineKey(texts)
    const before = vault.read('installation.key')
    replaceWrappingKey(vault, key)
    try {
      return openKeyStore(folder, vault, Date.now).examine()
    } catch (error) {
      if (before === null) {
        vault.remove('installation.key')
      } else {
        replaceWrappingKey(vault, before)
      }
      throw new BackupRefused('The key of these shares does not open the data keys of this installation.', {
        cause: error,
      })
    }
  })
}

async function keepOwner(folder: string): Promise<void> {
  if (isRoot()) {
    const { uid, gid } = await stat(folder)
    for (const name of await readdir(folder)) {
      await lchown(path.join(folder, name), uid, gid)
    }
  }
}
