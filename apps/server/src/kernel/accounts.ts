import { spawnSync } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { lchown, readdir } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'

/** An account of the operating system that a process runs under. */
export type Account = { readonly name: string; readonly uid: number; readonly gid: number }

/** Whether we may start processes under other accounts. */
export const isRoot = (): boolean => process.geteuid?.() === 0

/** The account we run under. */
export function ownAccount(): Account {
  const { username, uid, gid } = os.userInfo()
  return { name: username, uid, gid }
}

/**
 * The account a part of the installation runs under. Who is not root has only their own. As root: the owner of a folder
 * that exists already; else the named account, created when it is missing; else the first fallback that exists.
 * `say` is told what was created, or what had to be used instead.
 */
export function accountFor(
  wanted: { readonly name: string; readonly fallbacks: readonly string[]; readonly folder: string },
  say: (sentence: string) => void,
): Account {
  if (!isRoot()) {
    return ownAccount()
  }
  const owner = ownerOf(wanted.folder)
  if (owner !== null && owner.uid !== 0) {
    return owner
  }
  const existing = findAccount(({ name }) => name === wanted.name)
  if (existing !== null) {
    return existing
  }
  const created = spawnSync('useradd', [
    '--system',
    '--user-group',
    '--no-create-home',
    '--home-dir',
    '/nonexistent',
    '--shell',
    '/usr/sbin/nologin',
    wanted.name,
  ])
  const account = findAccount(({ name }) => name === wanted.name)
  if (created.status === 0 && account !== null) {
    return account
  }
  for (const fallback of wanted.fallbacks) {
    const found = findAccount(({ name }) => name === fallback)
    if (found !== null) {
      say(`The account ${wanted.name} could not be created; ${fallback} is used instead.`)
      return found
    }
  }
  throw new Error(`No account to run under: create one with "useradd --system ${wanted.name}".`)
}

/** Whether the account can come to the path: every folder above it lets it through. */
export function canReach(account: Account, target: string): boolean {
  for (let folder = path.dirname(path.resolve(target)); ; folder = path.dirname(folder)) {
    const { mode, uid, gid } = statSync(folder)
    const needed = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001
    if (account.uid !== 0 && (mode & needed) === 0) {
      return false
    }
    if (folder === path.dirname(folder)) {
      return true
    }
  }
}

/** Gives a folder and all below it to an account. Only root may. */
export async function giveTo(root: string, account: Account): Promise<void> {
  await lchown(root, account.uid, account.gid)
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    await lchown(path.join(entry.parentPath, entry.name), account.uid, account.gid)
  }
}

/** A data folder that was copied as root (`cp -r`) belongs to root: what it holds goes back to who works with it. */
export async function giveBack(folder: string, account: Account): Promise<void> {
  const owner = isRoot() ? ownerOf(folder) : null
  if (owner !== null && owner.uid !== account.uid) {
    await giveTo(folder, account)
  }
}

function ownerOf(folder: string): Account | null {
  try {
    const { uid, gid } = statSync(folder)
    return findAccount((account) => account.uid === uid) ?? { name: String(uid), uid, gid }
  } catch {
    return null
  }
}

function findAccount(matches: (account: Account) => boolean): Account | null {
  for (const line of readFileSync('/etc/passwd', 'utf8').split('\n')) {
    const [name = '', , uid, gid] = line.split(':')
    const account = { name, uid: Number(uid), gid: Number(gid) }
    if (name !== '' && matches(account)) {
      return account
    }
  }
  return null
}
