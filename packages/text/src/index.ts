export { age, duration, stopwatch, until } from './durations.ts'
export { errorsEn as refusalsEn } from './errors.en.ts'
export { errorsEs as refusalsEs } from './errors.es.ts'
export { errorWords, unavailableWords } from './errors.ts'
export {
  cityOf,
  dateAndTime,
  hourAndMinute,
  instantOf,
  isoDate,
  longDate,
  shortDate,
  timeOfDay,
  wallClock,
  when,
} from './instants.ts'
export { kindsEs } from './kinds.ts'
export { type Language, languages, localeOf, preferredLanguage } from './language.ts'
export { kindName, type Names, names } from './names.ts'
export { bytes, distance, number, percent, speed } from './numbers.ts'
export type { RefusalWords } from './refusal-words.ts'
export { type VerificationLine, verificationLines, verificationWords } from './verification.ts'
export type { Worded } from './worded.ts'
