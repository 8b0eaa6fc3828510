import { names } from '@sereno/text'
import { Icon, type IconName, useLanguage, useText } from '@sereno/ui'
import type { ReactElement } from 'react'
import type { Recording } from '../../api/api.ts'
import page from '../../shell/page.module.css'
import { recordingsEn } from './text.en.ts'
import { recordingsEs } from './text.es.ts'

const icons: Readonly<Record<Recording['state'], readonly [IconName, 'ok' | 'info' | 'recording']>> = {
  receiving: ['record', 'recording'],
  stopped: ['later', 'info'],
  sealed: ['verify', 'ok'],
}

/** The state in words and shape, then the facts that stand beside it. */
export function RecordingStateMark({ recording }: { readonly recording: Recording }): ReactElement {
  const text = useText({ es: recordingsEs, en: recordingsEn })
  const [icon, tone] = icons[recording.state]
  const facts = [
    recording.sos ? text.sos : '',
    recording.missing > 0 ? text.missing(recording.missing) : '',
    recording.gaps > 0 ? text.gaps(recording.gaps) : '',
    recording.held ? text.held : '',
    recording.quarantined ? text.quarantined : '',
    recording.destroyed ? text.destroyed : '',
    recording.incomplete ? text.incomplete : '',
    recording.unterminated ? text.unterminated : '',
  ].filter(Boolean)
  return (
    <span className={page.state}>
      <Icon name={icon} tone={tone} size="s" />
      {names(useLanguage()).recordingState[recording.state]}
      {facts.length === 0 ? null : <span className={page.soft}> · {facts.join(' · ')}</span>}
    </span>
  )
}
