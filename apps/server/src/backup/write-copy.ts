import { randomUUID } from 'node:crypto'
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { fsyncFolder } from '../kernel/directory-sync.ts'
import { type SealFor, writeSealed } from './sealed-file.ts'

/** Names of copies that are not whole begin with this, and are never read. */
export const unfinished = '.new-'

/** After this nobody is still writing it: whoever was, was killed. */
const abandonedMs = 24 * 3_600_000

/**
 * A name to write under until the copy is whole. A command beside the server copies the same things at the same time: under
 * one name the second would cut what the first was about to rename, and a crash would leave it cut for good.
 */
export function unfinishedName(name: string): string {
  return `${unfinished}${randomUUID()}-${name}`
}

/** Removes what writers that were killed left half written in a folder of copies. */
export async function removeAbandoned(folder: string, names: readonly string[]): Promise<void> {
  for (const name of names.filter((one) => one.startsWith(unfinished))) {
    const file = path.join(folder, name)
    const found = await stat(file).catch(() => null)
    if (found !== null && found.mtimeMs < Date.now() - abandonedMs) {
      await rm(file, { force: true })
    }
  }
}

/**
 * Writes a sealed copy: beside its name, fsynced, renamed, folder fsynced. A crash leaves a `.new-` file or the whole copy.
 * Answers its size in bytes.
 */
export async function writeCopy(
  file: string,
  content: AsyncIterable<Uint8Array>,
  recipients: readonly string[],
): Promise<number> {
  const sealFor: SealFor = { recipients }
  const folder = path.dirname(file)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await removeAbandoned(folder, await readdir(folder))
  const temporary = path.join(folder, unfinishedName(path.basename(file)))
  const handle = await open(temporary, 'w', 0o600)
  let sizeBytes: number
  try {
    sizeBytes = await writeSealed(handle, content, sealFor)
    await handle.sync()
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  } finally {
    await handle.close()
  }
  await rename(temporary, file)
  await fsyncFolder(folder)
  return sizeBytes
}
