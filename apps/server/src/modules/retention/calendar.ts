/**
 * Terms in calendar days of the municipality's own time zone. A day is a local date, never 24 hours: where clocks change,
 * days are longer or shorter, midnight may not exist or come twice, and a date may be skipped.
 */

/** A date of the Gregorian calendar, without a time zone. */
export type LocalDate = { readonly year: number; readonly month: number; readonly day: number }
export type Span = { readonly unit: 'day' | 'year'; readonly count: number }

const dayMs = 86_400_000
const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone)
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-CA-u-hc-h23', {
      timeZone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    })
    formats.set(timeZone, format)
  }
  return format
}

/** What a wall clock there shows at the instant, read as if it were UTC; epoch ms. */
function wallClock(atMs: number, timeZone: string): number {
  const part: Record<string, number> = {}
  for (const { type, value } of formatOf(timeZone).formatToParts(atMs)) {
    part[type] = Number(value)
  }
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part
  return Date.UTC(year, month - 1, day, hour, minute, second) + (((atMs % 1000) + 1000) % 1000)
}

export function localDate(atMs: number, timeZone: string): LocalDate {
  return dateOfDay(Math.floor(wallClock(atMs, timeZone) / dayMs))
}

/** Days since 1 January 1970 of a date. */
export function dayNumber(date: LocalDate): number {
  return Math.floor(Date.UTC(date.year, date.month - 1, date.day) / dayMs)
}

export function dateOfDay(day: number): LocalDate {
  const date = new Date(day * dayMs)
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() }
}

/** The first instant of a date there; of the next one when the date was skipped. Epoch ms. */
export function startOfDay(date: LocalDate, timeZone: string): number {
  const midnight = dayNumber(date) * dayMs
  // The offsets in force around it: at most one change of clocks lies between.
  const candidates = [midnight - dayMs, midnight + dayMs].map(
    (nearMs) => midnight - (wallClock(nearMs, timeZone) - nearMs),
  )
  const first = candidates
    .filter((atMs) => wallClock(atMs, timeZone) >= midnight && wallClock(atMs - 1, timeZone) < midnight)
    .sort((left, right) => left - right)[0]
  return first ?? Math.max(...candidates)
}

/** The date so many days or years on. From 29 February a year leads to 1 March: never to an earlier day. */
export function addSpan(date: LocalDate, span: Span): LocalDate {
  return span.unit === 'day'
    ? dateOfDay(dayNumber(date) + span.count)
    : dateOfDay(Math.floor(Date.UTC(date.year + span.count, date.month - 1, date.day) / dayMs))
}

/**
 * The instant at which a term that began with an event is over. The day of the event does not count (TUO Ley 27444,
 * art. 144.1) and the last day counts whole: the first instant of the day after it.
 */
export function endOfTerm(eventAtMs: number, span: Span, timeZone: string): number {
  const last = addSpan(localDate(eventAtMs, timeZone), span)
  return startOfDay(dateOfDay(dayNumber(last) + 1), timeZone)
}

/** By how many calendar days `laterMs` is later than `earlierMs` there; negative when it is earlier. */
export function daysBetween(earlierMs: number, laterMs: number, timeZone: string): number {
  return dayNumber(localDate(laterMs, timeZone)) - dayNumber(localDate(earlierMs, timeZone))
}

/** The date as YYYY-MM-DD. */
export function isoDate({ year, month, day }: LocalDate): string {
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
}

/** The date so many working days on: without Saturdays, Sundays and the holidays told (`MM-DD`, or `easter±n`). */
export function addWorkingDays(date: LocalDate, count: number, holidays: readonly string[]): LocalDate {
  let day = dayNumber(date)
  for (let left = count; left > 0; ) {
    day += 1
    if (isWorkingDay(day, holidays)) {
      left -= 1
    }
  }
  return dateOfDay(day)
}

function isWorkingDay(day: number, holidays: readonly string[]): boolean {
  // 1 January 1970 was a Thursday.
  const weekday = (((day + 4) % 7) + 7) % 7
  if (weekday === 0 || weekday === 6) {
    return false
  }
  const date = dateOfDay(day)
  const fromEaster = day - dayNumber(easter(date.year))
  return (
    !holidays.includes(isoDate(date).slice(5)) && !holidays.includes(`easter${fromEaster < 0 ? '' : '+'}${fromEaster}`)
  )
}

/** Easter Sunday (Meeus/Jones/Butcher). */
export function easter(year: number): LocalDate {
  const a = year % 19
  const b = Math.floor(year / 100)
  const c = year % 100
  const h = (19 * a + b - Math.floor(b / 4) - Math.floor((b - Math.floor((b + 8) / 25) + 1) / 3) + 15) % 30
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7
  const m = Math.floor((a + 11 * h + 22 * l) / 451)
  const n = h + l - 7 * m + 114
  return { year, month: Math.floor(n / 31), day: (n % 31) + 1 }
}
