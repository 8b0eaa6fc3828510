import { type Language, localeOf } from './language.ts'

/**
 * A number as people read it: thousands parted by a narrow space in both languages (185 046), decimals by the
 * language's own sign.
 */
export function number(value: number, language: Language, fractionDigits = 0): string {
  if (!Number.isFinite(value)) {
    return '–'
  }
  const fixed = Math.abs(value).toFixed(fractionDigits)
  const [whole = '0', fraction] = fixed.split('.')
  const grouped = whole.length > 4 ? whole.replace(/\B(?=(\d{3})+(?!\d))/g, '\u202f') : whole
  const sign = value < 0 && Number(fixed) !== 0 ? '−' : ''
  return sign + grouped + (fraction === undefined ? '' : decimalSign(language) + fraction)
}

/** Bytes in the decimal units the disk's label uses (1 GB = 10⁹ bytes). */
export function bytes(sizeBytes: number, language: Language): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB']
  let value = sizeBytes
  let unit = 0
  while (Math.abs(value) >= 999.5 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  const digits = unit === 0 || Math.abs(value) >= 99.5 ? 0 : 1
  return `${number(value, language, digits)}\u00a0${units[unit] ?? ''}`
}

/** Metres under a kilometre, kilometres with one decimal above. */
export function distance(metres: number, language: Language): string {
  return metres < 999.5
    ? `${number(Math.round(metres), language)}\u00a0m`
    : `${number(metres / 1000, language, metres < 9_950 ? 1 : 0)}\u00a0km`
}

/** Metres per second, said in kilometres per hour. */
export function speed(metresPerSecond: number, language: Language): string {
  const kilometresPerHour = metresPerSecond * 3.6
  return `${number(kilometresPerHour, language, kilometresPerHour < 9.95 ? 1 : 0)}\u00a0km/h`
}

export function percent(value: number, language: Language): string {
  return language === 'es' ? `${number(value, language)}\u00a0%` : `${number(value, language)}%`
}

const decimalSign = (language: Language): string => (localeOf(language) === 'es-PE' ? ',' : '.')
