/**
 * Whether a statement's counter is believable. A phone that lost its journal goes on after the highest counter we hold:
 * one statement with a counter near the end of all numbers would leave it nothing to count with.
 */

/** Two statements a second for nearly six days, all of them lost before we saw one. */
const farthestJump = 1_000_000
const devicesKept = 10_000

export type Counters = {
  /** Whether the counter jumps too far beyond the device's last; one that does not becomes the last. */
  readonly jumps: (device: string, counter: number) => Promise<boolean>
}

/** @param load the last counter kept of a device, asked for only when what is remembered does not suffice. */
export function createCounters(load: (device: string) => Promise<number | null>): Counters {
  const lasts = new Map<string, number>()
  return {
    async jumps(device, counter) {
      let last = lasts.get(device) ?? 0
      if (counter - last > farthestJump) {
        last = Math.max(last, (await load(device)) ?? 0)
      }
      const tooFar = counter - last > farthestJump
      if (lasts.size >= devicesKept) {
        lasts.clear()
      }
      lasts.set(device, tooFar ? last : Math.max(last, counter))
      return tooFar
    },
  }
}
