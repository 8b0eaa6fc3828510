import { timeOfDay } from '@sereno/text'
import { Button, Icon, Stopwatch, useLanguage, useLive } from '@sereno/ui'
import type { ReactElement } from 'react'
import css from './lost-notice.module.css'
import { useSession } from './session.ts'
import { useShellText } from './text.ts'

/** Nothing arrives: since when, what still works. It has a row of its own, it pushes and never covers (I-9). */
export function LostNotice(): ReactElement {
  const text = useShellText().lost
  const language = useLanguage()
  const { live, me } = useSession()
  const line = useLive(live.connection.line)
  return (
    <div role="status">
      {line.state === 'lost' ? (
        <div className={css.notice}>
          <Icon name="offline" size="l" tone="warning" />
          <p>
            <b>{text.until(timeOfDay(line.since, me.municipality.timeZone, language))}</b> {text.since}{' '}
            <b className={css.age}>
              <Stopwatch since={line.since} />
            </b>
            . {text.rest}
          </p>
          <Button onPress={live.connection.tryNow}>{text.tryNow}</Button>
        </div>
      ) : null}
    </div>
  )
}
