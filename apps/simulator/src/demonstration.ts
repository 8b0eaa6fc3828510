import { text } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import type { Phone } from './phone.ts'

/** What the server hands to the demonstration on standard input, one JSON object. */
export type Given = {
  readonly phones: readonly {
    readonly code: string
    /** Null when the phone was enrolled in an earlier run: its key is in the state folder. */
    readonly token: string | null
    /** Null when its shift has begun already. */
    readonly pin: string | null
    readonly ring: readonly (readonly [number, number])[]
  }[]
}

export async function readGiven(): Promise<Given> {
  return JSON.parse(await text(process.stdin)) as Given
}

/** More footage than this in one run and the demonstration records only half as often again and again. */
const budgetBytes = 1_500_000_000

/**
 * The demonstration's day: a few phones record at any time, in turn, with a mark now and then; one SOS soon after the
 * start and then every 25 minutes. Ends when `signal` aborts, with every recording stopped and signed.
 */
export async function play(
  phones: readonly Phone[],
  options: {
    readonly random: () => number
    readonly acknowledgedBytes: () => number
    readonly signal: AbortSignal
    readonly say: (line: string) => void
  },
): Promise<void> {
  const { random, signal, say } = options
  const until = (ms: number): Promise<unknown> => delay(ms, undefined, { signal }).catch(() => undefined)
  const quietly = (work: Promise<unknown>): Promise<unknown> => work.catch((error: unknown) => say(String(error)))
  const takeTurns = async (turn: number): Promise<void> => {
    await until(1000 + turn * 4000)
    for (let i = turn; !signal.aborted; i += turns) {
      const phone = phones[(i * 11) % phones.length]
      if (phone && phone.recording() === null) {
        await quietly(phone.start())
        await until(20_000 + random() * 20_000)
        if (random() < 0.6) {
          await quietly(phone.mark())
        }
        await until(30_000 + random() * 60_000)
        await quietly(phone.stop('officer'))
      }
      await until(options.acknowledgedBytes() > budgetBytes ? 10 * 60_000 : 3000)
    }
  }
  const callForHelp = async (): Promise<void> => {
    await until(25_000)
    while (!signal.aborted) {
      const phone = phones[Math.floor(random() * phones.length)]
      if (phone) {
        if (phone.recording() === null) {
          await quietly(phone.start())
        }
        await quietly(phone.sos())
        void until(4 * 60_000).then(() => quietly(phone.stop('sos-end')))
      }
      await until(25 * 60_000)
    }
  }
  const turns = Math.min(5, phones.length)
  await Promise.all([...Array.from({ length: turns }, (_, turn) => takeTurns(turn)), callForHelp()])
  await Promise.all(phones.map((phone) => quietly(phone.stop('shift-end'))))
  await Promise.all(phones.map((phone) => phone.uploads.drained(2000)))
}
