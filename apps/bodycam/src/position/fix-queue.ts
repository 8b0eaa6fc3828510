import type { Fix } from '@sereno/contracts'
import type { Folder } from '../journal/folder.ts'
import { openLog, type VaultKey } from '../journal/vault.ts'
import { Refused, type Server } from '../session/server.ts'
import type { Session } from '../session/session.ts'

type FixRecord = { readonly fix: Fix } | { readonly sentUntilMs: number }

export type FixQueue = {
  readonly add: (fix: Fix) => Promise<void>
  /** Sends what waits, at most 600 at a time. Throws Unreachable. */
  readonly flush: () => Promise<void>
  readonly waiting: () => number
  readonly close: () => void
}

const batchSize = 600
const compactBytes = 128 * 1024
/** Two days at 1 Hz; older ones go first, so that a phone left in a drawer does not fill itself. */
const mostWaiting = 172_800

/** Positions wait on the phone, durable, until the server has them. */
export async function openFixQueue(
  root: Folder,
  vault: VaultKey,
  deps: { readonly server: Server; readonly session: Session },
): Promise<FixQueue> {
  const { records, log } = await openLog<FixRecord>(vault, root, 'positions', 'positions')
  let waiting: Fix[] = []
  for (const record of records) {
    if ('fix' in record) {
      waiting.push(record.fix)
    } else {
      waiting = waiting.filter((fix) => fix.atMs > record.sentUntilMs)
    }
  }
  let flushing: Promise<void> | null = null

  const sendAll = async (): Promise<void> => {
    while (waiting.length > 0) {
      const fixes = waiting.slice(0, batchSize)
      try {
        await deps.session.run((token) => deps.server.call('POST /device/positions', { body: { fixes }, token }))
      } catch (error) {
        // a batch that the server will never take must not stop those behind it
        if (!(error instanceof Refused && error.status === 422)) {
          throw error
        }
      }
      waiting.splice(0, fixes.length)
      await log.append({ sentUntilMs: fixes.at(-1)?.atMs ?? 0 })
      if (waiting.length === 0 && log.sizeBytes() > compactBytes) {
        await log.clear()
      }
    }
  }
  return {
    add: async (fix) => {
      waiting.push(fix)
      if (waiting.length > mostWaiting) {
        waiting.shift()
      }
      await log.append({ fix })
    },
    flush: () => {
      flushing ??= sendAll().finally(() => {
        flushing = null
      })
      return flushing
    },
    waiting: () => waiting.length,
    close: () => log.close(),
  }
}
