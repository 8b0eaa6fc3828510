import { retentionCategories } from '@sereno/contracts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { keyCopyDays } from '../../kernel/key-copies.ts'
import { endOfTerm, type Span } from './calendar.ts'
import { pe2026 } from './profile-pe-2026.ts'
import { floorOf, freezeUntil, isAboveAdvised, isBelowFloor, isWeaker, later, leavesAt } from './rules.ts'

const lima = 'America/Lima'
const span: fc.Arbitrary<Span> = fc.oneof(
  fc.record({ unit: fc.constant('day' as const), count: fc.integer({ min: 1, max: 2000 }) }),
  fc.record({ unit: fc.constant('year' as const), count: fc.integer({ min: 1, max: 6 }) }),
)
const instant = fc.integer({ min: Date.UTC(2024, 0, 1), max: Date.UTC(2030, 0, 1) })

describe('rules', () => {
  test('no rule, whatever it says, lets a recording go before 45 calendar days in Lima', () => {
    fc.assert(
      fc.property(instant, span, fc.option(span), fc.option(instant), (capturedAt, keep, afterClosing, closedAt) => {
        const at = leavesAt(pe2026, { keep, afterClosing }, { capturedAt, closedAt }, lima)
        expect(at).toBeGreaterThanOrEqual(endOfTerm(capturedAt, { unit: 'day', count: 45 }, lima))
      }),
      { numRuns: 300 },
    )
  })

  test('a term is weaker exactly when some recording would leave earlier', () => {
    fc.assert(
      fc.property(instant, span, span, (capturedAt, before, after) => {
        if (!isWeaker(before, after)) {
          expect(endOfTerm(capturedAt, after, lima)).toBeGreaterThanOrEqual(endOfTerm(capturedAt, before, lima))
        }
        expect(isWeaker(before, before)).toBe(false)
        expect(isWeaker(null, after)).toBe(true)
        expect(isWeaker(before, null)).toBe(false)
      }),
      { numRuns: 60 },
    )
    expect(isWeaker({ unit: 'year', count: 3 }, { unit: 'day', count: 1095 })).toBe(true)
    expect(isWeaker({ unit: 'year', count: 3 }, { unit: 'day', count: 1096 })).toBe(false)
    expect(isWeaker({ unit: 'day', count: 1095 }, { unit: 'year', count: 3 })).toBe(false)
  })

  test('every term of the profile is lawful, and every number names its norm', () => {
    for (const category of retentionCategories) {
      const rule = pe2026.rules[category]
      expect(isBelowFloor(pe2026, rule.keep)).toBe(false)
      expect(rule.sources.length).toBeGreaterThan(0)
    }
    expect(isBelowFloor(pe2026, { unit: 'day', count: 44 })).toBe(true)
    expect(isAboveAdvised(pe2026, { unit: 'day', count: 60 })).toBe(false)
    expect(isAboveAdvised(pe2026, { unit: 'day', count: 61 })).toBe(true)
    for (const { sources, value, from } of pe2026.numbers) {
      expect(value).toBeGreaterThan(0)
      expect(sources.every(({ norm, article }) => norm !== '' && article !== '')).toBe(true)
      expect(from).toMatch(/^\d{4}-\d{2}-\d{2}$/)
    }
    // No final date before the copies of the keys are gone.
    expect(pe2026.settings['snapshot-days'].least).toBeGreaterThanOrEqual(keyCopyDays)
  })

  test('a complaint that closed early lets go a year later, and never later than three years', () => {
    const capturedAt = Date.UTC(2026, 0, 10, 15)
    const at = (closedAt: number | null) => leavesAt(pe2026, pe2026.rules.complaint, { capturedAt, closedAt }, lima)
    expect(new Date(at(Date.UTC(2026, 5, 1, 15)) ?? 0).toISOString()).toBe('2027-06-02T05:00:00.000Z')
    expect(at(null)).toBe(at(Date.UTC(2028, 11, 1)))
    expect(leavesAt(pe2026, pe2026.rules.crime, { capturedAt, closedAt: 0 }, lima)).toBeNull()
    expect(later(null, 5)).toBeNull()
    expect(floorOf(pe2026, capturedAt, lima)).toBe(Date.UTC(2026, 1, 25, 5))
  })

  test('an answered request freezes until nobody can appeal: 15 calendar and 10 working days', () => {
    // Answered on Friday 20 November 2026: 5 December, then ten working days without 8, 9 December.
    const closedAt = Date.UTC(2026, 10, 20, 15)
    expect(new Date(freezeUntil(pe2026, 'request', closedAt, lima)).toISOString()).toBe('2026-12-23T05:00:00.000Z')
    expect(freezeUntil(pe2026, 'complaint', closedAt, lima)).toBe(closedAt)
  })
})
