import { createHash } from 'node:crypto'

/** Numbers that look random and come again for the same words. */
export type Dice = {
  /** From 0 up to, never as much as, 1. */
  readonly next: () => number
  /** A whole number from `least` to `most`. */
  readonly between: (least: number, most: number) => number
  readonly pick: <T>(list: readonly T[]) => T
  /** True once in so many times. */
  readonly oneIn: (times: number) => boolean
}

export function diceOf(...words: readonly (string | number)[]): Dice {
  let count = 0
  const next = (): number => {
    const digest = createHash('sha256')
      .update(`${words.join('/')}/${count}`)
      .digest()
    count += 1
    return digest.readUInt32BE(0) / 2 ** 32
  }
  const between = (least: number, most: number): number => least + Math.floor(next() * (most - least + 1))
  return {
    next,
    between,
    pick: <T>(list: readonly T[]) => {
      const found = list[between(0, list.length - 1)]
      if (found === undefined) {
        throw new RangeError('nothing to pick from')
      }
      return found
    },
    oneIn: (times) => between(1, times) === 1,
  }
}
