import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { readIfThere, writeDurably } from './durable-file.ts'

/**
 * After `kill -9` of the server its signer needs a moment to notice that its standard input has ended. Two at once could
 * sign a fork: the new one waits until the process named in the lock is gone, then names itself.
 */
export async function waitForPredecessor(lock: string, folder: string): Promise<void> {
  const before = Number(Buffer.from(readIfThere(lock) ?? '').toString())
  while (isSignerOf(before, folder)) {
    await pause(20)
  }
  writeDurably(lock, String(process.pid))
}

// Numbers of processes are used again: it must also be a signer of this very folder.
function isSignerOf(pid: number, folder: string): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) {
    return false
  }
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(folder)
  } catch {
    return false
  }
}
