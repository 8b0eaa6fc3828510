/** Watches folders and sends what is finished, one file after the other, for as long as it is let. */
import { setTimeout as pause } from 'node:timers/promises'
import { Away, Refused } from './api.ts'
import { type Found, filesBelow, hasEnd, openForWriting } from './complete-file.ts'
import type { Dock } from './dock.ts'
import type { Journal } from './journal.ts'
import { type Sent, sendFile } from './send-file.ts'
import type { Told } from './tell.ts'

export type WatchOptions = {
  readonly folders: readonly string[]
  /** Stop when everything that is there now has been sent. */
  readonly once: boolean
  readonly erase: boolean
  readonly clockOffsetMs: number | null
  /** A file that has not changed for so long may be finished. */
  readonly settleMs: number
  readonly everyMs: number
  readonly told: Told
  readonly signal: AbortSignal
}

/** Without its container's end a file is taken after this long: nobody is going to write it any more. */
const abandonedMs = 10 * 60_000
const longestPauseMs = 60_000

/** Answers how many files could not be sent. */
export async function watch(dock: Dock, journal: Journal, options: WatchOptions): Promise<number> {
  const seen = new Map<string, { readonly found: Found; readonly sinceMs: number }>()
  const done = new Set<string>()
  const failed = new Set<string>()
  let failures = 0
  while (!options.signal.aborted) {
    let waiting = 0
    const busy = options.once ? new Set<string>() : openForWriting()
    for (const found of options.folders.flatMap(filesBelow)) {
      const name = `${found.path}\0${found.size}\0${found.mtime}`
      if (done.has(name) || failed.has(name) || options.signal.aborted) {
        continue
      }
      const before = seen.get(found.path)
      const same = before?.found.size === found.size && before.found.mtime === found.mtime
      const sinceMs = same && before !== undefined ? before.sinceMs : performance.now()
      seen.set(found.path, { found, sinceMs })
      if (!options.once && !(await isFinished(found, performance.now() - sinceMs, busy, options.settleMs))) {
        waiting += 1
        continue
      }
      const outcome = await send(dock, journal, found, options)
      if (outcome === 'later') {
        waiting += 1
      } else {
        const where = outcome === 'failed' ? failed : done
        where.add(name)
      }
    }
    failures = failed.size
    if (options.once && waiting === 0) {
      return failures
    }
    await pause(options.everyMs, undefined, { signal: options.signal }).catch(() => undefined)
  }
  return failures
}

async function isFinished(
  found: Found,
  quietMs: number,
  busy: ReadonlySet<string>,
  settleMs: number,
): Promise<boolean> {
  const oldMs = Date.now() - found.mtime
  if ((quietMs < settleMs && oldMs < settleMs) || busy.has(found.path) || found.size === 0) {
    return quietMs >= abandonedMs && !busy.has(found.path)
  }
  return (await hasEnd(found.path).catch(() => false)) || quietMs >= abandonedMs || oldMs >= abandonedMs
}

async function send(
  dock: Dock,
  journal: Journal,
  found: Found,
  options: WatchOptions,
): Promise<'done' | 'later' | 'failed'> {
  const { told, signal } = options
  for (let attempt = 0; ; attempt += 1) {
    try {
      const sent: Sent = await sendFile(dock, journal, found, {
        erase: options.erase,
        clockOffsetMs: options.clockOffsetMs,
        signal,
        onProgress: (doneBytes, totalBytes) => told.progress(found, doneBytes, totalBytes),
      })
      told.sent(found, sent)
      return 'done'
    } catch (error) {
      if (signal.aborted) {
        return 'later'
      }
      if (error instanceof Refused && error.status !== 401) {
        told.failed(found, error.code)
        return 'failed'
      }
      if (isGone(error)) {
        // Unplugged: it goes on when it is there again.
        told.waits(found, 'unplugged')
        return options.once ? 'failed' : 'later'
      }
      if (error instanceof Away || error instanceof Refused) {
        told.waits(found, error.message)
        await pause(Math.min(500 * 2 ** attempt, longestPauseMs), undefined, { signal }).catch(() => undefined)
        continue
      }
      throw error
    }
  }
}

function isGone(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return ['ENOENT', 'EIO', 'ENODEV', 'ENXIO', 'ESTALE', 'ENOTCONN', 'EACCES'].includes(code)
}
