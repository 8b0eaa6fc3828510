/** Spanish is the source; English satisfies its type, so a missing sentence does not compile. */
export const languages = ['es', 'en'] as const
export type Language = (typeof languages)[number]

/** BCP 47 tag for number and date formats: Peruvian Spanish, and English with a 24-hour clock. */
export const localeOf = (language: Language): string => (language === 'es' ? 'es-PE' : 'en-GB')

/** The reader's language from a list such as `navigator.languages`; Spanish when none fits. */
export function preferredLanguage(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const language = tag.slice(0, 2).toLowerCase()
    if (language === 'es' || language === 'en') {
      return language
    }
  }
  return 'es'
}
