import { mkdir, open, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { fsyncFolder } from '../kernel/directory-sync.ts'
import { type SealFor, writeSealed } from './sealed-file.ts'

/** Names of copies that are not whole begin with this, and are never read. */
export const unfinished = '.new-'

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
  const temporary = path.join(folder, `${unfinished}${path.basename(file)}`)
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
