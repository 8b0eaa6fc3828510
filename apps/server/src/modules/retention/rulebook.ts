import {
  type RetentionCategory,
  type RetentionSetting,
  retentionCategories,
  retentionSettings,
} from '@sereno/contracts'
import type { Scope } from '../../kernel/actor.ts'
import type { Db } from '../../kernel/database.ts'
import type { LegalProfile, Rule } from './profile.ts'
import { changedRules, changedSettings } from './store-rules.ts'

export type RuleInForce = Rule & { readonly changedAt: number | null; readonly weakened: boolean }
export type SettingInForce = { readonly value: number; readonly usual: number; readonly changedAt: number | null }

/** What is in force here now: the legal profile with what the municipality changed of it. */
export type Rulebook = {
  readonly rules: Readonly<Record<RetentionCategory, RuleInForce>>
  readonly settings: Readonly<Record<RetentionSetting, SettingInForce>>
}

export async function rulebookOf(db: Db, scope: Scope, profile: LegalProfile): Promise<Rulebook> {
  const changed = await changedRules(db, scope)
  const settings = await changedSettings(db, scope)
  return {
    rules: record(retentionCategories, (category) => {
      const row = changed.get(category)
      const legal = profile.rules[category]
      if (row === undefined) {
        return { ...legal, changedAt: null, weakened: false }
      }
      const keep =
        row.keep_unit === null || row.keep_count === null ? null : { unit: row.keep_unit, count: row.keep_count }
      // The municipality said how long: what the profile would let go sooner is not its wish.
      return { ...legal, keep, afterClosing: null, changedAt: row.in_force_at, weakened: row.weakening }
    }),
    settings: record(retentionSettings, (setting) => {
      const row = settings.get(setting)
      const { usual } = profile.settings[setting]
      return { value: row?.value ?? usual, usual, changedAt: row?.in_force_at ?? null }
    }),
  }
}

function record<K extends string, V>(keys: readonly K[], make: (key: K) => V): Record<K, V> {
  return Object.fromEntries(keys.map((key) => [key, make(key)])) as Record<K, V>
}
