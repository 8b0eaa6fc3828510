import { copyFile, mkdir, open, readdir, rename, stat } from 'node:fs/promises'
import path from 'node:path'
import { fsyncFolder } from '../kernel/directory-sync.ts'
import { absentIsNull } from './absent.ts'
import { removeAbandoned, unfinishedName } from './write-copy.ts'

/** What has been looked at: folder → its last change. Unchanged folders have no new files. */
export type SeenFolders = Map<string, number>

/**
 * A file system dates changes by the kernel's tick (up to 10 ms, 2 s on the coarsest): a file that came in the tick of the
 * listing, after it, leaves the date as it is. A change is the last one only once its date lies well behind the listing.
 */
const settledMs = 2_000

/** A folder of footage and its copy; objects that `leaveOut` names, by their path below the folder, are not copied. */
export type FootageCopy = {
  readonly from: string
  readonly to: string
  readonly leaveOut?: (relative: string) => boolean
}

/**
 * Copies stored objects that are not yet at the destination, as they are: each is encrypted under its recording's key.
 * Objects never change, so a name that is there is there. Answers how many were copied.
 *
 * @param nowMs an instant before any folder is listed
 */
export async function copyFootage(copy: FootageCopy, seen: SeenFolders, nowMs: number, below = ''): Promise<number> {
  const [from, to] = [path.join(copy.from, below), path.join(copy.to, below)]
  const { mtimeMs } = await stat(from)
  const entries = await readdir(from, { withFileTypes: true })
  let copied = 0
  for (const entry of entries) {
    if (entry.isDirectory()) {
      copied += await copyFootage(copy, seen, nowMs, path.join(below, entry.name))
    }
  }
  if (seen.get(from) === mtimeMs) {
    return copied
  }
  const isWanted = (name: string): boolean => !name.startsWith('.') && copy.leaveOut?.(path.join(below, name)) !== true
  const files = entries.filter((entry) => entry.isFile() && isWanted(entry.name))
  const present = new Set(files.length === 0 ? [] : await readdir(to).catch(() => []))
  await removeAbandoned(to, [...present])
  const missing = files.filter((entry) => !present.has(entry.name))
  if (missing.length > 0) {
    await mkdir(to, { recursive: true, mode: 0o700 })
  }
  for (const { name } of missing) {
    await copyOne(path.join(from, name), to, name)
  }
  if (missing.length > 0) {
    await fsyncFolder(to)
  }
  // Read before the names were: what was added meanwhile has made it change again.
  if (mtimeMs < nowMs - settledMs) {
    seen.set(from, mtimeMs)
  }
  return copied + missing.length
}

async function copyOne(source: string, folder: string, name: string): Promise<void> {
  const temporary = path.join(folder, unfinishedName(name))
  // Gone meanwhile: destroyed, or moved to a bucket.
  if ((await copyFile(source, temporary).then(() => true, absentIsNull)) === null) {
    return
  }
  const handle = await open(temporary, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(temporary, path.join(folder, name))
}

/** The same for files that grow: each is replaced as a whole when it is longer, or newer, than its copy. */
export async function copyPublished(from: string, to: string): Promise<void> {
  const entries = await readdir(from, { withFileTypes: true }).catch(absentIsNull)
  for (const entry of entries ?? []) {
    const { name } = entry
    const [source, target] = [path.join(from, name), path.join(to, name)]
    if (entry.isDirectory()) {
      await copyPublished(source, target)
    } else if (!name.endsWith('.new') && (await isOlder(target, source))) {
      await mkdir(to, { recursive: true, mode: 0o700 })
      await copyOne(source, to, name)
    }
  }
}

async function isOlder(target: string, source: string): Promise<boolean> {
  const there = await stat(target).catch(absentIsNull)
  const here = await stat(source).catch(absentIsNull)
  return here !== null && (there === null || there.size !== here.size || there.mtimeMs < here.mtimeMs)
}
