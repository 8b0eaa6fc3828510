import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { keyCopyDays } from '../kernel/key-copies.ts'
import { writeArchive } from './archive.ts'
import { partsOf } from './plan.ts'
import { writeCopy } from './write-copy.ts'

const dayMs = 86_400_000
const newestCopies = 3
const wanted = /^(signer(\/(?!signer\.lock$)|$)|installation\.json$|storage\.json$)/

/** Copies of the key store, oldest first, with the instant in their names. */
export async function keyCopies(folder: string): Promise<readonly { readonly file: string; readonly atMs: number }[]> {
  const { keys } = partsOf(folder)
  const names = await readdir(keys).catch(() => [])
  return names
    .flatMap((name) => {
      const atMs = Number(/^(\d+)\.sealed$/.exec(name)?.[1])
      return Number.isInteger(atMs) ? [{ file: path.join(keys, name), atMs }] : []
    })
    .sort((left, right) => left.atMs - right.atMs)
}

/** What changes when a key is made or destroyed, or a checkpoint signed. */
export function keysDigest(dataFolder: string): string {
  const hash = createHash('sha256')
  for (const name of ['keys.journal', 'checkpoints.json']) {
    const file = path.join(dataFolder, 'signer', name)
    hash.update(existsSync(file) ? readFileSync(file) : '')
  }
  return hash.digest('hex')
}

/**
 * Seals the key store (data keys, signing keys, the last signed checkpoint) and the folder's own files, and thins the
 * copies.
 */
export async function snapshotKeys(
  dataFolder: string,
  plan: { readonly folder: string; readonly recipients: readonly string[] },
  nowMs: number,
): Promise<void> {
  // The signer goes on working: keys are appended, checkpoints replaced.
  const content = writeArchive(dataFolder, (relative) => wanted.test(relative), true)
  await writeCopy(path.join(partsOf(plan.folder).keys, `${nowMs}.sealed`), content, plan.recipients)
  await thinKeyCopies(plan.folder, nowMs)
}

/**
 * Keeps the newest three copies and the last of each day, and none older than {@link keyCopyDays} but the newest of all,
 * which holds what the machine holds: by then it has no destroyed key, a copy is made within a minute of each.
 */
export async function thinKeyCopies(folder: string, nowMs: number): Promise<void> {
  const copies = await keyCopies(folder)
  // A newer copy holds all that an older one does, save what was destroyed meanwhile: one a day is enough against damage.
  const newestOfDay = new Map(copies.map(({ file, atMs }) => [Math.floor(atMs / dayMs), file]))
  for (const [index, { file, atMs }] of copies.slice(0, -1).entries()) {
    const isRecent = index >= copies.length - newestCopies || newestOfDay.get(Math.floor(atMs / dayMs)) === file
    if (atMs < nowMs - keyCopyDays * dayMs || !isRecent) {
      await rm(file, { force: true })
    }
  }
}
