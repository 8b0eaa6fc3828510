import { type CSSProperties, type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react'
import { usePhone } from './context.ts'

type HoldProps = {
  readonly className: string
  readonly forMs: number
  readonly onHeld: () => void
  readonly children: ReactNode
  /** An SOS is silent in the hand too: no hum that somebody at arm's length could hear. */
  readonly quiet?: boolean
}

/** A control that must be held: with a thumb, or with the space bar or Enter kept down. Its words say for how long. */
export function Hold({ className, forMs, onHeld, children, quiet = false }: HoldProps) {
  const { signals } = usePhone()
  const [held, setHeld] = useState(false)
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null)
  const end = (): void => {
    if (timer.current !== null) {
      clearTimeout(timer.current)
      timer.current = null
      signals.quiet()
      setHeld(false)
    }
  }
  const begin = (): void => {
    if (timer.current !== null) {
      return
    }
    setHeld(true)
    if (!quiet) {
      signals.feel('holding')
    }
    timer.current = setTimeout(() => {
      end()
      onHeld()
    }, forMs)
  }
  const latestEnd = useRef(end)
  latestEnd.current = end
  useEffect(() => () => latestEnd.current(), [])
  const isKey = (event: KeyboardEvent): boolean => event.key === ' ' || event.key === 'Enter'
  return (
    <button
      type="button"
      className={held ? `${className} held` : className}
      style={{ '--hold': `${forMs}ms` } as CSSProperties}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId)
        begin()
      }}
      onPointerUp={end}
      onPointerCancel={end}
      onContextMenu={(event) => event.preventDefault()}
      onKeyDown={(event) => {
        if (isKey(event)) {
          event.preventDefault()
          begin()
        }
      }}
      onKeyUp={(event) => {
        if (isKey(event)) {
          end()
        }
      }}
      onBlur={end}
    >
      {children}
    </button>
  )
}
