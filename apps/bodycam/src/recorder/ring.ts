import type { PageGop } from './gops.ts'

/** The seconds before the touch: in memory only, without sound, forgotten as they age (design §4). */
export type Ring = {
  readonly push: (gop: PageGop) => void
  /** Whole seconds held, for the ring round the disc. */
  readonly seconds: () => number
  /** Everything held, oldest first; the ring is empty afterwards. */
  readonly take: () => readonly PageGop[]
}

export function createRing(keepSeconds: number): Ring {
  let held: PageGop[] = []
  return {
    push: (gop) => {
      const last = held.at(-1)
      if (last !== undefined && gop.startUs < last.endUs) {
        return
      }
      // a hole (camera taken away) makes what is before it a different story
      if (last !== undefined && gop.startUs - last.endUs > 1_000_000) {
        held = []
      }
      held.push(gop)
      const oldestUs = gop.endUs - keepSeconds * 1_000_000
      // a group that reaches out of the window goes whole: never more is kept than was promised
      held = held.filter((candidate) => candidate.startUs >= oldestUs)
    },
    seconds: () => {
      const first = held[0]
      const last = held.at(-1)
      return first === undefined || last === undefined ? 0 : Math.round((last.endUs - first.startUs) / 1_000_000)
    },
    take: () => {
      const taken = held
      held = []
      return taken
    },
  }
}
