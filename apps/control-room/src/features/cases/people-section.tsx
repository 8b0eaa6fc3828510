import { Button } from '@sereno/ui'
import type { ReactElement } from 'react'
import css from './cases.module.css'
import { may, Section, type SectionProps } from './section.tsx'
import { useCasesText } from './text.ts'

export function PeopleSection({ file, onDeed }: SectionProps): ReactElement {
  const text = useCasesText()
  const mayWrite = may(file, 'case.write')
  return (
    <Section
      title={text.sections.people}
      empty={file.people.length === 0 ? text.nothing.people : null}
      add={mayWrite ? { label: text.person.add, icon: 'person', onPress: () => onDeed({ name: 'person' }) } : null}
    >
      <ul className={css.rows}>
        {file.people.map((person) => (
          <li key={person.id}>
            <div className={css.line}>
              <b>{person.name}</b>
              <span>{text.person.roles[person.role]}</span>
              {person.minor ? <span className={css.note}>{text.person.minorTag}</span> : null}
              {mayWrite ? (
                <Button
                  look="quiet"
                  label={`${text.remove}: ${person.name}`}
                  onPress={() => onDeed({ name: 'remove-person', id: person.id, label: person.name })}
                >
                  {text.remove}
                </Button>
              ) : null}
            </div>
            {person.note === null ? null : <p>{person.note}</p>}
          </li>
        ))}
      </ul>
    </Section>
  )
}
