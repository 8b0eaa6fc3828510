import { cp, readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import type { Checker, Cron } from '../kernel/checker.ts'
import type { Kernel } from '../kernel/kernel.ts'
import { foldersOf } from '../kernel/open-kernel.ts'
import { copyFootage, type SeenFolders } from './copy-footage.ts'
import { destroyedRecordings, isDestroyed, removeDestroyed } from './destroyed.ts'
import { partsOf, readPlan } from './plan.ts'
import { beginArchiving, shipWal, waitingWal } from './ship-wal.ts'
import { keyCopies, keysDigest, snapshotKeys, thinKeyCopies } from './snapshot-keys.ts'

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
  const { data, postgres, footage } = foldersOf(config.dataFolder)
  const seen: SeenFolders = new Map()
  let keysKnown = ''
  let removedFor = 0

  return {
    timers: [
      {
        name: 'backup.log',
        everyMs: minuteMs / 4,
        async run() {
          const plan = readPlan(data)
          if (plan !== null) {
            beginArchiving(postgres)
            await shipWal(postgres, plan)
          }
        },
      },
      {
        name: 'backup.keys',
        everyMs: minuteMs,
        async run() {
          const plan = readPlan(data)
          const digest = plan === null ? keysKnown : keysDigest(data)
          if (plan !== null && digest !== keysKnown) {
            await snapshotKeys(data, plan, clock.nowMs())
            // Published leaves are public: they travel as they are.
            await cp(path.join(data, 'ledger'), partsOf(plan.folder).log, { recursive: true, force: true })
            keysKnown = digest
          } else if (plan !== null) {
            // They grow old also while nothing changes.
            await thinKeyCopies(plan.folder, clock.nowMs())
          }
        },
      },
      {
        name: 'backup.footage',
        everyMs: minuteMs,
        async run() {
          const plan = readPlan(data)
          if (plan !== null) {
            const destroyed = destroyedRecordings(data)
            const to = partsOf(plan.folder).footage
            await copyFootage({ from: footage, to, leaveOut: (name) => isDestroyed(name, destroyed) }, seen)
            // What was copied before its recording was destroyed: looked for once more after each destruction.
            if (destroyed.size !== removedFor) {
              await removeDestroyed(to, destroyed)
              removedFor = destroyed.size
            }
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
        if (newestKeys === undefined || (nowMs - newestKeys.atMs > oldestKeysMs && keysDigest(data) !== keysKnown)) {
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
