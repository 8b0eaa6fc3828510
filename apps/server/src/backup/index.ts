import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import type { Checker, Cron } from '../kernel/checker.ts'
import type { Kernel } from '../kernel/kernel.ts'
import { foldersOf } from '../kernel/open-kernel.ts'
import { carryAway, nothingCarried } from './carry.ts'
import { partsOf, readPlan } from './plan.ts'
import { beginArchiving, waitingWal } from './ship-wal.ts'
import { keyCopies, keyStoreState } from './snapshot-keys.ts'

const minuteMs = 60_000
const oldestWalMs = 10 * minuteMs
const oldestKeysMs = 60 * minuteMs
const oldestBaseMs = 8 * 24 * 60 * minuteMs

export type Backups = { readonly timers: readonly Cron[]; readonly check: Checker }

/**
 * Copies elsewhere, made while the installation works: each piece of the database's log, footage as it comes, the key store
 * when it changes. Begun by `sereno backup --to FOLDER --recipient KEY`; without a plan nothing happens.
 */
export function createBackups(kernel: Pick<Kernel, 'config' | 'clock'>): Backups {
  const { config, clock } = kernel
  const folders = foldersOf(config.dataFolder)
  const { data, postgres } = folders
  const carried = nothingCarried()
  let carriedAtMs = Number.NEGATIVE_INFINITY

  return {
    timers: [
      {
        name: 'backup',
        everyMs: minuteMs / 4,
        async run() {
          const plan = readPlan(data)
          if (plan === null) {
            return
          }
          beginArchiving(postgres)
          const sinceMs = clock.monotonicMs() - carriedAtMs
          // Each minute what there is, and at once what a finished piece of the log names.
          if (sinceMs >= minuteMs || (await waitingWal(postgres)).length > 0) {
            await carryAway(folders, plan, carried, clock.nowMs())
            carriedAtMs = clock.monotonicMs()
          }
        },
      },
    ],
    check: {
      name: 'backup',
      async run(report) {
        const plan = readPlan(data)
        if (plan === null) {
          return { examined: 0 }
        }
        const nowMs = clock.nowMs()
        const [oldest] = await waitingWal(postgres)
        const waitingMs =
          oldest === undefined ? 0 : nowMs - (await stat(path.join(postgres, 'archive', oldest))).mtimeMs
        if (waitingMs > oldestWalMs) {
          report({ code: 'backup.log-waits', detail: `${oldest} since ${Math.round(waitingMs / minuteMs)} min` })
        }
        const newestKeys = (await keyCopies(plan.folder)).at(-1)
        const { changedAtMs } = await keyStoreState(data)
        // A key that was made just now is still on its way; where more follow, the log waits with them.
        const isWaiting = (copiedAtMs: number): boolean =>
          changedAtMs > copiedAtMs && nowMs - changedAtMs > 2 * minuteMs && nowMs - copiedAtMs > oldestKeysMs
        if (newestKeys === undefined || isWaiting(newestKeys.atMs)) {
          report({ code: 'backup.keys-old', detail: plan.folder })
        }
        const bases = await readdir(partsOf(plan.folder).bases).catch(() => [])
        const newestBaseMs = Math.max(0, ...bases.map((name) => Date.parse(baseInstant(name))))
        if (nowMs - newestBaseMs > oldestBaseMs) {
          report({ code: 'backup.base-old', detail: plan.folder })
        }
        return { examined: 3 }
      },
    },
  }
}

/** `2026-11-22T13-05-00-123Z`, as base backups are named, back to ISO 8601. */
function baseInstant(name: string): string {
  return name.replace(/T(\d\d)-(\d\d)-(\d\d)-(\d{3})Z$/, 'T$1:$2:$3.$4Z')
}
