/** Phones that record, stop and begin again while their server dies; and the books that they keep of what it answered. */
import type { Fleet, Sender } from './fleet-of-phones.ts'
import type { Books, Findings } from './judge.ts'
import { patienceMs, pause } from './pacing.ts'
import type { Dice } from './seed.ts'

export type Crowd = {
  /** Sends until `signal`: one phone at its full rate, the others with a pause between two segments. */
  readonly work: (signal: AbortSignal, pauseMs: number, dice: Dice) => Promise<void>
  /** Writes down what was answered up to the last moment. */
  readonly remember: () => void
  /** The server is back: a fresh session, what was on its way, and the same bytes once more for the same receipt. */
  readonly comeBack: (findings: Findings) => Promise<void>
  /** Every recording gets its stop. */
  readonly finish: () => Promise<void>
}

export function createCrowd({ senders }: Fleet, books: Books, nowMs: () => number): Crowd {
  const lengths = new Map<string, number>()

  function lengthOf(sender: Sender, dice: Dice): number {
    const known = lengths.get(sender.recording()) ?? dice.between(3, 14)
    lengths.set(sender.recording(), known)
    return known
  }

  function remember(sender: Sender): void {
    books.acknowledged.set(sender.recording(), new Map(sender.acknowledged()))
    for (const { kind, recording } of sender.acknowledged().values()) {
      if (kind === 'stop' && !books.stoppedAtMs.has(recording)) {
        books.stoppedAtMs.set(recording, nowMs())
      }
    }
  }

  async function stopAndBegin(sender: Sender, signal: AbortSignal): Promise<void> {
    await sender.finish(signal)
    remember(sender)
    sender.begin()
  }

  return {
    async work(signal, pauseMs, dice) {
      const each = (sender: Sender, betweenMs: number) => async (): Promise<void> => {
        await pause(betweenMs)
        const isLong = sender.acknowledged().size >= lengthOf(sender, dice)
        await (isLong ? stopAndBegin(sender, signal) : sender.sendNext(signal))
        remember(sender)
      }
      await Promise.all(senders.map((sender, place) => untilEnded(signal, each(sender, place === 0 ? 0 : pauseMs))))
    },
    remember: () => senders.forEach(remember),
    async comeBack(findings) {
      for (const sender of senders) {
        await answered(sender.renew)
        await answered(sender.resend)
        const again = (): ReturnType<Sender['repeat']> => sender.repeat().catch(isGone)
        const repeated = books.destroyed.has(sender.recording()) ? null : await answered(again)
        if (repeated !== null) {
          findings.demand(
            repeated.again === repeated.first,
            `${repeated.recording}: the same bytes get another receipt`,
          )
        }
      }
    },
    async finish() {
      for (const sender of senders) {
        await sender.finish()
        remember(sender)
      }
    },
  }
}

export function countOf({ acknowledged }: Books): number {
  return [...acknowledged.values()].reduce((sum, { size }) => sum + size, 0)
}

/** The same again until `signal`. While the server is dying everything fails; only a refusal is somebody's mistake. */
export async function untilEnded(signal: AbortSignal, work: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    await work().catch((error: unknown) => {
      const status = statusOf(error)
      if (status !== undefined && status < 500) {
        throw error
      }
    })
  }
}

/** 503 is "later", and a phone comes later. */
async function answered<T>(ask: () => Promise<T>): Promise<T> {
  for (const deadline = Date.now() + patienceMs; ; await pause(200)) {
    try {
      return await ask()
    } catch (error) {
      if (statusOf(error) !== 503 || Date.now() > deadline) {
        throw error
      }
    }
  }
}

/** Its recording was destroyed since. */
function isGone(error: unknown): null {
  if (statusOf(error) === 410) {
    return null
  }
  throw error
}

const statusOf = (error: unknown): number | undefined => (error as { readonly status?: number } | null)?.status
