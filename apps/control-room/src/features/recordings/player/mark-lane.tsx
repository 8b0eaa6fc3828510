import { duration, names } from '@sereno/text'
import { Icon, useLanguage } from '@sereno/ui'
import type { ReactElement } from 'react'
import type { RecordingFile } from '../../../api/api.ts'
import { type Axis, markMs, share } from './axis.ts'
import css from './lanes.module.css'
import type { Playback } from './playback.ts'
import { usePlayerText } from './text.ts'

type MarkLaneProps = { readonly file: RecordingFile; readonly axis: Axis; readonly playback: Playback }

/** The start, then what people marked; a mark near the end is written before its flag. */
export function MarkLane({ file, axis, playback }: MarkLaneProps): ReactElement {
  const text = usePlayerText().lanes
  const language = useLanguage()
  const before = file.segments.filter(({ preEvent }) => preEvent)
  const beforeMs = before.reduce((sum, { durationMs }) => sum + durationMs, 0)
  const marks = [
    { id: 'start', ms: 0, words: beforeMs > 0 ? text.preEvent(duration(beforeMs)) : text.start },
    ...file.markers.map((marker) => ({
      id: marker.id,
      ms: markMs(axis, marker),
      words: marker.note ?? (marker.category === null ? text.mark : names(language).marker[marker.category]),
    })),
  ]
  return (
    <div className={`${css.lane} ${css.marks}`}>
      <h2>{text.marks}</h2>
      <ol>
        {marks.map(({ id, ms, words }) => (
          <li key={id} data-before={share(axis, ms) > 0.85} style={{ insetInlineStart: `${share(axis, ms) * 100}%` }}>
            <button type="button" onClick={() => playback.seek(ms)}>
              <Icon name="mark" size="s" />
              {words}
            </button>
          </li>
        ))}
      </ol>
    </div>
  )
}
