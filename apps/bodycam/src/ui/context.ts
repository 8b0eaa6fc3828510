import { createContext, useContext, useEffect, useRef, useSyncExternalStore } from 'react'
import type { Phone } from '../phone/phone.ts'
import type { PhoneView } from '../phone/view.ts'
import { en } from '../text.en.ts'
import { es, type Text } from '../text.es.ts'

export const PhoneContext = createContext<Phone | null>(null)

export function usePhone(): Phone {
  const phone = useContext(PhoneContext)
  if (phone === null) {
    throw new Error('no phone around this component')
  }
  return phone
}

export function useView(): PhoneView {
  const phone = usePhone()
  return useSyncExternalStore(phone.subscribe, phone.view)
}

export function useText(): Text {
  return useView().choices.language === 'es' ? es : en
}

const seconds = new Set<() => void>()
let isTicking = false

/** Calls once a second, all listeners together, outside React. */
export function onSecond(listener: () => void): () => void {
  seconds.add(listener)
  if (!isTicking) {
    isTicking = true
    setInterval(() => {
      for (const each of [...seconds]) {
        each()
      }
    }, 1000)
  }
  return () => {
    seconds.delete(listener)
  }
}

/** An element that is written each second without rendering: timer, tape, ages. */
export function useTicking<E extends Element>(write: (element: E) => void): React.RefObject<E | null> {
  const element = useRef<E | null>(null)
  const latest = useRef(write)
  latest.current = write
  useEffect(() => {
    if (element.current !== null) {
      latest.current(element.current)
    }
  })
  useEffect(
    () =>
      onSecond(() => {
        if (element.current !== null) {
          latest.current(element.current)
        }
      }),
    [],
  )
  return element
}
