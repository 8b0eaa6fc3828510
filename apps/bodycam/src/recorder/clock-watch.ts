/** How far the wall clock may drift from the monotonic one between two looks before it was set, not drifting. */
const clockStepMs = 2000

/**
 * Notices that somebody set the clock while a recording runs: the wall clock jumped against the monotonic one. Asked once
 * a second; answers by how much (positive: forward), or null. It is only an observation: nothing is lost, and nothing stops.
 */
export function createClockWatch(
  wallMs: () => number,
  monotonicMs: () => number,
): { readonly look: () => number | null } {
  let difference = wallMs() - monotonicMs()
  return {
    look: () => {
      const stepMs = wallMs() - monotonicMs() - difference
      difference += stepMs
      return Math.abs(stepMs) > clockStepMs ? stepMs : null
    },
  }
}
