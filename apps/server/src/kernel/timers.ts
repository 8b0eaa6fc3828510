import { setTimeout as pause } from 'node:timers/promises'
import type { Cron } from './checker.ts'
import type { Log } from './log.ts'

export type Timers = { readonly stop: () => Promise<void> }

/** A run that hangs must not keep the process: what it was about to commit is not committed, and comes again. */
const stopLimitMs = 1500

/** Runs each timer again and again, `everyMs` after the run before began, never two runs of one at once. */
export function startTimers(timers: readonly Cron[], log: Log): Timers {
  const running = new Map<Promise<void>, string>()
  const waiting = new Set<NodeJS.Timeout>()
  let stopping = false

  function schedule(timer: Cron, afterMs: number): void {
    const handle = setTimeout(() => {
      waiting.delete(handle)
      const startedMs = performance.now()
      const run = timer
        .run()
        .catch((error: unknown) => log.error({ err: error, timer: timer.name }, 'timers: a run failed'))
        .finally(() => {
          running.delete(run)
          if (!stopping) {
            schedule(timer, Math.max(0, timer.everyMs - (performance.now() - startedMs)))
          }
        })
      running.set(run, timer.name)
    }, afterMs)
    waiting.add(handle)
  }

  for (const timer of timers) {
    schedule(timer, timer.everyMs)
  }
  return {
    async stop() {
      stopping = true
      for (const handle of waiting) {
        clearTimeout(handle)
      }
      await Promise.race([Promise.all(running.keys()), pause(stopLimitMs, undefined, { ref: false })])
      if (running.size > 0) {
        log.warn({ timers: [...running.values()] }, 'timers: still at work when stopping')
      }
    },
  }
}
