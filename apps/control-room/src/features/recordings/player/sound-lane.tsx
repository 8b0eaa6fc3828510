import { percent } from '@sereno/text'
import { useLanguage, useLive } from '@sereno/ui'
import type { ReactElement } from 'react'
import { type Axis, share } from './axis.ts'
import css from './lanes.module.css'
import { levelMs, type SoundCurve } from './sound.ts'
import { usePlayerText } from './text.ts'

/** Loudness where it has been heard; it says how much of the recording that is, and when there is no sound at all. */
export function SoundLane({ axis, sound }: { readonly axis: Axis; readonly sound: SoundCurve }): ReactElement {
  const text = usePlayerText().lanes
  const language = useLanguage()
  const parts = useLive(sound.parts)
  const withSoundMs = axis.boxes
    .filter(({ kind, audio }) => kind === 'media' && audio)
    .reduce((sum, { durationMs }) => sum + durationMs, 0)
  const knownMs = parts.reduce((sum, { levels }) => sum + levels.length * levelMs, 0)
  const path = parts
    .flatMap(({ startMs, levels }) =>
      levels.map((level, index) => {
        const x = share(axis, startMs + (index + 0.5) * levelMs) * 1000
        const height = Math.max(0.6, level * 48)
        return `M${x.toFixed(2)} ${(50 - height).toFixed(1)}V${(50 + height).toFixed(1)}`
      }),
    )
    .join('')
  return (
    <div className={`${css.lane} ${css.sound}`}>
      <h2>
        {text.sound}
        <span>
          {withSoundMs === 0
            ? text.soundNone
            : text.soundPart(percent(Math.min(100, Math.round((knownMs / withSoundMs) * 100)), language))}
        </span>
      </h2>
      <div className={css.strip}>
        <svg viewBox="0 0 1000 100" preserveAspectRatio="none" aria-hidden="true">
          <path d={path} />
        </svg>
      </div>
    </div>
  )
}
