import { statfs } from 'node:fs/promises'
import type { Clock } from './clock.ts'
import type { Log } from './log.ts'

export type DiskSpace = { readonly freeBytes: number; readonly sizeBytes: number }
/** The disk's reserve: ingest stops while PostgreSQL can still write. */
export type Disk = {
  /** False below 5 % or 2 GiB free: refuse with `installation.disk-reserve` (507). Cheap: reads the last sample. */
  readonly ingestOpen: () => boolean
  /** The last sample; `at` is its instant. */
  readonly space: () => DiskSpace & { readonly at: number }
  /** Takes a sample now. Called by a timer each few seconds, and by who has just met ENOSPC. */
  readonly sample: () => Promise<void>
}

export const reserveBytes: number = 2 * 1024 ** 3
export const reserveFraction = 0.05

export function isBelowReserve(space: DiskSpace): boolean {
  return space.freeBytes < reserveBytes || space.freeBytes < space.sizeBytes * reserveFraction
}

/**
 * Watches the file system that holds a folder.
 * @param measure how free and total bytes are read; statfs(2) unless a test says otherwise.
 */
export async function createDisk(
  options: { readonly folder: string; readonly clock: Clock; readonly log: Log },
  measure: (folder: string) => Promise<DiskSpace> = measureFolder,
): Promise<Disk> {
  let last = { freeBytes: 0, sizeBytes: 0, at: 0 }
  let open = true

  async function sample(): Promise<void> {
    const space = await measure(options.folder)
    last = { ...space, at: options.clock.nowMs() }
    const nextOpen = !isBelowReserve(space)
    if (nextOpen !== open) {
      options.log.warn(space, nextOpen ? 'disk: ingest is open again' : 'disk: below the reserve, ingest is closed')
    }
    open = nextOpen
  }

  await sample()
  return { ingestOpen: () => open, space: () => last, sample }
}

async function measureFolder(folder: string): Promise<DiskSpace> {
  const stats = await statfs(folder)
  return { freeBytes: stats.bavail * stats.bsize, sizeBytes: stats.blocks * stats.bsize }
}
