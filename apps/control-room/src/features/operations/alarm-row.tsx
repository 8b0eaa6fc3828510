import type { Alarm } from '@sereno/contracts'
import { names } from '@sereno/text'
import { Icon, type IconName, Stopwatch, useLanguage } from '@sereno/ui'
import { Link } from '@tanstack/react-router'
import { type ReactElement, useEffect, useRef } from 'react'
import { alarmDetail } from './alarm-detail.ts'
import css from './queue.module.css'
import { useOperationsText } from './text.ts'

export const alarmIcons: Readonly<Record<Alarm['kind'], IconName>> = {
  sos: 'sos',
  battery: 'battery',
  storage: 'storage',
  clock: 'clock',
  gap: 'gap',
  lost: 'phone',
  silent: 'offline',
  'stuck-segment': 'stuck',
  'hand-over': 'folder',
}
const stageCount = 3

/** One alarm of the queue. The SOS alone is a solid block. */
export function AlarmRow({ alarm, current }: { readonly alarm: Alarm; readonly current: boolean }): ReactElement {
  const text = useOperationsText().queue
  const language = useLanguage()
  const link = useRef<HTMLAnchorElement | null>(null)
  useEffect(() => {
    if (current) {
      link.current?.scrollIntoView({ block: 'nearest' })
    }
  }, [current])
  const isSos = alarm.kind === 'sos' && alarm.closedAt === null
  const stage = alarm.closedAt !== null ? 3 : alarm.acknowledgedAt !== null ? 2 : 1
  const title = names(language).alarm[alarm.kind]
  const who = alarm.officer?.code ?? alarm.deviceCode ?? ''
  const where = [alarm.officer?.name, alarm.place, alarmDetail(alarm, language)].filter(Boolean).join(' · ')
  return (
    <Link
      ref={link}
      to="/"
      search={{ alarm: alarm.id }}
      className={`${css.row} ${isSos ? css.sos : ''}`}
      data-current={current}
    >
      <Icon name={alarmIcons[alarm.kind]} size={isSos ? 'l' : 'm'} />
      <span className={css.what}>{who === '' ? title : `${title} · ${who}`}</span>
      <span className={css.age}>
        <Stopwatch since={alarm.raisedAt} />
      </span>
      <span className={css.where}>{where === '' ? alarm.deviceCode : where}</span>
      <span className={css.stage}>
        <span className={css.stages} role="img" aria-label={text.stage(stage, stageCount)}>
          {[1, 2, 3].map((step) => (
            <i key={step} data-step={step < stage ? 'done' : step === stage ? 'now' : 'later'} />
          ))}
        </span>
        {alarm.cancelledAt !== null
          ? text.cancelled
          : alarm.acknowledgedBy === null
            ? text.untaken
            : text.takenBy(alarm.acknowledgedBy)}
        <Waiting alarm={alarm} />
      </span>
    </Link>
  )
}

/** How long it has waited for a person, against the goal. */
function Waiting({ alarm }: { readonly alarm: Alarm }): ReactElement | null {
  if (alarm.acknowledgedAt !== null || alarm.closedAt !== null) {
    return null
  }
  return (
    <span className={css.clock}>
      <Stopwatch since={alarm.receivedAt} />
    </span>
  )
}
