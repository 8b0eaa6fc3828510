import { useEffect, useRef } from 'react'
import { type KeyName, keyOf, type Screen } from './keys.ts'

type Handlers = { readonly [K in KeyName]?: () => void }

/** Binds keys of one screen (and those of everywhere) to what they do while the component is shown. */
export function useKeys(screen: Screen, handlers: Handlers): void {
  const latest = useRef(handlers)
  latest.current = handlers
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      const name = event.defaultPrevented ? null : keyOf(event, [screen])
      const handler = name === null ? undefined : latest.current[name]
      if (handler !== undefined) {
        event.preventDefault()
        handler()
      }
    }
    addEventListener('keydown', press)
    return () => removeEventListener('keydown', press)
  }, [screen])
}
