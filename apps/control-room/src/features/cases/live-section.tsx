import { Button, Countdown } from '@sereno/ui'
import type { ReactElement } from 'react'
import css from './cases.module.css'
import { may, Section, type SectionProps } from './section.tsx'
import { useCasesText } from './text.ts'

export function LiveSection({ file, onDeed }: SectionProps): ReactElement | null {
  const text = useCasesText()
  const mayShare = may(file, 'case.share')
  const police = file.shares.filter(({ role, state }) => role === 'police' && state === 'open')
  if (!mayShare && file.live.length === 0) {
    return null
  }
  return (
    <Section
      title={text.sections.live}
      empty={file.live.length === 0 ? (police.length === 0 ? text.live.needs : text.live.body) : null}
      add={
        mayShare && police.length > 0
          ? { label: text.live.add, icon: 'live', onPress: () => onDeed({ name: 'live' }) }
          : null
      }
    >
      <ul className={css.rows}>
        {file.live.map((live) => (
          <li key={live.id}>
            <div className={css.line}>
              <b>{live.deviceCode}</b>
              <span>
                {live.officer} → {live.guest}
              </span>
              <span>
                {live.endReason === null ? (
                  <>
                    {text.clock.left} <Countdown to={live.untilAt} nearMs={120_000} />
                  </>
                ) : (
                  text.live.ended[live.endReason]
                )}
              </span>
              {live.endedAt === null && mayShare ? (
                <Button
                  look="danger"
                  label={`${text.live.revoke}: ${live.deviceCode}`}
                  onPress={() => onDeed({ name: 'revoke-live', id: live.id, label: live.deviceCode })}
                >
                  {text.live.revoke}
                </Button>
              ) : null}
            </div>
            <p>{live.reason}</p>
          </li>
        ))}
      </ul>
    </Section>
  )
}
