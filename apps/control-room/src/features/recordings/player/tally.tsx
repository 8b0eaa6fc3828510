import { duration, names, number } from '@sereno/text'
import { useLanguage } from '@sereno/ui'
import type { ReactElement } from 'react'
import type { SegmentBox } from '../../../api/api.ts'
import { type Hole, holesOf, stateOf } from './axis.ts'
import css from './lanes.module.css'
import { usePlayerText } from './text.ts'

/** The three states counted, each with how it is known. */
export function Tally({ boxes }: { readonly boxes: readonly SegmentBox[] }): ReactElement {
  const text = usePlayerText().lanes
  const language = useLanguage()
  const reasons = names(language).gap as Readonly<Record<string, string>>
  const holes = holesOf(boxes)
  const count = (state: string): string => number(boxes.filter((box) => stateOf(box) === state).length, language)
  const said = ({ reason, declaredBy, durationMs }: Hole): string =>
    `${reason === null ? '' : (reasons[reason] ?? reason)}${declaredBy === null ? '' : ` (${text.declared(declaredBy)})`} ${duration(durationMs)}`.trim()
  const known = holes.filter(({ state }) => state === 'known')
  const unknown = holes.filter(({ state }) => state === 'unknown')
  return (
    <dl className={css.tally}>
      <div>
        <dt>
          <i data-state="media" />
          {text.verified}
        </dt>
        <dd>{count('media')}</dd>
        <dd>{text.verifiedHow}</dd>
      </div>
      <div>
        <dt>
          <i data-state="known" />
          {text.known}
        </dt>
        <dd>{count('known')}</dd>
        <dd>{known.length === 0 ? text.noGaps : known.map(said).join('; ')}</dd>
      </div>
      <div data-critical={unknown.length > 0}>
        <dt>
          <i data-state="unknown" />
          {text.unknown}
        </dt>
        <dd>{count('unknown')}</dd>
        <dd>
          {unknown.length === 0
            ? text.noGaps
            : unknown
                .map(({ from, to, durationMs }) => `${text.range(String(from), String(to))}, ${duration(durationMs)}`)
                .join('; ')}
        </dd>
      </div>
    </dl>
  )
}
