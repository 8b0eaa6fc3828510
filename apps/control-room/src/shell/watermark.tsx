import type { ReactElement } from 'react'
import css from './watermark.module.css'

const places = [
  [4, 18],
  [52, 12],
  [28, 46],
  [74, 40],
  [6, 74],
  [50, 80],
] as const

/** Names the viewer and the look over the whole picture: a photo of the screen says who took it. */
export const Watermark = ({
  words,
  small = false,
}: {
  readonly words: string
  readonly small?: boolean
}): ReactElement => (
  <div className={css.watermark} data-small={small} aria-hidden="true">
    {places.map(([x, y]) => (
      <span key={`${x} ${y}`} style={{ insetInlineStart: `${x}%`, insetBlockStart: `${y}%` }}>
        {words}
      </span>
    ))}
  </div>
)
