import { number } from '@sereno/text'
import { useLanguage } from '@sereno/ui'
import { useQuery } from '@tanstack/react-query'
import type { ReactElement } from 'react'
import { asked } from '../../api/queries.ts'
import { AsOf } from '../../shell/as-of.tsx'
import css from './retention.module.css'
import { useRetentionText } from './text.ts'

const againMs = 20_000

/** What is kept, what holds it, and how often protection was weakened: the last one for everybody. */
export function Figures(): ReactElement {
  const text = useRetentionText().figures
  const found = useQuery({ ...asked('GET /retention', {}), refetchInterval: againMs })
  const open = useQuery({ ...asked('GET /public/retention', {}), refetchInterval: 60_000 }).data
  const now = found.data
  if (now === undefined) {
    return <div className={css.figures} />
  }
  return (
    <section className={css.figures} aria-label={text.label}>
      <Figure value={now.kept} label={text.kept} />
      <Figure value={now.untilReleased} label={text.open} />
      <Figure value={now.held} label={text.held} />
      <Figure value={now.frozen} label={text.frozen} />
      <Figure value={now.unnotified} label={text.unnotified} warning={now.unnotified > 0} />
      <Figure value={now.due} label={text.due} />
      <Figure value={now.destroyed} label={text.destroyed} />
      {open === undefined ? null : (
        <Figure
          value={open.weakenings}
          label={text.weakenings}
          title={text.weakeningsWhy}
          warning={open.weakenings > 0}
        />
      )}
      <p className={css.figure}>
        <AsOf arrivedAt={found.dataUpdatedAt} limitMs={2 * againMs} />
      </p>
    </section>
  )
}

type FigureProps = {
  readonly value: number
  /** For one, and for any other number. */
  readonly label: readonly [string, string]
  readonly title?: string
  readonly warning?: boolean
}
const Figure = ({ value, label, title, warning }: FigureProps): ReactElement => (
  <p className={css.figure} data-tone={warning === true ? 'warning' : undefined} title={title}>
    <b>{number(value, useLanguage())}</b> {label[value === 1 ? 0 : 1]}
  </p>
)
