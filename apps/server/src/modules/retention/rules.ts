/** Until when a recording is kept, and which change of a rule makes protection weaker. Pure: no clock, no storage. */
import type { RetentionSetting } from '@sereno/contracts'
import {
  addSpan,
  addWorkingDays,
  dateOfDay,
  dayNumber,
  endOfTerm,
  localDate,
  type Span,
  startOfDay,
} from './calendar.ts'
import { type LegalProfile, legalNumber, type Rule } from './profile.ts'

export type Subject = {
  /** From when terms count, epoch ms ({@link countsFrom}). */
  readonly capturedAt: number
  /** When the last proceeding about it closed; null while one is open, or there never was one. */
  readonly closedAt: number | null
}

/**
 * From when a recording's terms count: its end as the device or the file tells, or its seal here, whichever is later. A
 * device's clock that was set back, or a file named like an old one, shortens no term.
 */
export function countsFrom(endedAt: number, sealedAt: number | null): number {
  return Math.max(endedAt, sealedAt ?? 0)
}

/** No rule lets a recording go before this. */
export function floorOf(profile: LegalProfile, capturedAt: number, timeZone: string): number {
  return endOfTerm(capturedAt, { unit: 'day', count: legalNumber(profile, 'floor') }, timeZone)
}

/** The instant from which a recording may leave by the rule; null when only people let it go. Never before the floor. */
export function leavesAt(
  profile: LegalProfile,
  rule: Pick<Rule, 'keep' | 'afterClosing'>,
  subject: Subject,
  timeZone: string,
): number | null {
  if (rule.keep === null) {
    return null
  }
  const latest = endOfTerm(subject.capturedAt, rule.keep, timeZone)
  const closing =
    rule.afterClosing === null || subject.closedAt === null
      ? latest
      : endOfTerm(subject.closedAt, rule.afterClosing, timeZone)
  return Math.max(floorOf(profile, subject.capturedAt, timeZone), Math.min(latest, closing))
}

/** The later of two deadlines; null is later than any. */
export function later(left: number | null, right: number | null): number | null {
  return left === null || right === null ? null : Math.max(left, right)
}

/** Whether `after` lets go earlier than `before` for any day on which a recording may end. */
export function isWeaker(before: Span | null, after: Span | null): boolean {
  if (after === null) {
    return false
  }
  if (before === null) {
    return true
  }
  if (before.unit === after.unit) {
    return after.count < before.count
  }
  // Years are of different lengths: compared from every day of a cycle of four, and over a century without a leap day.
  const starts = [dayNumber({ year: 2023, month: 1, day: 1 }), dayNumber({ year: 2097, month: 1, day: 1 })]
  return starts.some((start) =>
    Array.from({ length: 1461 }, (_, offset) => dateOfDay(start + offset)).some(
      (date) => dayNumber(addSpan(date, after)) < dayNumber(addSpan(date, before)),
    ),
  )
}

/** Whether a term lies below the legal floor for any day on which a recording may end. */
export function isBelowFloor(profile: LegalProfile, keep: Span | null): boolean {
  return isWeaker({ unit: 'day', count: legalNumber(profile, 'floor') }, keep)
}

/** Whether a term is longer than what is advised for recordings without evidence in them. */
export function isAboveAdvised(profile: LegalProfile, keep: Span | null): boolean {
  return keep === null || isWeaker(keep, { unit: 'day', count: legalNumber(profile, 'advised') })
}

/** A shorter wait protects less; so does saying too early that no snapshot can bring a recording back. */
export function isWeakerSetting(_setting: RetentionSetting, before: number, after: number): boolean {
  return after < before
}

/**
 * Until when a closed proceeding freezes on. A request for information may be appealed for 15 calendar days, and the
 * tribunal decides within 10 working days (TUO Ley 27806, art. 11); others let go at once.
 */
export function freezeUntil(profile: LegalProfile, kind: string, closedAt: number, timeZone: string): number {
  if (kind !== 'request') {
    return closedAt
  }
  const appealed = addSpan(localDate(closedAt, timeZone), { unit: 'day', count: legalNumber(profile, 'appeal') })
  const decided = addWorkingDays(appealed, legalNumber(profile, 'tribunal'), profile.holidays)
  return startOfDay(dateOfDay(dayNumber(decided) + 1), timeZone)
}
