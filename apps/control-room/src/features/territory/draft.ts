import { liveValue } from '@sereno/ui'
import { differences, type Ground } from './ground.ts'

/** A territory being worked on: where it began, what it is now, and the way back and forth. */
export type Draft = {
  /** The version it began from. */
  readonly base: number
  readonly before: Ground
  readonly past: readonly Ground[]
  readonly now: Ground
  readonly future: readonly Ground[]
}
/** As many steps back as anybody remembers making. */
const mostSteps = 100

/** Kept while the window is open: whoever goes to look at something else finds the draft again. */
export const draft = liveValue<Draft | null>(null)

export const beginDraft = (base: number, before: Ground): Draft => ({ base, before, past: [], now: before, future: [] })

/** One step; a step that changes nothing is none. */
export const step = (from: Draft, now: Ground): Draft =>
  differences(from.now, now) === 0
    ? from
    : { ...from, past: [...from.past, from.now].slice(-mostSteps), now, future: [] }

export function undo(from: Draft): Draft {
  const now = from.past.at(-1)
  return now === undefined ? from : { ...from, past: from.past.slice(0, -1), now, future: [from.now, ...from.future] }
}

export function redo(from: Draft): Draft {
  const [now, ...future] = from.future
  return now === undefined ? from : { ...from, past: [...from.past, from.now], now, future }
}

export const changesOf = (of: Draft): number => differences(of.before, of.now)
