import { number } from '@sereno/text'
import { Age, Countdown, Icon, useLanguage, useLive } from '@sereno/ui'
import type { ReactElement } from 'react'
import { useRoundTrip } from './round-trip.ts'
import { useSession } from './session.ts'
import { useShellText } from './text.ts'
import css from './top-bar.module.css'

/** Officers with signal out of those on duty; past tense when nothing arrives. */
export function UnitsFact(): ReactElement | null {
  const text = useShellText()
  const { live, me } = useSession()
  const units = useLive(live.room.units)
  const line = useLive(live.connection.line)
  if (!me.permissions.includes('unit.read')) {
    return null
  }
  const heard = units.filter(({ status }) => status !== 'away').length
  const recording = units.filter(({ recording: id }) => id !== null).length
  if (line.state === 'lost') {
    return (
      <p className={`${css.fact} ${css.spare}`}>
        <b>{text.unitsUnknown}</b>
        <span>
          {text.unitsWere(heard, units.length)} · <Age at={line.since} />
        </span>
      </p>
    )
  }
  return (
    <p className={`${css.fact} ${css.spare}`}>
      <b>{text.unitsWithSignal(heard, units.length)}</b>
      <span>{text.recordingNow(recording)}</span>
    </p>
  )
}

/** Whether what one sees can be believed: the line's round trip and the ledger's newest checkpoint, with its age. */
export function ConnectionFact(): ReactElement {
  const text = useShellText()
  const language = useLanguage()
  const { live } = useSession()
  const line = useLive(live.connection.line)
  const checkpointAt = useLive(live.room.checkpointAt)
  const roundTripMs = useRoundTrip()
  if (line.state === 'lost') {
    return (
      <p className={css.fact}>
        <b className={css.critical}>
          <Icon name="offline" size="s" /> {text.noServer}
        </b>
        <span>
          {text.attempts(line.attempts)} · {text.nextIn} <Countdown to={line.nextAt} />
        </span>
      </p>
    )
  }
  return (
    <p className={css.fact}>
      <b>
        <Icon name={line.state === 'open' ? 'ok' : 'later'} size="s" tone={line.state === 'open' ? 'ok' : 'stale'} />{' '}
        {line.state === 'open' && roundTripMs !== null
          ? text.connection(`${number(roundTripMs, language)} ms`)
          : text.connecting}
      </b>
      <span>
        {checkpointAt === null ? (
          text.ledgerNone
        ) : (
          <>
            {text.ledgerPoint} <Age at={checkpointAt} />
          </>
        )}
      </span>
    </p>
  )
}
