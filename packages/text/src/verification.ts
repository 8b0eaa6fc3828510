import type { Language } from './language.ts'
import { names } from './names.ts'
import { verificationEn } from './verification.en.ts'
import { type VerificationWords, verificationEs } from './verification.es.ts'

type Status = keyof VerificationWords['statuses']
type Id = keyof VerificationWords['checks']
/** A check as `packages/proof` reports it; repeated here so that words need no verifier. */
type Checked = {
  readonly id: Id
  readonly status: Status
  readonly code: string | null
  readonly segment: number | null
  readonly detail: Readonly<Record<string, string | number>>
}
/** All checks of one name, as a person reads them: the worst status and a sentence for each thing worth saying. */
export type VerificationLine = {
  readonly id: Id
  readonly title: string
  readonly status: Status
  readonly statusWord: string
  readonly notes: readonly string[]
}

const severity: readonly Status[] = ['passed', 'warning', 'not-checked', 'failed']
const mostNotes = 12

export function verificationWords(language: Language): VerificationWords {
  return language === 'en' ? verificationEn : verificationEs
}

/** Gathers the checks by name, in the order they came. */
export function verificationLines(language: Language, checks: readonly Checked[]): readonly VerificationLine[] {
  const words = verificationWords(language)
  return [...Map.groupBy(checks, ({ id }) => id)].map(([id, group]) => {
    const status = group.map((one) => one.status).reduce((a, b) => (severity.indexOf(a) > severity.indexOf(b) ? a : b))
    const told = group.filter((one) => one.code !== null).map((one) => sentence(language, one))
    const passed = group.filter((one) => one.status === 'passed')
    const notes = [
      ...(passed.length > 1 ? [words.times(passed.length)] : []),
      ...told.slice(0, mostNotes),
      ...(told.length > mostNotes ? [words.more(told.length - mostNotes)] : []),
    ]
    return { id, title: words.checks[id], status, statusWord: words.statuses[status], notes }
  })
}

function sentence(language: Language, { code, segment, detail }: Checked): string {
  const words = verificationWords(language)
  const reasons: Readonly<Record<string, string>> = names(language).gap
  const place = segment === null ? '' : `${words.segment(segment)}: `
  const reason = reasons[String(detail.reason)] ?? detail.reason ?? ''
  const seconds = typeof detail.missingMs === 'number' ? ` (${(detail.missingMs / 1000).toFixed(1)} s, ${reason})` : ''
  const range = typeof detail.from === 'number' && detail.from !== detail.to ? ` (${detail.from}–${detail.to})` : ''
  const member = segment === null && detail.member !== undefined ? ` [${detail.member}]` : ''
  const span = (from: unknown, to: unknown): string =>
    `${(Number(from) / 1000).toFixed(1)}–${(Number(to) / 1000).toFixed(1)} s`
  const cut =
    code === 'whole-segments'
      ? `; ${words.derivative.cut(span(detail.askedFromMs, detail.askedToMs), span(detail.fromMs, detail.toMs))}`
      : ''
  return `${place}${words.codes[code ?? ''] ?? code}${seconds}${range}${member}${cut}`
}
