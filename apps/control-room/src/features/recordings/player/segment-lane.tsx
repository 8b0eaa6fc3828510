import { number } from '@sereno/text'
import { useLanguage } from '@sereno/ui'
import { type ReactElement, useMemo } from 'react'
import { type Axis, holesOf, share, stateOf } from './axis.ts'
import css from './lanes.module.css'
import { usePlayerText } from './text.ts'

/** Of the thousand parts the lane is wide. */
const hairWidth = 1

/** Each segment is drawn; the three states differ in height and texture before colour. */
export function SegmentLane({ axis }: { readonly axis: Axis }): ReactElement {
  const text = usePlayerText().lanes
  const language = useLanguage()
  const comb = useMemo(
    () =>
      axis.boxes
        .filter((box) => stateOf(box) === 'media')
        .map(({ startMs, durationMs }) => {
          const from = share(axis, startMs) * 1000
          const width = Math.max(0.2, share(axis, durationMs) * 1000)
          // a hair of ground between neighbours, never so wide that it looks like a missing second
          const drawn = width - Math.min(width * 0.14, hairWidth)
          return `M${from.toFixed(2)} 0h${drawn.toFixed(2)}v100h${(-drawn).toFixed(2)}z`
        })
        .join(''),
    [axis],
  )
  return (
    <div className={`${css.lane} ${css.segments}`}>
      <h2>
        {text.segments}
        <span>{text.segmentsNote(number(axis.boxes.length, language))}</span>
      </h2>
      <div className={css.strip}>
        <svg viewBox="0 0 1000 100" preserveAspectRatio="none" aria-hidden="true">
          <path d={comb} />
        </svg>
        {holesOf(axis.boxes).map(({ state, startMs, durationMs, from }) => (
          <span
            key={from}
            className={css.hole}
            data-state={state}
            style={{
              insetInlineStart: `${share(axis, startMs) * 100}%`,
              inlineSize: `max(${share(axis, durationMs) * 100}%, 0.3125rem)`,
            }}
          />
        ))}
      </div>
    </div>
  )
}
