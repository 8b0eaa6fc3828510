import { distance, number } from '@sereno/text'
import { useLanguage } from '@sereno/ui'
import { lazy, type ReactElement, Suspense } from 'react'
import type { Marker, TrackPoint } from '../../../api/api.ts'
import type { Axis } from './axis.ts'
import type { Playback } from './playback.ts'
import { usePlayerText } from './text.ts'
import css from './track.module.css'

const TrackMap = lazy(async () => ({ default: (await import('./track-map.tsx')).TrackMap }))

type TrackFigureProps = {
  readonly track: readonly TrackPoint[]
  readonly markers: readonly Marker[]
  readonly axis: Axis
  readonly playback: Playback
}

/** Where it happened, in step with the picture; it says how good the positions are. */
export function TrackFigure({ track, markers, axis, playback }: TrackFigureProps): ReactElement {
  const text = usePlayerText().track
  const language = useLanguage()
  const accuracies = track.map(({ accuracyM }) => accuracyM).sort((a, b) => a - b)
  const median = accuracies[Math.floor(accuracies.length / 2)]
  const jumps = track.filter(({ implausible }) => implausible).length
  const caption =
    median === undefined
      ? text.none
      : [
          text.caption(distance(median, language), number(track.length, language)),
          jumps > 0 ? text.implausible(jumps) : '',
        ]
          .filter(Boolean)
          .join(' · ')
  return (
    <figure className={css.track} aria-label={text.label} data-empty={track.length === 0}>
      {track.length === 0 ? null : (
        <Suspense fallback={null}>
          <TrackMap track={track} markers={markers} axis={axis} playback={playback} label={text.label} />
        </Suspense>
      )}
      <figcaption>{caption}</figcaption>
    </figure>
  )
}
