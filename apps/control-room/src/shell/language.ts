import type { Language } from '@sereno/text'
import { setLanguage } from '@sereno/ui'

/** Turns to the other language and remembers it on this machine. */
export function turnLanguage(now: Language): void {
  const next = now === 'es' ? 'en' : 'es'
  setLanguage(next)
  localStorage.setItem('sereno.language', next)
}
