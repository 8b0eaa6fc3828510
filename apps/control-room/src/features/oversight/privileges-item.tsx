import { dateAndTime, names } from '@sereno/text'
import { Age, Button, type Column, DataTable, Icon, useLanguage } from '@sereno/ui'
import { type ReactElement, useState } from 'react'
import type { Reply } from '../../api/api.ts'
import { call } from '../../api/call.ts'
import page from '../../shell/page.module.css'
import { useTimeZone } from '../../shell/session.ts'
import { ReviewForm } from './review-form.tsx'
import { useOversightText } from './text.ts'

type Review = Reply<'GET /reviews'>['privileges'][number]
type Account = Review['accounts'][number]

/** Everybody's roles as they are, or as they were when somebody confirmed them. */
export function PrivilegesItem({ review, open }: { readonly review: Review; readonly open: boolean }): ReactElement {
  const all = useOversightText()
  const text = all.privileges
  const language = useLanguage()
  const zone = useTimeZone()
  const [confirming, setConfirming] = useState(false)
  const at = (ms: number): string => dateAndTime(ms, zone, language)
  const { confirmedAt, overdue } = review
  return (
    <details open={open}>
      <summary>
        <Icon name={confirmedAt !== null ? 'check' : overdue ? 'warning' : 'hourglass'} />{' '}
        {confirmedAt !== null
          ? text.done(review.confirmedBy ?? '', at(confirmedAt))
          : (overdue ? text.overdue : text.due)(at(review.dueAt))}
      </summary>
      <div className={page.form}>
        {review.note === null ? null : <p>{review.note}</p>}
        <DataTable
          caption={text.title}
          columns={useColumns()}
          rows={review.accounts}
          id={({ id }) => id}
          fileName="privilegios"
        />
        {review.may.includes('review.decide') && !confirming ? (
          <div>
            <Button onPress={() => setConfirming(true)}>{text.confirm}</Button>
          </div>
        ) : null}
        {confirming ? (
          <ReviewForm
            words={text}
            onClose={() => setConfirming(false)}
            act={(note) => call('POST /reviews/privileges/:id', { params: { id: review.id }, body: { note } })}
          />
        ) : null}
      </div>
    </details>
  )
}

function useColumns(): readonly Column<Account>[] {
  const text = useOversightText().privileges
  const words = names(useLanguage()).role
  const roles = (account: Account): string => account.roles.map((role) => words[role]).join(', ')
  const state = ({ active }: Account): string => (active ? text.active : text.closed)
  const factor = ({ strong }: Account): string => (strong ? text.yes : text.no)
  return [
    { id: 'name', title: text.name, wraps: true, text: ({ name }) => name, cell: ({ name }) => <b>{name}</b> },
    { id: 'signIn', title: text.signIn, spare: true, text: ({ signIn }) => signIn, cell: ({ signIn }) => signIn },
    { id: 'roles', title: text.roles, wraps: true, text: roles, cell: roles },
    { id: 'factor', title: text.factor, spare: true, text: factor, cell: factor },
    { id: 'state', title: text.state, text: state, cell: state },
    {
      id: 'seen',
      title: text.seen,
      align: 'end',
      spare: true,
      text: ({ seenAt }) => (seenAt === null ? '' : new Date(seenAt).toISOString()),
      order: ({ seenAt }) => -(seenAt ?? 0),
      cell: ({ seenAt }) => (seenAt === null ? text.never : <Age at={seenAt} />),
    },
  ]
}
