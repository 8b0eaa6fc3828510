import { preferredLanguage } from '@sereno/text'
import type { Choices } from './view.ts'

const key = 'sereno-choices'

/** What the officer chose for this phone: language, theme, sounds. Nothing else is kept outside the sealed journal. */
export function readChoices(): Choices {
  const fallback: Choices = { language: preferredLanguage(navigator.languages), theme: 'auto', sounds: true }
  try {
    return { ...fallback, ...(JSON.parse(localStorage.getItem(key) ?? '{}') as Partial<Choices>) }
  } catch {
    return fallback
  }
}

export function keepChoices(choices: Choices): void {
  localStorage.setItem(key, JSON.stringify(choices))
}
