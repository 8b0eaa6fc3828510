import type { Alarm } from '@sereno/contracts'
import { type Language, names } from '@sereno/text'

/** What the device said, in words: a gap's reason is a code, figures stand as they are. */
export function alarmDetail({ kind, detail }: Alarm, language: Language): string | null {
  if (detail === null || detail === '') {
    return null
  }
  const reasons: Readonly<Record<string, string>> = names(language).gap
  return kind === 'gap' ? (reasons[detail] ?? detail) : detail
}
