import { type RefObject, useEffect, useState } from 'react'

/** A pointer that rests this long is not a hand about to press. */
const restMs = 5_000

/** True while a key is down or the pointer moves over the element: its order must hold still. */
export function useHandOver(region: RefObject<HTMLElement | null>): boolean {
  const [held, setHeld] = useState(false)
  useEffect(() => {
    const element = region.current
    if (element === null) {
      return
    }
    let timer: ReturnType<typeof setTimeout> | undefined
    const over = (): void => {
      setHeld(true)
      clearTimeout(timer)
      timer = setTimeout(() => setHeld(false), restMs)
    }
    const away = (): void => {
      clearTimeout(timer)
      setHeld(false)
    }
    const stop = new AbortController()
    const { signal } = stop
    element.addEventListener('pointermove', over, { signal })
    element.addEventListener('pointerleave', away, { signal })
    addEventListener('keydown', over, { signal })
    addEventListener('keyup', away, { signal })
    return () => {
      stop.abort()
      clearTimeout(timer)
    }
  }, [region])
  return held
}
