import { errorWords, type Language, number } from '@sereno/text'
import type { Reply } from '../../api/api.ts'
import type { RetentionText } from './text.ts'

export type Rules = Reply<'GET /retention/rules'>
export type Rule = Rules['rules'][number]
export type Change = Rules['changes'][number]
export type Hold = Reply<'GET /retention/holds'>['holds'][number]
export type Batch = Reply<'GET /retention/batches'>['batches'][number]
export type Source = Rule['sources'][number]

/** `60 días calendario`, `3 años`, or who lets it go. */
export function keepWords(keep: Rule['keep'], text: RetentionText, language: Language): string {
  return keep === null ? text.keep.open : text.keep[keep.unit](number(keep.count, language), keep.count === 1)
}

/** `DS 007-2020-IN, art. 17.2.b`. */
export const normOf = ({ norm, article }: Source): string => (article === '—' ? norm : `${norm}, art. ${article}`)

/** What a change would change, in one line. */
export function wishWords(wish: Change['wish'], text: RetentionText, language: Language): string {
  const category = text.category[wish.category ?? 'none']
  if (wish.kind === 'setting') {
    return text.change.settingTo(text.setting[wish.setting ?? 'waiting-days'], number(wish.value ?? 0, language))
  }
  return wish.kind === 'existing'
    ? text.change.existingOf(category)
    : text.change.term(category, keepWords(wish.keep ?? null, text, language))
}

/** Why a recording was left out: what held it (`case: C-2026-0001`), a rule's code, or a person's own words. */
export function leftWords(reason: string, text: RetentionText, language: Language): string {
  const [kind = '', ...rest] = reason.split(': ')
  const kinds: Readonly<Record<string, string>> = { ...text.recording.kinds, hold: text.recording.held }
  const word = kinds[kind]
  if (word !== undefined) {
    return `${word}: ${rest.join(': ')}`
  }
  return /^(retention|recording)\.[a-z-]+$/.test(reason) ? errorWords(reason, language).title : reason
}
