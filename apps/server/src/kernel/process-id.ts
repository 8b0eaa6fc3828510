import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/**
 * A process beyond doubt: numbers are used again, so the start (clock ticks since boot, proc(5)) and the boot belong to
 * it. Linux only, as the whole server is.
 */
export type ProcessId = { readonly pid: number; readonly startTicks: string; readonly boot: string }

/** Null when there is no such process, or only its zombie. */
export function identify(pid: number): ProcessId | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The command's name is in parentheses and may hold anything; what follows the last one is regular.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const startTicks = fields[19]
    return fields[0] === 'Z' || fields[0] === 'X' || startTicks === undefined
      ? null
      : { pid, startTicks, boot: bootId() }
  } catch {
    return null
  }
}

export function isAlive(id: ProcessId): boolean {
  const now = identify(id.pid)
  return now !== null && now.startTicks === id.startTicks && now.boot === id.boot
}

/** Short command name of a process, or null. */
export function commandName(pid: number): string | null {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim()
  } catch {
    return null
  }
}

/** Processes whose working directory is the folder (those we may look at). */
export function processesIn(folder: string): readonly number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && pid > 0)
    .filter((pid) => {
      try {
        return readlinkSync(`/proc/${pid}/cwd`) === folder && identify(pid) !== null
      } catch {
        return false
      }
    })
}

function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
}
