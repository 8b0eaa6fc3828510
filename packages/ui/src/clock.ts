import { useEffect, useRef, useSyncExternalStore } from 'react'

/**
 * The window's one timer. Ages are counted against the server's clock (its offset is measured by whoever talks to
 * it), so that a wrong clock on this machine makes nothing look fresh. Keeps I-9: it ticks without a server.
 */
let offsetMs = 0
const listeners = new Set<() => void>()
let timer: ReturnType<typeof setTimeout> | null = null
let ticks = 0

export const setServerOffset = (serverMinusHereMs: number): void => {
  offsetMs = serverMinusHereMs
}
/** The server's time now, as well as this window knows it: epoch milliseconds. */
export const now = (): number => Date.now() + offsetMs

/** Calls back once a second, just after the second turns. Returns the way to stop. */
export function onTick(listener: () => void): () => void {
  listeners.add(listener)
  timer ??= setTimeout(tick, untilNextSecondMs())
  return () => {
    listeners.delete(listener)
    if (listeners.size === 0 && timer !== null) {
      clearTimeout(timer)
      timer = null
    }
  }
}

function tick(): void {
  timer = setTimeout(tick, untilNextSecondMs())
  ticks += 1
  for (const listener of [...listeners]) {
    listener()
  }
}

const untilNextSecondMs = (): number => 1000 - (now() % 1000) + 5

/** Renders again each second: for what changes shape with time, not only its figure. */
export const useSeconds = (): number => useSyncExternalStore(onTick, () => ticks)

/**
 * A reference to an element whose text is written each second, outside React: an age in every row costs no render.
 * `write` must be cheap; it is called with the element.
 */
export function useTicking<E extends HTMLElement>(write: (element: E) => void): React.RefObject<E | null> {
  const element = useRef<E | null>(null)
  const latest = useRef(write)
  latest.current = write
  useEffect(() => {
    const paint = (): void => {
      if (element.current !== null) {
        latest.current(element.current)
      }
    }
    paint()
    return onTick(paint)
  }, [])
  useEffect(() => {
    if (element.current !== null) {
      latest.current(element.current)
    }
  })
  return element
}
