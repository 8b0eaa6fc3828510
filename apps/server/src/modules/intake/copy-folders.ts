/**
 * Where an original lies in the clear while it is converted: in memory (`/dev/shm`) where it and its copy fit easily, so
 * that a disk never holds it; else under the data folder. Whoever made one removes it; `clear` removes what a crash left.
 */
import { createHash } from 'node:crypto'
import { chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, statfsSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { isRoot } from '../../kernel/accounts.ts'
import { nobody } from './sandbox.ts'

export type CopyFolders = {
  /** A new folder that only the sandbox's account may enter, for so many bytes at most. */
  readonly make: (id: string, mostBytes: number) => string
  readonly clear: () => void
}

export function createCopyFolders(dataFolder: string, memory = '/dev/shm'): CopyFolders {
  const onDisk = path.resolve(dataFolder, 'run', 'copies')
  // Of this installation alone: another one on the machine has its own under way.
  const mark = createHash('sha256').update(path.resolve(dataFolder)).digest('hex').slice(0, 12)
  const prefix = `sereno-copy-${mark}-`

  function fits(mostBytes: number): boolean {
    if (process.platform !== 'linux' || !existsSync(memory)) {
      return false
    }
    const { bavail, bsize } = statfsSync(memory)
    return mostBytes < (bavail * bsize) / 2 && mostBytes < os.freemem() / 4
  }

  return {
    make(id, mostBytes) {
      const home = fits(mostBytes) ? memory : onDisk
      if (home === onDisk) {
        // The sandbox's account passes through, and lists nothing.
        mkdirSync(onDisk, { recursive: true, mode: 0o711 })
      }
      const folder = realpathSync(mkdtempSync(path.join(home, `${prefix}${id.slice(0, 8)}-`)))
      if (isRoot()) {
        chownSync(folder, nobody.uid, nobody.gid)
      }
      return folder
    },
    clear() {
      rmSync(onDisk, { recursive: true, force: true })
      for (const name of existsSync(memory) ? readdirSync(memory) : []) {
        if (name.startsWith(prefix)) {
          rmSync(path.join(memory, name), { recursive: true, force: true })
        }
      }
    },
  }
}
