import { existsSync } from 'node:fs'
import { open, readdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { absentIsNull } from './absent.ts'

/** Recordings whose data key this data folder's key store has destroyed: what is left of them nobody will ever open. */
export async function destroyedRecordings(dataFolder: string): Promise<ReadonlySet<string>> {
  const destroyed = new Set<string>()
  const journal = await open(path.join(dataFolder, 'signer', 'keys.journal')).catch(absentIsNull)
  for await (const line of journal?.readLines() ?? []) {
    // A line of the journal is written in one order (signer/key-store.ts); the wrapped ones, nearly all, are not read.
    const recording = line.includes('"destroyedAt":') ? recordingIn(line) : null
    if (recording !== null) {
      destroyed.add(recording)
    }
  }
  return destroyed
}

function recordingIn(line: string): string | null {
  try {
    const { recording } = JSON.parse(line) as { readonly recording?: unknown }
    return typeof recording === 'string' ? recording : null
  } catch {
    // The last line while it is being written: it is whole the next time.
    return null
  }
}

const idLength = 36

/** Whether a stored object is a destroyed recording's: its folder, or the beginning of its name, is the recording's id. */
export function isDestroyed(relative: string, destroyed: ReadonlySet<string>): boolean {
  return relative
    .split(path.sep)
    .some((part) => destroyed.has(part) || (part[idLength] === '-' && destroyed.has(part.slice(0, idLength))))
}

/** Removes what copies still hold of destroyed recordings. Answers how many objects. */
export async function removeDestroyed(footage: string, destroyed: ReadonlySet<string>): Promise<number> {
  if (destroyed.size === 0 || !existsSync(footage)) {
    return 0
  }
  let removed = 0
  for (const entry of await readdir(footage, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name)
    if (entry.isFile() && isDestroyed(path.relative(footage, file), destroyed)) {
      await rm(file, { force: true })
      removed += 1
    }
  }
  return removed
}
