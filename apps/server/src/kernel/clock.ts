/** Time as a parameter. `nowMs` is UTC epoch milliseconds and may jump; `monotonicMs` never goes back. */
export type Clock = { readonly nowMs: () => number; readonly monotonicMs: () => number }

export const systemClock: Clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() }
