/** A verification as people read it: the result in one word, then each named check with what it found. */
import type { DerivativeVerification, Verification } from '@sereno/proof'
import { dateAndTime, duration, type Language, verificationLines, verificationWords } from '@sereno/text'
import { element } from './element.ts'
import type { Words } from './words.ts'

const marks = { passed: '✓', failed: '✕', warning: '!', 'not-checked': '–' } as const

export function reportOf(verification: Verification, words: Words, language: Language): HTMLElement {
  const { results, simulated } = verificationWords(language)
  const { title, next } = results[verification.result]
  return element(
    'section',
    { class: 'report', 'aria-label': title },
    element(
      'div',
      { class: 'result', 'data-result': verification.result },
      verification.simulated ? element('p', { class: 'simulated' }, simulated) : null,
      element('h2', {}, title),
      element('p', {}, next),
    ),
    factsOf(verification, words, language),
    element('h3', {}, words.checks),
    checksOf(verification, language),
  )
}

/** The same for a clip or a still: what it is a part of, and how it was cut. */
export function derivativeReportOf(
  verification: DerivativeVerification,
  words: Words,
  language: Language,
): HTMLElement {
  const { results, derivative } = verificationWords(language)
  const { result, lineage } = verification
  const { title, next } = result === 'not-a-derivative' ? derivative[result] : results[result]
  const said = result === 'holds' || result === 'fails' ? derivative[result] : next
  const rows: readonly (readonly [string, string])[] =
    lineage === null
      ? []
      : [
          [words.facts.recording, lineage.recording],
          [words.facts.device, lineage.device],
          [words.facts.manifest, lineage.parentManifest],
        ]
  const facts = rows.flatMap(([term, value]) => [element('dt', {}, term), element('dd', { class: 'mono' }, value)])
  return element(
    'section',
    { class: 'report', 'aria-label': title },
    element('div', { class: 'result', 'data-result': result }, element('h2', {}, title), element('p', {}, said)),
    rows.length === 0 ? null : element('dl', { class: 'facts' }, ...facts),
    element('h3', {}, words.checks),
    checksOf(verification, language),
  )
}

function checksOf({ checks }: Pick<Verification, 'checks'>, language: Language): HTMLElement {
  const lines = verificationLines(language, checks).map(({ title, status, statusWord, notes }) =>
    element(
      'li',
      { 'data-status': status },
      element('span', { class: 'mark', 'aria-hidden': 'true' }, marks[status]),
      element('b', {}, title),
      element('span', {}, statusWord),
      notes.length === 0 ? null : element('ul', {}, ...notes.map((note) => element('li', {}, note))),
    ),
  )
  return element('ul', { class: 'checks' }, ...lines)
}

function factsOf({ facts }: Verification, words: Words, language: Language): HTMLElement | null {
  if (facts === null) {
    return null
  }
  const { manifest, startedAtMs, endedAtMs, missingMs, manifestSha256 } = facts
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
  const at = (ms: number | null): string => (ms === null ? '–' : dateAndTime(ms, zone, language))
  const rows: readonly (readonly [string, string, boolean])[] = [
    [words.facts.recording, manifest.recording, true],
    [words.facts.device, manifest.device, true],
    [words.facts.officer, manifest.officer?.code ?? words.facts.none, false],
    [words.facts.time, `${at(startedAtMs)} – ${at(endedAtMs)} (${zone})`, false],
    [words.facts.missing, missingMs === 0 ? words.facts.nothing : duration(missingMs), false],
    [words.facts.manifest, manifestSha256, true],
  ]
  const items = rows.flatMap(([term, value, isCode]) => [
    element('dt', {}, term),
    element('dd', isCode ? { class: 'mono' } : {}, value),
  ])
  return element('dl', { class: 'facts' }, ...items)
}
