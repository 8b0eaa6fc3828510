import type { TimelineItem } from '@sereno/contracts'
import { kindName, names, when } from '@sereno/text'
import { Icon, type IconName, now, useLanguage } from '@sereno/ui'
import { Link } from '@tanstack/react-router'
import type { ReactElement } from 'react'
import page from '../../shell/page.module.css'
import { useTimeZone } from '../../shell/session.ts'
import css from './cases.module.css'
import { Section } from './section.tsx'
import { type CasesText, useCasesText } from './text.ts'

const icons: readonly (readonly [RegExp, IconName])[] = [
  [/^footage/, 'film'],
  [/^(mark|case.bookmarked)/, 'mark'],
  [/^(alarm|case.clock)/, 'warning'],
  [/view|read/, 'eye'],
  [/^hand-over/, 'package'],
  [/share|entrance/, 'link'],
  [/^live/, 'live'],
  [/person/, 'person'],
  [/^(clip|still)/, 'film'],
  [/refused/, 'denied'],
]

/** Recordings, marks, notes, alarms, looks and hand-overs in one order, oldest first. */
export function Timeline({ items }: { readonly items: readonly TimelineItem[] }): ReactElement {
  const text = useCasesText()
  return (
    <Section title={text.sections.timeline} empty={null}>
      <ol className={css.timeline}>
        {items.map((item, place) => (
          <Row key={item.entry ?? `${item.kind} ${item.at} ${place}`} item={item} />
        ))}
      </ol>
    </Section>
  )
}

function Row({ item }: { readonly item: TimelineItem }): ReactElement {
  const text = useCasesText()
  const language = useLanguage()
  const zone = useTimeZone()
  const denied = item.details.allowed === 'false'
  const icon = denied ? 'denied' : (icons.find(([kind]) => kind.test(item.kind))?.[1] ?? 'folder')
  const reason = item.details.reason ?? item.details.why ?? item.details.how
  // a live view ends for a cause of the contract; every other reason is in the words of a person
  const ends = text.live.ended as Readonly<Record<string, string>>
  return (
    <li data-denied={denied}>
      <time dateTime={new Date(item.at).toISOString()}>{when(item.at, now(), zone, language)}</time>
      <Icon name={icon} size="s" />
      <p>
        <b>{titleOf(item, text, language)}</b> {item.who}
        {item.text === null ? '' : ` · ${item.text}`}
        {item.details.recordingCode === undefined ? '' : ` · ${item.details.recordingCode}`}
        {reason === undefined ? '' : ` · ${ends[reason] ?? reason}`}{' '}
        {item.recording === null ? null : (
          <Link to="/recordings/$id" params={{ id: item.recording }} className={page.link}>
            {text.copy.view}
          </Link>
        )}
      </p>
    </li>
  )
}

function titleOf(item: TimelineItem, text: CasesText, language: 'es' | 'en'): string {
  switch (item.kind) {
    case 'footage':
      return text.footage
    case 'mark':
      return text.mark
    case 'alarm': {
      const words = names(language).alarm as Readonly<Record<string, string>>
      return `${text.alarm}: ${words[item.details.alarmKind ?? ''] ?? ''}`
    }
    default:
      return kindName(item.kind, language)
  }
}
