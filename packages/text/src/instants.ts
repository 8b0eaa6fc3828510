import { type Language, localeOf } from './language.ts'

/** `23:41:55` in the municipality's own time zone, whatever the reader's machine believes. */
export function timeOfDay(atMs: number, timeZone: string, language: Language): string {
  return formatter(language, timeZone, 'time').format(atMs)
}

/** `23:41`. */
export function hourAndMinute(atMs: number, timeZone: string, language: Language): string {
  return formatter(language, timeZone, 'minute').format(atMs)
}

/** `jue 19 nov` / `Thu 19 Nov`. */
export function shortDate(atMs: number, timeZone: string, language: Language): string {
  return formatter(language, timeZone, 'day').format(atMs).replaceAll(/[.,]/g, '')
}

/** `jue 19 nov 2026`. */
export function longDate(atMs: number, timeZone: string, language: Language): string {
  return formatter(language, timeZone, 'date').format(atMs).replaceAll(/[.,]/g, '')
}

/** `19 nov 2026, 23:41:55`: a moment that must stand alone, as in a table or a document. */
export function dateAndTime(atMs: number, timeZone: string, language: Language): string {
  return `${longDate(atMs, timeZone, language)}, ${timeOfDay(atMs, timeZone, language)}`
}

/** `23:41:55` when it is the same day there as `nowMs`, else `19 nov, 23:41`. */
export function when(atMs: number, nowMs: number, timeZone: string, language: Language): string {
  return isoDate(atMs, timeZone) === isoDate(nowMs, timeZone)
    ? timeOfDay(atMs, timeZone, language)
    : `${shortDate(atMs, timeZone, language)}, ${hourAndMinute(atMs, timeZone, language)}`
}

/** `2026-11-19` there: for file names, tables and date fields. */
export function isoDate(atMs: number, timeZone: string): string {
  return formatter('en', timeZone, 'iso').format(atMs)
}

/** The city of an IANA zone, as the clock's caption: `America/Lima` → `Lima`. */
export function cityOf(timeZone: string): string {
  return (timeZone.split('/').at(-1) ?? timeZone).replaceAll('_', ' ')
}

/**
 * The instant of a wall-clock time `2026-11-19T23:41` in a zone, as epoch milliseconds. A time that a clock change
 * skips lands on the hour after it; one that occurs twice is the first. `null` when the text is not such a time.
 */
export function instantOf(wallClock: string, timeZone: string): number | null {
  const asUtc = Date.parse(`${wallClock.length === 10 ? `${wallClock}T00:00` : wallClock}Z`)
  if (Number.isNaN(asUtc)) {
    return null
  }
  const first = asUtc - offsetMs(asUtc, timeZone)
  return asUtc - offsetMs(first, timeZone)
}

/** `2026-11-19T23:41` there, as a `datetime-local` field wants it. */
export function wallClock(atMs: number, timeZone: string): string {
  return `${isoDate(atMs, timeZone)}T${hourAndMinute(atMs, timeZone, 'en')}`
}

function offsetMs(atMs: number, timeZone: string): number {
  const there = Date.parse(`${isoDate(atMs, timeZone)}T${timeOfDay(atMs, timeZone, 'en')}Z`)
  return there - Math.floor(atMs / 1000) * 1000
}

type Shape = 'time' | 'minute' | 'day' | 'date' | 'iso'
const shapes: Readonly<Record<Shape, Intl.DateTimeFormatOptions>> = {
  time: { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' },
  minute: { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  day: { weekday: 'short', day: 'numeric', month: 'short' },
  date: { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' },
  iso: { year: 'numeric', month: '2-digit', day: '2-digit' },
}
const formatters = new Map<string, Intl.DateTimeFormat>()

/** Formatters are costly to make and asked for every second: one per language, zone and shape. */
function formatter(language: Language, timeZone: string, shape: Shape): Intl.DateTimeFormat {
  const key = `${language} ${timeZone} ${shape}`
  const known = formatters.get(key)
  if (known !== undefined) {
    return known
  }
  const locale = shape === 'iso' ? 'en-CA' : localeOf(language)
  const made = new Intl.DateTimeFormat(locale, { ...shapes[shape], timeZone: validZone(timeZone) })
  formatters.set(key, made)
  return made
}

function validZone(timeZone: string): string {
  try {
    new Intl.DateTimeFormat('en', { timeZone })
    return timeZone
  } catch {
    return 'UTC'
  }
}
