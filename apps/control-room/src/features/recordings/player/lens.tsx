import { number } from '@sereno/text'
import { useLanguage } from '@sereno/ui'
import { type ReactElement, useSyncExternalStore } from 'react'
import { type Axis, boxAt, stateOf } from './axis.ts'
import css from './lanes.module.css'
import type { Playback } from './playback.ts'
import { usePlayerText } from './text.ts'

const shown = 61

/** The segments round the playhead, one cell each. A press goes there. */
export function Lens({ axis, playback }: { readonly axis: Axis; readonly playback: Playback }): ReactElement | null {
  const text = usePlayerText().lanes
  const language = useLanguage()
  const here = useSyncExternalStore(playback.positionMs.subscribe, () => boxAt(axis.boxes, playback.positionMs.get()))
  const first = Math.max(0, Math.min(here - Math.floor(shown / 2), axis.boxes.length - shown))
  const boxes = axis.boxes.slice(first, first + shown)
  const from = boxes[0]
  const to = boxes.at(-1)
  if (from === undefined || to === undefined) {
    return null
  }
  const count = (state: string): number => boxes.filter((box) => stateOf(box) === state).length
  const range = [number(from.sequence, language), number(to.sequence, language)] as const
  return (
    <div className={css.lens}>
      <h2>
        {text.near}
        <span>{text.range(...range)}</span>
      </h2>
      <div
        className={css.cells}
        role="img"
        aria-label={text.nearLabel(...range, count('media'), count('known'), count('unknown'))}
      >
        {boxes.map((box, index) => (
          // biome-ignore lint/a11y/noStaticElementInteractions: the slider above is the keyboard's way
          // biome-ignore lint/a11y/useKeyWithClickEvents: the slider above is the keyboard's way
          <i
            key={box.sequence}
            data-state={stateOf(box)}
            data-here={first + index === here}
            onClick={() => playback.seek(box.startMs)}
          >
            {box.sequence % 10 === 0 ? <b>{box.sequence}</b> : null}
          </i>
        ))}
      </div>
    </div>
  )
}
