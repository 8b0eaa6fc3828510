/** What a change would do to what is kept now, counted one by one. Reads only. */
import type { ChangeWish, RetentionCategory, Simulation } from '@sereno/contracts'
import type { Static } from 'typebox'
import type { Scope } from '../../kernel/actor.ts'
import type { Db } from '../../kernel/database.ts'
import { Refusal } from '../../kernel/errors.ts'
import { daysBetween, type Span } from './calendar.ts'
import type { RetentionDeps } from './door.ts'
import { timeZoneOf } from './four-eyes.ts'
import type { Rule } from './profile.ts'
import { pe2026 } from './profile-pe-2026.ts'
import { type Rulebook, rulebookOf } from './rulebook.ts'
import { countsFrom, isAboveAdvised, isBelowFloor, isWeaker, isWeakerSetting, leavesAt } from './rules.ts'
import { heldAmong } from './store-holds.ts'
import { keptOf } from './store-retained.ts'
import type { RetainedRow } from './tables.ts'

export type Wish = Static<typeof ChangeWish>
export type Simulated = Static<typeof Simulation>

const dayMs = 86_400_000
/** Asked of another module at a time. */
const askedAtOnce = 50
const mostGroups = 12

/** Throws `retention.below-floor`, `retention.no-change`, `request.invalid`. */
export function judge(wish: Wish, rulebook: Rulebook): void {
  if (wish.kind === 'term') {
    const { category, keep } = needTerm(wish)
    if (isBelowFloor(pe2026, keep)) {
      throw new Refusal('retention.below-floor')
    }
    const now = rulebook.rules[category].keep
    if (now?.unit === keep?.unit && now?.count === keep?.count) {
      throw new Refusal('retention.no-change')
    }
  } else if (wish.kind === 'setting') {
    const { setting, value } = needSetting(wish)
    if (value < pe2026.settings[setting].least) {
      throw new Refusal('retention.below-floor')
    }
    if (value === rulebook.settings[setting].value) {
      throw new Refusal('retention.no-change')
    }
  } else if (wish.category === undefined) {
    throw new Refusal('request.invalid', { where: 'body/category' })
  }
}

export function needTerm(wish: Wish): { readonly category: RetentionCategory; readonly keep: Span | null } {
  if (wish.category === undefined || wish.keep === undefined) {
    throw new Refusal('request.invalid', { where: 'body/keep' })
  }
  return { category: wish.category, keep: wish.keep }
}

export function needSetting(wish: Wish): {
  readonly setting: NonNullable<Wish['setting']>
  readonly value: number
} {
  if (wish.setting === undefined || wish.value === undefined) {
    throw new Refusal('request.invalid', { where: 'body/setting' })
  }
  return { setting: wish.setting, value: wish.value }
}

/** Where a recording's deadline would be by a rule. */
export function deadlineBy(
  rule: Pick<Rule, 'keep' | 'afterClosing'>,
  row: RetainedRow,
  timeZone: string,
): number | null {
  return leavesAt(pe2026, rule, { capturedAt: countsFrom(row.captured_at, row.sealed_at), closedAt: null }, timeZone)
}

export async function simulate(deps: RetentionDeps, db: Db, scope: Scope, wish: Wish): Promise<Simulated> {
  const rulebook = await rulebookOf(db, scope, pe2026)
  judge(wish, rulebook)
  const earliestAt = deps.clock.nowMs() + rulebook.settings['waiting-days'].value * dayMs
  if (wish.kind === 'setting') {
    const { setting, value } = needSetting(wish)
    const weakening = isWeakerSetting(setting, rulebook.settings[setting].value, value)
    return { ...nothing, weakening, aboveAdvised: false, earliestAt }
  }
  const category = wish.category ?? 'none'
  const before = rulebook.rules[category]
  const rule = wish.kind === 'term' ? { ...before, keep: needTerm(wish).keep } : before
  const counted = await count(deps, db, scope, category, rule)
  const weakening = wish.kind === 'term' ? isWeaker(before.keep, rule.keep) : counted.earlier > 0
  const plain = before.keep !== null && !isWeaker(before.keep, { unit: 'day', count: 60 })
  return { ...counted, weakening, aboveAdvised: plain && isAboveAdvised(pe2026, rule.keep), earliestAt }
}

type Counted = Omit<Simulated, 'weakening' | 'aboveAdvised' | 'earliestAt'>
const nothing: Counted = {
  recordings: 0,
  earlier: 0,
  later: 0,
  groups: [],
  inCases: 0,
  held: 0,
  dueAtOnce: 0,
  lastMonth: 0,
}

async function count(
  deps: RetentionDeps,
  db: Db,
  scope: Scope,
  category: RetentionCategory,
  rule: Pick<Rule, 'keep' | 'afterClosing'>,
): Promise<Counted> {
  const timeZone = timeZoneOf(deps)
  const nowMs = deps.clock.nowMs()
  const held = await heldAmong(db, scope)
  const groups = new Map<number, number>()
  const result = { recordings: 0, earlier: 0, later: 0, inCases: 0, held: 0, dueAtOnce: 0, lastMonth: 0 }
  for await (const rows of keptOf(db, scope, category)) {
    const leavingEarlier: string[] = []
    for (const row of rows) {
      const at = deadlineBy(rule, row, timeZone)
      result.recordings += 1
      result.lastMonth += row.sealed_at > nowMs - 30 * dayMs ? 1 : 0
      if (at !== null && row.leaves_at !== null && at !== row.leaves_at) {
        const days = daysBetween(row.leaves_at, at, timeZone)
        groups.set(days, (groups.get(days) ?? 0) + 1)
      }
      if ((at ?? Number.POSITIVE_INFINITY) < (row.leaves_at ?? Number.POSITIVE_INFINITY)) {
        result.earlier += 1
        result.held += held.has(row.recording) ? 1 : 0
        result.dueAtOnce += at !== null && at <= nowMs ? 1 : 0
        leavingEarlier.push(row.recording)
      } else if ((at ?? Number.POSITIVE_INFINITY) > (row.leaves_at ?? Number.POSITIVE_INFINITY)) {
        result.later += 1
      }
    }
    result.inCases += await countInCases(deps, scope, leavingEarlier)
  }
  const largest = [...groups].sort(([, left], [, right]) => right - left).slice(0, mostGroups)
  return { ...result, groups: largest.map(([days, recordings]) => ({ days, recordings })) }
}

async function countInCases(deps: RetentionDeps, scope: Scope, recordings: readonly string[]): Promise<number> {
  const { freezesOf } = deps
  if (freezesOf === undefined) {
    return 0
  }
  let found = 0
  for (let from = 0; from < recordings.length; from += askedAtOnce) {
    const asked = recordings.slice(from, from + askedAtOnce)
    const answers = await Promise.all(asked.map((recording) => freezesOf(scope, recording)))
    found += answers.filter((freezes) => freezes.length > 0).length
  }
  return found
}
