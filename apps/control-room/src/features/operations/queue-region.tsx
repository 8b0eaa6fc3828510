import { Age, Kbd, useLive } from '@sereno/ui'
import { type ReactElement, useEffect, useRef, useState } from 'react'
import { useSession } from '../../shell/session.ts'
import { AlarmRow } from './alarm-row.tsx'
import css from './operations.module.css'
import queueCss from './queue.module.css'
import { frozenOrder, queueOf, untaken } from './queue.ts'
import { useOperationsText } from './text.ts'
import { useHandOver } from './use-hand-over.ts'

/** What waits for a person, in the order of need; the order holds still under a hand. */
export function QueueRegion({ current }: { readonly current: string | null }): ReactElement {
  const text = useOperationsText().queue
  const { live } = useSession()
  const alarms = useLive(live.room.alarms)
  const offline = useLive(live.connection.line).state === 'lost'
  const region = useRef<HTMLElement | null>(null)
  const held = useHandOver(region)
  const queue = queueOf(alarms)
  const [order, setOrder] = useState<readonly string[]>([])
  const waiting = held ? frozenOrder(order, queue.waiting) : queue.waiting
  const shown = waiting.map(({ id }) => id).join(' ')
  useEffect(() => setOrder(shown === '' ? [] : shown.split(' ')), [shown])
  return (
    <nav ref={region} className={css.queue} aria-label={text.label} data-region="queue">
      <div className={css.head}>
        <h2>{offline ? text.waited : text.waiting}</h2>
        <span className={css.faint}>{text.ofHour(untaken(waiting), alarms.length)}</span>
        <span className={queueCss.keys}>
          <Kbd keys="J" /> <Kbd keys="K" />
        </span>
      </div>
      <div className={queueCss.list}>
        {waiting.length === 0 ? (
          <div className={queueCss.quiet}>
            <p className={queueCss.word}>{text.empty}</p>
            <p>{text.emptyWhy}</p>
            <p>
              {text.lastSignal} <LastSignal />. {text.bell}
            </p>
          </div>
        ) : (
          <ol>
            {waiting.map((alarm) => (
              <li key={alarm.id}>
                <AlarmRow alarm={alarm} current={alarm.id === current} />
              </li>
            ))}
          </ol>
        )}
        {queue.running.length === 0 ? null : (
          <>
            <div className={queueCss.group}>
              <h3>{text.running}</h3>
              <span>{queue.running.length}</span>
            </div>
            <ol>
              {queue.running.map((alarm) => (
                <li key={alarm.id}>
                  <AlarmRow alarm={alarm} current={alarm.id === current} />
                </li>
              ))}
            </ol>
          </>
        )}
      </div>
      <p className={queueCss.rest}>
        {offline ? (
          <span>
            <b>{text.offline}</b> {text.offlineWhy}
          </span>
        ) : (
          <span>{text.closedToday(queue.closed.length)}</span>
        )}
      </p>
    </nav>
  )
}

/** When anything last arrived: proof that the room is awake. */
function LastSignal(): ReactElement {
  const { live } = useSession()
  const [at, setAt] = useState(live.connection.heardAt)
  useEffect(() => {
    const timer = setInterval(() => setAt(live.connection.heardAt()), 1000)
    return () => clearInterval(timer)
  }, [live])
  return <Age at={at} />
}
