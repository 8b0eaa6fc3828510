import type { Language } from './language.ts'

const secondMs = 1000
const minuteMs = 60 * secondMs
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

/** A span in at most two units: `4 s`, `2 min 14 s`, `4 h 41 min`, `3 d 2 h`. Negative spans read as zero. */
export function duration(spanMs: number): string {
  const span = Math.max(0, spanMs)
  if (span < minuteMs) {
    return `${Math.floor(span / secondMs)}\u00a0s`
  }
  if (span < hourMs) {
    return two(Math.floor(span / minuteMs), 'min', Math.floor((span % minuteMs) / secondMs), 's')
  }
  if (span < dayMs) {
    return two(Math.floor(span / hourMs), 'h', Math.floor((span % hourMs) / minuteMs), 'min')
  }
  return two(Math.floor(span / dayMs), 'd', Math.floor((span % dayMs) / hourMs), 'h')
}

/** A running clock: `00:47`, `12:31`, `1:04:11`. Figures only, so that nothing beside it moves. */
export function stopwatch(spanMs: number): string {
  const seconds = Math.max(0, Math.floor(spanMs / secondMs))
  const hours = Math.floor(seconds / 3600)
  const rest = `${pad(Math.floor((seconds % 3600) / 60))}:${pad(seconds % 60)}`
  return hours > 0 ? `${hours}:${rest}` : rest
}

/** How old something is, with its word: `hace 4 s` / `4 s ago`. */
export function age(spanMs: number, language: Language): string {
  return language === 'es' ? `hace ${duration(spanMs)}` : `${duration(spanMs)} ago`
}

/** What is left until an instant: `en 4 s` / `in 4 s`. */
export function until(spanMs: number, language: Language): string {
  return language === 'es' ? `en ${duration(spanMs)}` : `in ${duration(spanMs)}`
}

const two = (large: number, largeUnit: string, small: number, smallUnit: string): string =>
  small === 0 ? `${large}\u00a0${largeUnit}` : `${large}\u00a0${largeUnit} ${small}\u00a0${smallUnit}`
const pad = (value: number): string => String(value).padStart(2, '0')
