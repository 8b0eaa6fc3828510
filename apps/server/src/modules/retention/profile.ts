import type { LegalNumber, RetentionCategory, RetentionSetting, Source } from '@sereno/contracts'
import type { Static } from 'typebox'
import type { Span } from './calendar.ts'

export type LegalSource = Static<typeof Source>

/** How long recordings of a category are kept. */
export type Rule = {
  /** From the end of the recording; null until two people release it. */
  readonly keep: Span | null
  /** From the closing of the last proceeding about it, when that ends sooner than `keep`. */
  readonly afterClosing: Span | null
  readonly reviewEveryDays: number | null
  readonly sources: readonly LegalSource[]
}

/** On which ground a recording is held back. */
export type Basis = { readonly id: string; readonly mustNotify: boolean; readonly sources: readonly LegalSource[] }

/** The law of a country as data: what `profile-pe-2026.ts` holds. */
export type LegalProfile = {
  readonly id: string
  readonly from: string
  readonly numbers: readonly Static<typeof LegalNumber>[]
  readonly rules: Readonly<Record<RetentionCategory, Rule>>
  readonly bases: readonly Basis[]
  readonly holidays: readonly string[]
  /** Waiting times; `least` is what no change goes below. */
  readonly settings: Readonly<Record<RetentionSetting, { readonly usual: number; readonly least: number }>>
}

/** A number of the profile. Throws on one that is not in it: that is a mistake of the profile. */
export function legalNumber(profile: LegalProfile, id: string): number {
  const found = profile.numbers.find((number) => number.id === id)
  if (found === undefined) {
    throw new Error(`${profile.id} has no number ${id}`)
  }
  return found.value
}
