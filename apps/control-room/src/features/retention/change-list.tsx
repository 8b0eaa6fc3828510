import { dateAndTime } from '@sereno/text'
import { Button, useLanguage } from '@sereno/ui'
import { useMutation } from '@tanstack/react-query'
import { type ReactElement, useState } from 'react'
import { call } from '../../api/call.ts'
import { Failure } from '../../api/failure.tsx'
import { changed } from '../../api/queries.ts'
import page from '../../shell/page.module.css'
import { useTimeZone } from '../../shell/session.ts'
import { ReasonForm } from './reason-form.tsx'
import css from './retention.module.css'
import { Simulation } from './simulation.tsx'
import { useRetentionText } from './text.ts'
import { type Change, wishWords } from './words.ts'

/** Changes that wait come first, each with what it would do and who may decide. */
export function ChangeList({ changes }: { readonly changes: readonly Change[] }): ReactElement {
  const text = useRetentionText().change
  return (
    <section>
      <h2>{text.list}</h2>
      {changes.length === 0 ? <p className={page.soft}>{text.none}</p> : null}
      <ul className={css.changes}>
        {changes.map((change) => (
          <ChangeItem key={change.id} change={change} />
        ))}
      </ul>
    </section>
  )
}

function ChangeItem({ change }: { readonly change: Change }): ReactElement {
  const text = useRetentionText()
  const language = useLanguage()
  const zone = useTimeZone()
  const [refusing, setRefusing] = useState(false)
  const approve = useMutation({
    mutationFn: () => call('POST /retention/changes/:id/approve', { params: { id: change.id } }),
    onSuccess: () => changed('GET /retention/rules', 'GET /retention'),
  })
  const { state, takesEffectAt } = change
  const waits = state === 'proposed' || state === 'approved'
  const mayApprove = change.may.includes('retention.approve')
  return (
    <li className={css.change}>
      <b>
        {change.number}. {wishWords(change.wish, text, language)}
      </b>
      <span>
        {text.change.state[state]}
        {state === 'approved' && takesEffectAt !== null
          ? `, ${text.change.from(dateAndTime(takesEffectAt, zone, language))}`
          : ''}
      </span>
      <span className={page.soft}>{change.reason}</span>
      <span className={page.faint}>
        {text.change.by(change.proposed.name)}
        {change.decided === null || state === 'refused' ? '' : ` · ${text.change.approvedBy(change.decided.name)}`}
      </span>
      {waits ? <Simulation wish={change.wish} simulation={change.simulation} earliest={state === 'proposed'} /> : null}
      {state === 'proposed' && !mayApprove && change.may.length > 0 ? (
        <span className={page.soft}>{text.change.ownOne}</span>
      ) : null}
      <Failure error={approve.error} />
      {refusing ? (
        <ReasonForm
          label={text.change.refuseReason}
          save={text.change.refuse}
          act={(reason) => call('POST /retention/changes/:id/refuse', { params: { id: change.id }, body: { reason } })}
          changes={['GET /retention/rules']}
          onClose={() => setRefusing(false)}
        />
      ) : (
        <div className={page.row}>
          {mayApprove ? (
            <Button look="go" onPress={() => approve.mutate()} busy={approve.isPending}>
              {text.change.approve}
            </Button>
          ) : null}
          {waits && change.may.includes('retention.propose') ? (
            <Button look="quiet" onPress={() => setRefusing(true)}>
              {text.change.refuse}
            </Button>
          ) : null}
        </div>
      )}
    </li>
  )
}
