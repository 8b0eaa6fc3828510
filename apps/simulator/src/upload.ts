import { setTimeout as delay } from 'node:timers/promises'
import { fromBase64, fromUtf8, openEnvelope } from '@sereno/proof'
import { type Api, Refused } from './api.ts'
import type { Figures } from './figures.ts'

type Item = {
  readonly recording: string
  readonly sequence: number
  readonly body: Uint8Array<ArrayBuffer>
  readonly sha256: string
}
export type Uploads = {
  readonly add: (item: Item) => void
  readonly waiting: () => number
  /** Resolves when nothing waits, or at the deadline; answers what still waits. */
  readonly drained: (deadlineMs: number) => Promise<number>
  readonly stop: () => void
}

const atOnce = 4

/**
 * The phone's upload queue: several at once, in any order, each whole segment retried until the server has
 * acknowledged it or refused it for good. A refused one never blocks the others.
 */
export function createUploads(api: Api, figures: Figures, random: () => number): Uploads {
  const queue: Item[] = []
  let busy = 0
  let stopped = false
  const listeners = new Set<() => void>()
  const pump = (): void => {
    while (!stopped && busy < atOnce && queue.length > 0) {
      const item = queue.shift()
      if (item) {
        busy += 1
        void send(item).finally(() => {
          busy -= 1
          pump()
          for (const listener of listeners) {
            listener()
          }
        })
      }
    }
  }
  const send = async (item: Item): Promise<void> => {
    for (let attempt = 0; !stopped; attempt += 1) {
      try {
        figures.segmentsSent += 1
        const { receipt } = await api.call('PUT /recordings/:id/segments/:sequence', {
          params: { id: item.recording, sequence: item.sequence },
          body: item.body,
        })
        if (!receiptNames(receipt, item.sha256)) {
          count(figures.refused, 'receipt.wrong-hash')
          return
        }
        figures.segmentsAcknowledged += 1
        figures.bytesAcknowledged += item.body.length
        return
      } catch (error) {
        if (error instanceof Refused && error.status < 500 && ![408, 425, 429].includes(error.status)) {
          count(figures.refused, error.code)
          return
        }
        figures.retried += 1
        await delay(Math.min(15_000, 250 * 2 ** attempt) * (0.5 + random()), undefined, { ref: false })
      }
    }
  }
  return {
    add: (item) => {
      queue.push(item)
      pump()
    },
    waiting: () => queue.length + busy,
    drained: (deadlineMs) =>
      new Promise((resolve) => {
        const finish = (): void => {
          clearTimeout(timer)
          listeners.delete(look)
          resolve(queue.length + busy)
        }
        const look = (): void => {
          if (queue.length + busy === 0) {
            finish()
          }
        }
        const timer = setTimeout(finish, deadlineMs)
        listeners.add(look)
        look()
      }),
    stop: () => {
      stopped = true
    },
  }
}

/** A receipt counts only when it names the statement that was sent: see the evidence format, "Receipts". */
function receiptNames(receipt: string, statementSha256: string): boolean {
  const bytes = fromBase64(receipt)
  const envelope = bytes ? openEnvelope(bytes) : null
  return envelope?.ok === true && (fromUtf8(envelope.value.payload) ?? '').includes(statementSha256)
}

function count(counts: Record<string, number>, code: string): void {
  counts[code] = (counts[code] ?? 0) + 1
}
