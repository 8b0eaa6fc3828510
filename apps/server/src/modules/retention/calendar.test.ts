import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  addSpan,
  addWorkingDays,
  dateOfDay,
  dayNumber,
  daysBetween,
  easter,
  endOfTerm,
  isoDate,
  localDate,
  startOfDay,
} from './calendar.ts'

// Lima has one offset; the others change clocks at midnight, have odd offsets, or skipped a date (Apia, 30 December 2011).
const zones = [
  'America/Lima',
  'America/Santiago',
  'America/Asuncion',
  'Europe/Madrid',
  'Asia/Kathmandu',
  'Pacific/Apia',
  'America/Havana',
]
const zone = fc.constantFrom(...zones)
const instant = fc.integer({ min: Date.UTC(2005, 0, 1), max: Date.UTC(2060, 0, 1) })

describe('calendar days of a time zone', () => {
  test('every instant lies in its own day, and no earlier instant has that date', () => {
    fc.assert(
      fc.property(instant, zone, (atMs, timeZone) => {
        const date = localDate(atMs, timeZone)
        const start = startOfDay(date, timeZone)
        expect(start).toBeLessThanOrEqual(atMs)
        expect(localDate(start, timeZone)).toEqual(date)
        expect(dayNumber(localDate(start - 1, timeZone))).toBeLessThan(dayNumber(date))
        expect(startOfDay(dateOfDay(dayNumber(date) + 1), timeZone)).toBeGreaterThan(atMs)
      }),
      { numRuns: 500 },
    )
  })

  test('a term of n days ends n + 1 dates after the event, at the first instant of that date', () => {
    fc.assert(
      fc.property(instant, zone, fc.integer({ min: 1, max: 4000 }), (atMs, timeZone, count) => {
        const end = endOfTerm(atMs, { unit: 'day', count }, timeZone)
        expect(daysBetween(atMs, end - 1, timeZone)).toBeLessThanOrEqual(count)
        expect(daysBetween(atMs, end, timeZone)).toBeGreaterThanOrEqual(count + 1)
        // At least n whole days of at least 23 hours, whatever the clocks do there (a skipped date costs one).
        expect(end - atMs).toBeGreaterThan((count - 1) * 86_400_000 - 3_600_000)
      }),
      { numRuns: 500 },
    )
  })

  test('a later event never ends earlier, and a longer term never sooner', () => {
    fc.assert(
      fc.property(
        instant,
        zone,
        fc.nat({ max: 10_000_000_000 }),
        fc.integer({ min: 1, max: 1500 }),
        (atMs, timeZone, more, count) => {
          const span = { unit: 'day', count } as const
          expect(endOfTerm(atMs + more, span, timeZone)).toBeGreaterThanOrEqual(endOfTerm(atMs, span, timeZone))
          expect(endOfTerm(atMs, { unit: 'day', count: count + 2 }, timeZone)).toBeGreaterThan(
            endOfTerm(atMs, span, timeZone),
          )
        },
      ),
      { numRuns: 300 },
    )
  })

  test('45 calendar days in Lima: recorded on the night of 7 October, may leave on 22 November at midnight there', () => {
    const recorded = Date.UTC(2026, 9, 8, 4, 59) // 23:59 of 7 October in Lima
    expect(new Date(endOfTerm(recorded, { unit: 'day', count: 45 }, 'America/Lima')).toISOString()).toBe(
      '2026-11-22T05:00:00.000Z',
    )
    expect(endOfTerm(recorded + 60_000, { unit: 'day', count: 45 }, 'America/Lima')).toBe(Date.UTC(2026, 10, 23, 5))
  })

  test('where midnight does not exist the day begins at one; a skipped date begins with the next', () => {
    expect(new Date(startOfDay({ year: 2024, month: 9, day: 8 }, 'America/Santiago')).toISOString()).toBe(
      '2024-09-08T04:00:00.000Z',
    )
    expect(isoDate(localDate(startOfDay({ year: 2011, month: 12, day: 30 }, 'Pacific/Apia'), 'Pacific/Apia'))).toBe(
      '2011-12-31',
    )
  })

  test('years keep month and day; from 29 February they lead to 1 March', () => {
    expect(isoDate(addSpan({ year: 2024, month: 2, day: 29 }, { unit: 'year', count: 3 }))).toBe('2027-03-01')
    expect(isoDate(addSpan({ year: 2026, month: 11, day: 22 }, { unit: 'year', count: 3 }))).toBe('2029-11-22')
  })

  test('working days leave out week ends and holidays', () => {
    expect([2024, 2025, 2026, 2038].map((year) => isoDate(easter(year)))).toEqual([
      '2024-03-31',
      '2025-04-20',
      '2026-04-05',
      '2038-04-25',
    ])
    const holidays = ['12-08', '12-25', 'easter-3', 'easter-2']
    // From Wednesday 1 April 2026: Thursday and Friday are holy days.
    expect(isoDate(addWorkingDays({ year: 2026, month: 4, day: 1 }, 1, holidays))).toBe('2026-04-06')
    expect(isoDate(addWorkingDays({ year: 2026, month: 12, day: 4 }, 10, holidays))).toBe('2026-12-21')
  })
})
