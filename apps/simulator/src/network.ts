import type { Fetch } from './api.ts'

export type Weather = {
  readonly loss: number
  readonly offline: { readonly awayMs: number; readonly everyMs: number } | null
  /** Where in its cycle this phone is, so that not all go away at once. */
  readonly phaseMs: number
  readonly random: () => number
  readonly nowMs: () => number
}

/** Whether the phone has no network now. */
export function isAway({ offline, phaseMs, nowMs }: Weather): boolean {
  return offline !== null && (nowMs() + phaseMs) % offline.everyMs < offline.awayMs
}

/**
 * A network that loses. Half of the losses happen after the server has answered, because that is the harder case:
 * the segment is stored and the phone does not know.
 */
export function weathered(fetch: Fetch, weather: Weather): Fetch {
  return async (url, init) => {
    if (isAway(weather)) {
      throw new TypeError('no network')
    }
    const lost = weather.random() < weather.loss
    if (lost && weather.random() < 0.5) {
      throw new TypeError('request lost')
    }
    const response = await fetch(url, init)
    if (lost) {
      await response.arrayBuffer()
      throw new TypeError('answer lost')
    }
    return response
  }
}
