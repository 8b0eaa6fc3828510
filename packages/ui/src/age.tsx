import { age, duration, stopwatch } from '@sereno/text'
import type { ReactElement } from 'react'
import css from './age.module.css'
import { now, useTicking } from './clock.ts'
import { useLanguage } from './language.ts'

type AgeProps = {
  /** Epoch milliseconds on the server's clock. */
  readonly at: number | null
  /** Past this the age gets a triangle and the warning colour. */
  readonly limitMs?: number
  /** `hace 4 s` or only `4 s`. */
  readonly bare?: boolean
}

/** How old a fact is, counting. A fact never received is a dash. */
export function Age({ at, limitMs, bare = false }: AgeProps): ReactElement {
  const language = useLanguage()
  const element = useTicking<HTMLSpanElement>((span) => {
    const spanMs = at === null ? 0 : Math.max(0, now() - at)
    const words = at === null ? '–' : bare ? duration(spanMs) : age(spanMs, language)
    write(span, words)
    span.dataset.old = String(at !== null && limitMs !== undefined && spanMs > limitMs)
  })
  return <span ref={element} className={css.age} />
}

/** A running clock since an instant: `00:47`. */
export function Stopwatch({ since }: { readonly since: number }): ReactElement {
  const element = useTicking<HTMLSpanElement>((span) => write(span, stopwatch(now() - since)))
  return <span ref={element} role="timer" />
}

/** A clock that runs down to an instant and stays at zero. */
export function Countdown({ to, nearMs = 0 }: { readonly to: number; readonly nearMs?: number }): ReactElement {
  const element = useTicking<HTMLSpanElement>((span) => {
    const leftMs = Math.max(0, to - now())
    write(span, stopwatch(leftMs + 999))
    span.dataset.old = String(leftMs < nearMs)
  })
  return <span ref={element} role="timer" className={css.age} />
}

function write(element: HTMLElement, words: string): void {
  if (element.textContent !== words) {
    element.textContent = words
  }
}
