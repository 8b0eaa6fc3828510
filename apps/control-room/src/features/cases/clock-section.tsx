import { when } from '@sereno/text'
import { now, useLanguage } from '@sereno/ui'
import type { ReactElement } from 'react'
import { useTimeZone } from '../../shell/session.ts'
import css from './cases.module.css'
import { ClockPlate } from './clock-plate.tsx'
import { may, Section, type SectionProps } from './section.tsx'
import { useCasesText } from './text.ts'

export function ClockSection({ file, onDeed }: SectionProps): ReactElement {
  const text = useCasesText().clock
  const language = useLanguage()
  const zone = useTimeZone()
  const { clock } = file.case
  const at = (instant: number): string => when(instant, now(), zone, language)
  return (
    <Section
      title={text.title}
      empty={clock === null ? text.none : null}
      add={
        clock === null && may(file, 'case.write')
          ? { label: text.start, icon: 'hourglass', onPress: () => onDeed({ name: 'knowledge' }) }
          : null
      }
    >
      {clock === null ? null : (
        <>
          <ClockPlate clock={clock} />
          <p className={css.soft}>
            {text.at} {at(clock.knownAt)} · {text.due} {at(clock.dueAt)}
          </p>
          <p className={css.soft}>{text.law}</p>
        </>
      )}
    </Section>
  )
}
