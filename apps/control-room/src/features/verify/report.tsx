import type { Verification } from '@sereno/proof'
import { dateAndTime, duration, type Language, verificationLines, verificationWords } from '@sereno/text'
import { Icon, type IconName } from '@sereno/ui'
import type { ReactElement } from 'react'
import type { es } from './text.es.ts'
import css from './verify.module.css'

type Props = { readonly verification: Verification; readonly text: typeof es; readonly language: Language }

const symbols = {
  passed: 'check',
  failed: 'denied',
  warning: 'warning',
  'not-checked': 'later',
} as const satisfies Record<string, IconName>
const looks = { holds: css.holds, fails: css.fails, 'not-a-package': css.fails, 'origin-not-established': css.unsure }

/** The result in one word, then each named check with what it found. */
export function Report({ verification, text, language }: Props): ReactElement {
  const words = verificationWords(language)
  const { result, simulated, checks } = verification
  return (
    <section className={css.report} aria-label={words.results[result].title}>
      <div className={`${css.result} ${looks[result]}`}>
        {simulated ? <p className={css.simulated}>{words.simulated}</p> : null}
        <h2>{words.results[result].title}</h2>
        <p>{words.results[result].next}</p>
      </div>
      <Facts verification={verification} text={text} language={language} />
      <h3>{text.checks}</h3>
      <ul className={css.checks}>
        {verificationLines(language, checks).map(({ id, title, status, statusWord, notes }) => (
          <li key={id} data-status={status}>
            <Icon name={symbols[status]} />
            <b>{title}</b>
            <span>{statusWord}</span>
            {notes.length > 0 ? (
              <ul>
                {notes.map((note) => (
                  <li key={note}>{note}</li>
                ))}
              </ul>
            ) : null}
          </li>
        ))}
      </ul>
    </section>
  )
}

function Facts({ verification: { facts }, text, language }: Props): ReactElement | null {
  if (facts === null) {
    return null
  }
  const { manifest, startedAtMs, endedAtMs, missingMs, manifestSha256 } = facts
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
  const at = (ms: number | null): string => (ms === null ? '–' : dateAndTime(ms, zone, language))
  return (
    <dl className={css.facts}>
      <dt>{text.facts.recording}</dt>
      <dd className="mono">{manifest.recording}</dd>
      <dt>{text.facts.device}</dt>
      <dd className="mono">{manifest.device}</dd>
      <dt>{text.facts.officer}</dt>
      <dd>{manifest.officer?.code ?? text.facts.none}</dd>
      <dt>{text.facts.time}</dt>
      <dd>
        {at(startedAtMs)} – {at(endedAtMs)} ({zone})
      </dd>
      <dt>{text.facts.missing}</dt>
      <dd>{missingMs === 0 ? text.facts.nothing : duration(missingMs)}</dd>
      <dt>{text.facts.manifest}</dt>
      <dd className="mono">{manifestSha256}</dd>
    </dl>
  )
}
