import type { Cron } from './checker.ts'
import type { Log } from './log.ts'

export type Timers = { readonly stop: () => Promise<void> }

/** Runs each timer again and again, `everyMs` after the run before began, never two runs of one at once. */
export function startTimers(timers: readonly Cron[], log: Log): Timers {
  const running = new Set<Promise<void>>()
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
      running.add(run)
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
      await Promise.all(running)
    },
  }
}
