import { useSyncExternalStore } from 'react'

/** A value that changes outside React and tells who listens: the third home of state (what moves). */
export type LiveValue<T> = {
  readonly get: () => T
  readonly set: (next: T) => void
  readonly subscribe: (listener: () => void) => () => void
}

export function liveValue<T>(initial: T): LiveValue<T> {
  let value = initial
  const listeners = new Set<() => void>()
  return {
    get: () => value,
    set: (next) => {
      if (Object.is(next, value)) {
        return
      }
      value = next
      for (const listener of [...listeners]) {
        listener()
      }
    },
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

export const useLive = <T>(live: LiveValue<T>): T => useSyncExternalStore(live.subscribe, live.get)
