import { sealedUploadType } from '@sereno/proof'
import type { Journal } from '../journal/journal.ts'
import { Refused, type Server } from '../session/server.ts'
import {
  delivered,
  emptyQueue,
  enqueue,
  hurry,
  nextWakeMs,
  type QueueItem,
  refused,
  stuckItems,
  takeNext,
  unreachable,
} from './queue.ts'
import { checkReceipt, type ReceiptKey } from './receipt.ts'

export type Uploader = {
  readonly add: (recording: string, sequence: number) => void
  /** The network came back, or the officer asks: nothing waits any longer. */
  readonly hurry: () => void
  readonly stuck: () => readonly QueueItem[]
  readonly dispose: () => void
}
export type UploaderDeps = {
  readonly journal: Journal
  readonly server: Server
  readonly device: string
  readonly receiptKeys: () => readonly ReceiptKey[]
  readonly nowMs: () => number
  readonly random: () => number
  /** Runs later; replies with how to call it off. */
  readonly schedule: (delayMs: number, run: () => void) => () => void
  readonly parallel: number
  /** A piece changed its state, or the server was or was not reached. */
  readonly onChange: (reached: boolean) => void
}

/**
 * Sends what is held until a receipt for the same bytes is there (design §3.4). Its memory is the journal: after a
 * kill it starts from what the journal still calls held.
 */
export function createUploader(deps: UploaderDeps): Uploader {
  const queue = emptyQueue()
  let wake: (() => void) | null = null
  let disposed = false

  const pump = (): void => {
    if (disposed) {
      return
    }
    wake?.()
    wake = null
    for (const item of takeNext(queue, deps.nowMs(), deps.parallel)) {
      void send(item).then(pump)
    }
    const at = nextWakeMs(queue)
    if (at !== null && at > deps.nowMs()) {
      wake = deps.schedule(at - deps.nowMs(), pump)
    }
  }

  const send = async (item: QueueItem): Promise<void> => {
    try {
      await deliver(item)
      delivered(queue, item)
      deps.onChange(true)
    } catch (error) {
      if (error instanceof Refused && error.code === 'installation.disk-reserve') {
        // it answers, and takes nothing from anybody: not this piece's fault
        unreachable(queue, item, deps.nowMs(), deps.random())
        deps.onChange(true)
      } else if (error instanceof Refused) {
        refused(queue, item, error.code, deps.nowMs(), deps.random())
        deps.onChange(true)
      } else {
        unreachable(queue, item, deps.nowMs(), deps.random())
        deps.onChange(false)
      }
    }
  }

  const deliver = async (item: QueueItem): Promise<void> => {
    const piece = deps.journal.recording(item.recording)?.pieces[item.sequence]
    if (piece === undefined || piece.state !== 'held') {
      return
    }
    // in this order: a body goes only after its box is whole
    const open = await deps.journal.body(item.recording, item.sequence)
    const body = open ?? (await deps.journal.sealedBody(item.recording, item.sequence))
    if (body === null) {
      throw new Refused('local.unreadable', 0)
    }
    const reply = await deps.server.call('PUT /recordings/:id/segments/:sequence', {
      params: { id: item.recording, sequence: item.sequence },
      body,
      ...(open === null ? { contentType: sealedUploadType } : {}),
      timeoutMs: 60_000,
    })
    const expected = { recording: item.recording, device: deps.device, signed: piece }
    const receipt = await checkReceipt(reply.receipt, expected, deps.receiptKeys())
    if (!receipt.ok) {
      throw new Refused(`receipt.${receipt.problem}`, 0)
    }
    await deps.journal.note(item.recording, {
      kind: 'receipt',
      sequence: item.sequence,
      quarantined: receipt.quarantined || reply.quarantined,
      atMs: deps.nowMs(),
    })
  }

  for (const index of deps.journal.recordings()) {
    for (const piece of index.pieces) {
      if (piece.state === 'held') {
        enqueue(queue, index.id, piece.sequence)
      }
    }
  }
  pump()
  return {
    add: (recording, sequence) => {
      enqueue(queue, recording, sequence)
      pump()
    },
    hurry: () => {
      hurry(queue)
      pump()
    },
    stuck: () => stuckItems(queue),
    dispose: () => {
      disposed = true
      wake?.()
    },
  }
}
