import { type Language, preferredLanguage } from '@sereno/text'
import { liveValue, useLive } from './live-value.ts'

/** The reader's language, one for the whole window; kept on this machine and written to the document. */
const chosen = liveValue<Language>('es')

export function startLanguage(stored: string | null, wanted: readonly string[]): void {
  chosen.subscribe(() => {
    document.documentElement.lang = chosen.get() === 'es' ? 'es-PE' : 'en'
  })
  chosen.set(stored === null ? preferredLanguage(wanted) : preferredLanguage([stored]))
  document.documentElement.lang = chosen.get() === 'es' ? 'es-PE' : 'en'
}

export const setLanguage = (language: Language): void => chosen.set(language)
export const currentLanguage = (): Language => chosen.get()
export const useLanguage = (): Language => useLive(chosen)

/** The catalogue of a feature in the reader's language: `useText({ es, en })`. */
export function useText<Es, En extends Es | object>(texts: { readonly es: Es; readonly en: En }): Es | En {
  return useLanguage() === 'es' ? texts.es : texts.en
}
