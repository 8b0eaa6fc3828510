import { duration, longDate, timeOfDay } from '@sereno/text'
import { Icon, useLanguage } from '@sereno/ui'
import { Link } from '@tanstack/react-router'
import type { ReactElement } from 'react'
import type { Recording } from '../../../api/api.ts'
import { useTimeZone } from '../../../shell/session.ts'
import { usePlayerText } from './text.ts'
import css from './title-line.module.css'
import { useViewer } from './viewer.ts'

/** Who, when, how long, by which camera; and whether it is sealed. */
export function TitleLine({ recording }: { readonly recording: Recording }): ReactElement {
  const text = usePlayerText()
  const language = useLanguage()
  const zone = useTimeZone()
  const { isGuest } = useViewer()
  const who = recording.officer === null ? text.nobody : `${recording.officer.code} ${recording.officer.name}`
  const time = (at: number): string => timeOfDay(at, zone, language)
  const end = recording.endedAt ?? recording.startedAt + recording.durationMs
  const facts = [
    `${longDate(recording.startedAt, zone, language)}, ${time(recording.startedAt)}–${time(end)}`,
    duration(recording.durationMs),
    text.camera(recording.device.code),
    recording.device.simulated ? text.simulated : '',
  ].filter(Boolean)
  return (
    <header className={css.title}>
      <nav className={css.crumbs} aria-label={text.crumbs}>
        <Link to={isGuest ? '/guest' : '/recordings'}>{isGuest ? text.sharedCase : text.recordings}</Link>{' '}
        <span aria-hidden="true">/</span>
      </nav>
      <h1>{text.title(who, recording.code)}</h1>
      <p>{facts.join(' · ')}</p>
      <SealState recording={recording} />
    </header>
  )
}

function SealState({ recording }: { readonly recording: Recording }): ReactElement {
  const text = usePlayerText()
  const language = useLanguage()
  const zone = useTimeZone()
  const { sealedAt } = recording
  if (sealedAt !== null) {
    return (
      <p className={css.seal}>
        <Icon name="verify" tone="ok" />
        <b>{text.sealed(timeOfDay(sealedAt, zone, language))}</b>{' '}
        {recording.incomplete ? text.incomplete : text.sealedWhy}
      </p>
    )
  }
  return (
    <p className={css.seal}>
      <Icon
        name={recording.state === 'receiving' ? 'record' : 'later'}
        tone={recording.state === 'receiving' ? 'recording' : 'info'}
      />
      <b>{recording.state === 'receiving' ? text.receiving : text.stopped}</b>
      {recording.quarantined ? text.quarantined : recording.missing > 0 ? text.missing(recording.missing) : ''}
    </p>
  )
}
