/**
 * A real server, later than it is and mortal: `--data FOLDER --days N [--die STEP] [--still]`. Its clock is N days ahead, it
 * ends itself as a power cut would after the named step of a destruction, and with `--still` no timer of retention runs.
 * Prints one JSON line when it is ready.
 */
import { parseArgs } from 'node:util'
import { composeApp } from '../../apps/server/src/app.ts'
import { readSettings } from '../../apps/server/src/config.ts'
import { createLog } from '../../apps/server/src/kernel/log.ts'
import { serve } from '../../apps/server/src/serve.ts'

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: '' },
    days: { type: 'string', default: '0' },
    die: { type: 'string' },
    still: { type: 'boolean', default: false },
  },
})
const aheadMs = Number(values.days) * 86_400_000
const soonMs = values.still ? 86_400_000 : 150
const timers = { proposeEveryMs: soonMs, advanceEveryMs: soonMs, reconcileEveryMs: 86_400_000 }

const running = await serve({
  settings: readSettings(['--data', values.data, '--port', '0', '--quiet', '--no-simulator']),
  log: createLog(process.stderr, 'error'),
  say: () => undefined,
  building: () => undefined,
  mayMigrate: async () => false,
  compose: (kernel) =>
    composeApp(
      {
        ...kernel,
        clock: { nowMs: () => kernel.clock.nowMs() + aheadMs, monotonicMs: kernel.clock.monotonicMs },
      },
      {
        retentionSettings: {
          ...timers,
          step(name) {
            if (name === values.die) {
              process.kill(process.pid, 'SIGKILL')
            }
          },
        },
      },
    ),
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => void running.stop().then(() => process.exit(0)))
}
console.log(JSON.stringify({ url: running.url, links: running.links }))
