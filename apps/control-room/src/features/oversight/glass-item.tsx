import { dateAndTime, names } from '@sereno/text'
import { Button, Icon, Select, useLanguage } from '@sereno/ui'
import { Link } from '@tanstack/react-router'
import { type ReactElement, useState } from 'react'
import type { Reply } from '../../api/api.ts'
import { call } from '../../api/call.ts'
import page from '../../shell/page.module.css'
import { useMay, useTimeZone } from '../../shell/session.ts'
import { ReviewForm } from './review-form.tsx'
import { useOversightText } from './text.ts'

type Glass = Reply<'GET /reviews'>['glass'][number]
const outcomes = ['justified', 'not-justified', 'referred'] as const

/** One emergency opening: who, why, until when somebody else judges it, and how it was judged. */
export function GlassItem({ glass }: { readonly glass: Glass }): ReactElement {
  const text = useOversightText().glass
  const language = useLanguage()
  const zone = useTimeZone()
  const mayFind = useMay('recording.find')
  const [reviewing, setReviewing] = useState(false)
  const [outcome, setOutcome] = useState<(typeof outcomes)[number]>('justified')
  const purposes = names(language).purpose as Readonly<Record<string, string>>
  const at = (ms: number): string => dateAndTime(ms, zone, language)
  const { reviewedAt, reviewedBy } = glass
  return (
    <li>
      <span className={page.state}>
        <Icon name={glass.outcome !== null ? 'check' : glass.overdue ? 'warning' : 'hourglass'} />{' '}
        <strong>{glass.outcome === null ? at(glass.openedAt) : text.outcomes[glass.outcome]}</strong>
      </span>
      <span>{text.opened(glass.who, purposes[glass.purpose] ?? glass.purpose)}</span>
      <p>{glass.reason}</p>
      <span className={page.soft}>
        {reviewedAt === null
          ? (glass.overdue ? text.overdue : text.due)(at(glass.dueAt))
          : text.by(reviewedBy ?? '', at(reviewedAt))}
        {glass.note === null ? '' : `: ${glass.note}`}
      </span>
      <span className={page.row}>
        {mayFind ? (
          <Link className={page.link} to="/recordings/$id" params={{ id: glass.recording }}>
            {text.see}
          </Link>
        ) : null}
        {glass.may.includes('review.decide') && !reviewing ? (
          <Button onPress={() => setReviewing(true)}>{text.review}</Button>
        ) : null}
      </span>
      {reviewing ? (
        <ReviewForm
          words={text}
          onClose={() => setReviewing(false)}
          act={(note) => call('POST /reviews/glass/:id', { params: { id: glass.id }, body: { outcome, note } })}
        >
          <Select
            label={text.outcome}
            options={outcomes.map((value) => ({ value, label: text.outcomes[value] }))}
            value={outcome}
            onChange={(value) => setOutcome(outcomes.find((one) => one === value) ?? 'justified')}
            required
          />
        </ReviewForm>
      ) : null}
    </li>
  )
}
