/**
 * The product at another time. `serve --data FOLDER --days N` is a real server whose clock is N days ahead;
 * `--die STEP` ends it as a power cut would after the named step of a destruction, with `--still` no timer of retention
 * runs, with `--haste N` every timer comes N times as often, so that a short life sees what a long one does.
 * `backup --data FOLDER --days N --to FOLDER --recipient KEY` is `sereno backup` at that time.
 * `serve` prints one JSON line when it is ready.
 */
import { parseArgs } from 'node:util'
import { composeApp } from '../../apps/server/src/app.ts'
import { backupOnline } from '../../apps/server/src/commands/backup-set.ts'
import { readSettings } from '../../apps/server/src/config.ts'
import { createLog } from '../../apps/server/src/kernel/log.ts'
import { serve } from '../../apps/server/src/serve.ts'

const dayMs = 86_400_000
const shortestMs = 100

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    data: { type: 'string', default: '' },
    port: { type: 'string', default: '0' },
    days: { type: 'string', default: '0' },
    haste: { type: 'string', default: '1' },
    'footage-s3': { type: 'string' },
    die: { type: 'string' },
    still: { type: 'boolean', default: false },
    to: { type: 'string', default: '' },
    recipient: { type: 'string', default: '' },
  },
})
const aheadMs = Number(values.days) * dayMs
const haste = Number(values.haste)
const nowMs = (): number => Date.now() + aheadMs

if (positionals[0] === 'backup') {
  const made = await backupOnline({ dataFolder: values.data, folder: values.to, recipients: [values.recipient], nowMs })
  console.log(JSON.stringify(made))
} else {
  const soonMs = values.still ? dayMs : 150
  const timers = { proposeEveryMs: soonMs, advanceEveryMs: soonMs, reconcileEveryMs: dayMs }
  const storage = values['footage-s3'] === undefined ? [] : ['--footage-s3', values['footage-s3']]
  const running = await serve({
    settings: readSettings(['--data', values.data, '--port', values.port, '--quiet', '--no-simulator', ...storage]),
    log: createLog(process.stderr, 'error'),
    say: () => undefined,
    building: () => undefined,
    mayMigrate: async () => false,
    compose: (kernel) => {
      const app = composeApp(
        { ...kernel, clock: { nowMs, monotonicMs: kernel.clock.monotonicMs } },
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
      )
      const often = app.timers.map((timer) =>
        haste === 1 || timer.everyMs >= dayMs
          ? timer
          : { ...timer, everyMs: Math.max(shortestMs, timer.everyMs / haste) },
      )
      return { ...app, timers: often }
    },
  })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => void running.stop().then(() => process.exit(0)))
  }
  console.log(JSON.stringify({ url: running.url, links: running.links, ledger: running.ledger }))
}
