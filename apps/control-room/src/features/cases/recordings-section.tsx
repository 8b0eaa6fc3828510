import { duration, when } from '@sereno/text'
import { Button, now, useLanguage } from '@sereno/ui'
import { Link } from '@tanstack/react-router'
import type { ReactElement } from 'react'
import page from '../../shell/page.module.css'
import { useTimeZone } from '../../shell/session.ts'
import css from './cases.module.css'
import { may, Section, type SectionProps } from './section.tsx'
import { useCasesText } from './text.ts'

export function RecordingsSection({ file, onDeed }: SectionProps): ReactElement {
  const text = useCasesText()
  const language = useLanguage()
  const zone = useTimeZone()
  return (
    <Section title={text.sections.recordings} empty={file.recordings.length === 0 ? text.nothing.recordings : null}>
      <ul className={css.rows}>
        {file.recordings.map(({ recording, why, from, addedBy }) => (
          <li key={recording.id}>
            <div className={css.line}>
              <Link
                to="/recordings/$id"
                params={{ id: recording.id }}
                search={{ case: file.case.code }}
                className={page.link}
              >
                <b>{recording.code}</b>
              </Link>
              <span>{when(recording.startedAt, now(), zone, language)}</span>
              <span>{duration(recording.durationMs)}</span>
              <span className={css.soft}>
                {recording.device.code} · {recording.officer?.name ?? ''}
              </span>
              {may(file, 'case.write') ? (
                <Button
                  look="quiet"
                  label={`${text.remove}: ${recording.code}`}
                  onPress={() => onDeed({ name: 'remove-recording', id: recording.id, label: recording.code })}
                >
                  {text.remove}
                </Button>
              ) : null}
            </div>
            <p>
              {[why, from === null ? null : text.from(from), text.by(addedBy)]
                .filter((word) => word !== null)
                .join(' · ')}
            </p>
          </li>
        ))}
      </ul>
    </Section>
  )
}
