import { speed } from '@sereno/text'
import { useLanguage } from '@sereno/ui'
import type { ReactElement } from 'react'
import type { TrackPoint } from '../../../api/api.ts'
import { type Axis, share } from './axis.ts'
import css from './lanes.module.css'
import { usePlayerText } from './text.ts'

/** A line is broken where positions are missing this long: nothing is smoothed over a hole. */
const breakMs = 5_000
const leastTopMps = 2.8

/** Pace from the camera's own positions. */
export function SpeedLane({
  axis,
  track,
}: {
  readonly axis: Axis
  readonly track: readonly TrackPoint[]
}): ReactElement {
  const text = usePlayerText().lanes
  const language = useLanguage()
  const known = track.filter(({ speedMps, implausible }) => speedMps !== null && !implausible)
  const top = Math.max(leastTopMps, ...known.map(({ speedMps }) => speedMps ?? 0))
  const path = known
    .map(({ atMs, speedMps }, index) => {
      const before = known[index - 1]
      const x = share(axis, atMs - axis.startedAt) * 1000
      const y = 94 - ((speedMps ?? 0) / top) * 88
      return `${before === undefined || atMs - before.atMs > breakMs ? 'M' : 'L'}${x.toFixed(2)} ${y.toFixed(1)}`
    })
    .join('')
  return (
    <div className={`${css.lane} ${css.speed}`}>
      <h2>
        {text.speed}
        <span>
          {known.length === 0
            ? track.length === 0
              ? text.speedNone
              : text.speedUnknown
            : text.speedRange(speed(top, language))}
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
