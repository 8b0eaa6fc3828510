import { timeOfDay, when } from '@sereno/text'
import { now, useLanguage } from '@sereno/ui'
import { Link } from '@tanstack/react-router'
import type { ReactElement } from 'react'
import page from '../../shell/page.module.css'
import { useTimeZone } from '../../shell/session.ts'
import css from './cases.module.css'
import { may, Section, type SectionProps } from './section.tsx'
import { useCasesText } from './text.ts'

export function NotesSection({ file, onDeed }: SectionProps): ReactElement {
  const text = useCasesText()
  const language = useLanguage()
  const zone = useTimeZone()
  return (
    <Section
      title={text.sections.notes}
      empty={file.notes.length === 0 ? text.nothing.notes : null}
      add={
        may(file, 'case.write')
          ? { label: text.note.add, icon: 'ledger', onPress: () => onDeed({ name: 'note' }) }
          : null
      }
    >
      <ul className={css.rows}>
        {file.notes.map((note) => (
          <li key={note.id}>
            <span>{note.text}</span>
            <p className={css.line}>
              {note.recording === null ? null : (
                <Link to="/recordings/$id" params={{ id: note.recording }} className={page.link}>
                  {file.recordings.find(({ recording }) => recording.id === note.recording)?.recording.code}
                  {note.atMs === null ? '' : ` ${timeOfDay(note.atMs, zone, language)}`}
                </Link>
              )}
              <span>
                {note.by} · {when(note.at, now(), zone, language)}
              </span>
            </p>
          </li>
        ))}
      </ul>
    </Section>
  )
}
