import { readdir, readFile, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { keyCopyDays } from '../kernel/key-copies.ts'
import { writeDurably } from '../signer/durable-file.ts'
import { absentIsNull } from './absent.ts'
import { writeArchive } from './archive.ts'
import { partsOf } from './plan.ts'
import { type OpenWith, readSealed } from './sealed-file.ts'
import { writeCopy } from './write-copy.ts'

const dayMs = 86_400_000
const newestCopies = 3
const wanted = /^(signer(\/(?!signer\.lock$)|$)|installation\.json$|storage\.json$)/

type Copy = { readonly file: string; readonly atMs: number }

const keysEnding = '.sealed'
const checkpointsEnding = '.checkpoints.sealed'

/** Copies of the key store, oldest first, with the instant in their names. */
export async function keyCopies(folder: string): Promise<readonly Copy[]> {
  return copiesIn(folder, keysEnding)
}

async function copiesIn(folder: string, ending: string): Promise<readonly Copy[]> {
  const { keys } = partsOf(folder)
  const names = await readdir(keys).catch(() => [])
  return names
    .filter((name) => name.endsWith(ending) && /^\d+$/.test(name.slice(0, -ending.length)))
    .map((name) => ({ file: path.join(keys, name), atMs: Number.parseInt(name, 10) }))
    .sort((left, right) => left.atMs - right.atMs)
}

/** Grows with each entry of the ledger: it travels apart, so that the keys do not with it. */
const checkpointsFile = path.join('signer', 'checkpoints.json')

/**
 * What changes when a key is made or destroyed, and when it last did; nothing is read. A journal written anew is another
 * file, one that is appended to has another size.
 */
export async function keyStoreState(
  dataFolder: string,
): Promise<{ readonly state: string; readonly changedAtMs: number }> {
  const entries = await readdir(path.join(dataFolder, 'signer'), { recursive: true, withFileTypes: true }).catch(
    absentIsNull,
  )
  const below = (entries ?? [])
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.new'))
    .map((entry) => path.relative(dataFolder, path.join(entry.parentPath, entry.name)))
  const names = [...below, 'installation.json', 'storage.json'].filter(
    (name) => wanted.test(name) && name !== checkpointsFile,
  )
  const files = await Promise.all(
    names.sort().map(async (name) => {
      const found = await stat(path.join(dataFolder, name), { bigint: true }).catch(absentIsNull)
      return found === null ? null : { name, found }
    }),
  )
  const there = files.filter((file) => file !== null)
  return {
    state: there.map(({ name, found }) => `${name} ${found.ino} ${found.size} ${found.mtimeNs}`).join('\n'),
    changedAtMs: Math.max(0, ...there.map(({ found }) => Number(found.mtimeMs))),
  }
}

/** What the signer last signed, as it stands now; null before the first. */
export async function readCheckpoints(dataFolder: string): Promise<string | null> {
  return readFile(path.join(dataFolder, checkpointsFile), 'utf8').catch(absentIsNull)
}

/** Seals the last signed checkpoints alone, in place of those before. The next copy of the keys holds them, too. */
export async function snapshotCheckpoints(
  checkpoints: string,
  plan: { readonly folder: string; readonly recipients: readonly string[] },
  nowMs: number,
): Promise<void> {
  const { keys } = partsOf(plan.folder)
  async function* content(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(checkpoints)
  }
  await writeCopy(path.join(keys, `${nowMs}${checkpointsEnding}`), content(), plan.recipients)
  for (const { file, atMs } of await copiesIn(plan.folder, checkpointsEnding)) {
    if (atMs < nowMs) {
      await rm(file, { force: true })
    }
  }
}

/** Puts the last signed checkpoints that were copied after this copy of the keys in place of the ones it holds. */
export async function restoreCheckpoints(
  from: string,
  into: string,
  keysAtMs: number,
  openWith: OpenWith,
): Promise<void> {
  const newest = (await copiesIn(from, checkpointsEnding)).at(-1)
  if (newest !== undefined && newest.atMs > keysAtMs) {
    const pieces = await Array.fromAsync(readSealed(newest.file, openWith))
    writeDurably(path.join(into, checkpointsFile), Buffer.concat(pieces))
  }
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
