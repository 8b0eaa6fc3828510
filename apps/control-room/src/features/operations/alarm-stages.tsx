import type { Alarm } from '@sereno/contracts'
import { duration, when } from '@sereno/text'
import { Icon, now, Stopwatch, useLanguage } from '@sereno/ui'
import type { ReactElement, ReactNode } from 'react'
import { useTimeZone } from '../../shell/session.ts'
import css from './context.module.css'
import { useOperationsText } from './text.ts'

/** When each stage happened, how long after the one before, and how it is known. */
export function AlarmStages({ alarm }: { readonly alarm: Alarm }): ReactElement {
  const text = useOperationsText().context
  const device = alarm.deviceCode ?? ''
  const lateMs = alarm.receivedAt - alarm.raisedAt
  return (
    <section aria-label={text.stages}>
      <div className={css.sectionHead}>
        <h2>{text.stages}</h2>
        <span>{text.stagesHow}</span>
      </div>
      <ol className={css.timeline}>
        <Stage
          at={alarm.receivedAt}
          by="machine"
          title={text.received}
          delta={lateMs > 2000 ? text.late(duration(lateMs)) : ''}
          how={alarm.kind === 'sos' ? text.receivedHow(device) : text.alarmHow(device)}
        />
        {alarm.acknowledgedAt === null ? (
          <Stage
            state={alarm.closedAt === null ? 'now' : 'later'}
            clock={<Stopwatch since={alarm.receivedAt} />}
            title={text.takenNext}
            delta={text.takenGoal}
          />
        ) : (
          <Stage
            at={alarm.acknowledgedAt}
            by="person"
            title={text.taken}
            delta={`+${duration(alarm.acknowledgedAt - alarm.receivedAt)}`}
            how={alarm.acknowledgedBy ?? ''}
          />
        )}
        {alarm.cancelledAt === null ? null : (
          <Stage at={alarm.cancelledAt} by="person" title={text.cancelledBy} how={text.cancelledHow} />
        )}
        {alarm.closedAt === null ? (
          <Stage
            state={alarm.acknowledgedAt === null ? 'later' : 'now'}
            clock="–"
            title={text.closed}
            delta={text.closedLater}
          />
        ) : (
          <Stage at={alarm.closedAt} by="person" title={text.closed} how={alarm.closedNote ?? ''} />
        )}
      </ol>
    </section>
  )
}

type StageProps = {
  readonly title: string
  readonly at?: number
  readonly by?: 'machine' | 'person'
  readonly state?: 'now' | 'later'
  readonly clock?: ReactNode
  readonly delta?: string
  readonly how?: string
}

function Stage({ title, at, by, state, clock, delta, how }: StageProps): ReactElement {
  const text = useOperationsText().context
  const language = useLanguage()
  const zone = useTimeZone()
  const mark = state ?? by ?? 'machine'
  return (
    <li data-stage={state ?? 'done'}>
      <Icon name={mark} label={text[mark]} />
      <time>{at === undefined ? clock : when(at, now(), zone, language)}</time>
      <b>{title}</b>
      <span className={css.delta}>{delta}</span>
      {how === undefined || how === '' ? null : <span className={css.how}>{how}</span>}
    </li>
  )
}
