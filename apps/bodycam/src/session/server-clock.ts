import type { ServerTime } from '@sereno/proof'

type Reading = {
  readonly serverMs: number
  readonly offsetMs: number
  readonly uncertaintyMs: number
  readonly atMs: number
}

/** Keeps the best recent reading of the server's clock, for statements and for the pre-shift check. */
export type ServerClock = {
  /** A reply that carried the server's time. Monotonic times in milliseconds of one clock; wall clock at receipt. */
  readonly note: (reading: {
    readonly serverMs: number
    readonly sentMonotonicMs: number
    readonly receivedMonotonicMs: number
    readonly receivedWallMs: number
  }) => void
  readonly time: (monotonicMs: number) => ServerTime | null
}

/** A reading gets worse by 50 ppm of its age (a phone's quartz), so a vaguer fresh one beats an exact old one in time. */
const driftPerMs = 50e-6

export function createServerClock(): ServerClock {
  let best: Reading | null = null
  const uncertaintyAt = (reading: Reading, monotonicMs: number): number =>
    reading.uncertaintyMs + (monotonicMs - reading.atMs) * driftPerMs
  return {
    note: ({ serverMs, sentMonotonicMs, receivedMonotonicMs, receivedWallMs }) => {
      const uncertaintyMs = Math.max(1, (receivedMonotonicMs - sentMonotonicMs) / 2)
      const offsetMs = serverMs + uncertaintyMs - receivedWallMs
      const reading = { serverMs, offsetMs, uncertaintyMs, atMs: receivedMonotonicMs }
      // a clock that was set makes every older reading wrong, however exact it was
      const jumped = best !== null && Math.abs(best.offsetMs - offsetMs) > 1000 + uncertaintyMs
      if (best === null || jumped || uncertaintyMs <= uncertaintyAt(best, receivedMonotonicMs)) {
        best = reading
      }
    },
    time: (monotonicMs) =>
      best === null
        ? null
        : {
            lastSeenMs: Math.round(best.serverMs),
            offsetMs: Math.round(best.offsetMs),
            uncertaintyMs: Math.ceil(best.uncertaintyMs),
            ageMs: Math.max(0, Math.round(monotonicMs - best.atMs)),
          },
  }
}
