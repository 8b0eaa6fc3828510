/**
 * A camera's or microphone's own time stamps, moved onto the page's monotonic clock: each stream counts from where it
 * likes, and a camera that comes back after a call counts anew. Anchored by the arrival of the first frame.
 */
export type TimeLine = { readonly place: (timestampUs: number, monotonicMs: number) => number }

const driftUs = 500_000

export function createTimeLine(): TimeLine {
  let shiftUs: number | null = null
  let lastUs = Number.NEGATIVE_INFINITY
  return {
    place: (timestampUs, monotonicMs) => {
      const nowUs = Math.round(monotonicMs * 1000)
      if (shiftUs === null || Math.abs(timestampUs + shiftUs - nowUs) > driftUs) {
        // half a second off means that the source paused or restarted, not that frames came late
        shiftUs = nowUs - timestampUs
      }
      lastUs = Math.max(lastUs + 1, timestampUs + shiftUs)
      return lastUs
    },
  }
}
