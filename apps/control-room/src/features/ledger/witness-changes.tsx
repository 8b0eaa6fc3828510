import { dateAndTime } from '@sereno/text'
import { Button, Field, Icon, useLanguage } from '@sereno/ui'
import { useMutation, useQuery } from '@tanstack/react-query'
import { type ReactElement, useState } from 'react'
import type { Reply } from '../../api/api.ts'
import { call } from '../../api/call.ts'
import { Failure } from '../../api/failure.tsx'
import { changed } from '../../api/queries.ts'
import page from '../../shell/page.module.css'
import { useTimeZone } from '../../shell/session.ts'
import { StepForm } from '../../shell/step-form.tsx'
import css from './ledger.module.css'
import { useLedgerText } from './text.ts'
import { witnessingAsked } from './witnessing.ts'

type Change = Reply<'GET /ledger/witnessing'>['changes'][number]
const shownAtOnce = 5

/** Who is to watch the log, and who is not any more: what waits for another person, for witnesses, for the overseer. */
export function WitnessChanges({ heading }: { readonly heading: string }): ReactElement | null {
  const words = useLedgerText().witnessing.changes
  const found = useQuery(witnessingAsked)
  const [all, setAll] = useState(false)
  const changes = found.data?.changes ?? []
  const urgent = changes.filter(isOpen)
  const rest = changes.filter((change) => !isOpen(change))
  const shown = all ? [...urgent, ...rest] : [...urgent, ...rest.slice(0, Math.max(0, shownAtOnce - urgent.length))]
  if (changes.length === 0) {
    return null
  }
  return (
    <section className={css.watch} aria-labelledby="witness-changes">
      <h2 id="witness-changes">{heading}</h2>
      <ul className={css.changes}>
        {shown.map((change) => (
          <ChangeItem key={change.id} change={change} />
        ))}
      </ul>
      {shown.length === changes.length ? null : (
        <Button look="quiet" onPress={() => setAll(true)}>
          {words.all(changes.length)}
        </Button>
      )}
    </section>
  )
}

/** Something is still to be done about it, by whoever reads. */
const isOpen = ({ state, may }: Change): boolean => state === 'proposed' || state === 'approved' || may.length > 0

function ChangeItem({ change }: { readonly change: Change }): ReactElement {
  const words = useLedgerText().witnessing.changes
  const language = useLanguage()
  const zone = useTimeZone()
  const at = (ms: number | null): string => (ms === null ? '' : dateAndTime(ms, zone, language))
  const [refusing, setRefusing] = useState(false)
  const params = { id: change.id }
  const act = useMutation({
    mutationFn: (deed: 'approval' | 'seen') =>
      deed === 'approval'
        ? call('POST /ledger/witness-changes/:id/approval', { params })
        : call('POST /ledger/witness-changes/:id/seen', { params }),
    onSettled: () => changed('GET /ledger/witnessing', 'GET /ledger/entries'),
  })
  const isRise = change.quorum !== null && change.quorum.to > change.quorum.from
  const title =
    change.kind === 'quorum'
      ? words.quorum(change.quorum?.from ?? 0, change.quorum?.to ?? 0)
      : (change.kind === 'add' ? words.add : words.remove)(change.name ?? '')
  const states = {
    proposed: words.proposed,
    approved: (isRise ? words.approvedRise : words.approved)(change.decidedBy ?? '', at(change.decidedAt)),
    'in-force': words.inForce(at(change.inForceAt), change.decidedBy ?? ''),
    refused: words.refused(change.decidedBy ?? '', at(change.decidedAt)),
  }
  const isWaiting = change.state === 'proposed' || change.state === 'approved'
  return (
    <li>
      <span className={page.state}>
        <Icon
          name={isWaiting ? 'hourglass' : change.state === 'refused' ? 'denied' : 'check'}
          size="s"
          tone={change.weakening && change.state !== 'refused' ? 'warning' : 'stale'}
        />
        <b>{title}</b>
      </span>
      {change.weakening ? <span className={css.problem}>{words.weakening}</span> : null}
      <p>{change.reason}</p>
      <span className={page.soft}>{words.by(change.proposedBy, at(change.proposedAt))}</span>
      <span className={page.soft}>{states[change.state]}</span>
      {change.vkeys.length === 0 || !isWaiting ? null : (
        <details>
          <summary>{words.keys}</summary>
          <p className={css.note}>{change.vkeys.join('\n')}</p>
          <p className={page.soft}>{words.keysWhy}</p>
        </details>
      )}
      {change.seenAt === null ? null : (
        <span className={page.faint}>{words.seen(change.seenBy ?? '', at(change.seenAt))}</span>
      )}
      <Failure error={act.error} />
      <span className={page.row}>
        {change.may.includes('witness.approve') ? (
          <Button
            look="go"
            busy={act.isPending}
            onPress={() => act.mutate('approval')}
            label={`${words.approve}: ${title}`}
          >
            {words.approve}
          </Button>
        ) : null}
        {change.may.includes('witness.refuse') && !refusing ? (
          <Button onPress={() => setRefusing(true)} label={`${words.refuse}: ${title}`}>
            {words.refuse}
          </Button>
        ) : null}
        {change.may.includes('witness.see') ? (
          <Button look="quiet" busy={act.isPending} onPress={() => act.mutate('seen')} label={`${words.see}: ${title}`}>
            {words.see}
          </Button>
        ) : null}
      </span>
      {refusing ? <RefusalForm id={change.id} onClose={() => setRefusing(false)} /> : null}
    </li>
  )
}

function RefusalForm({ id, onClose }: { readonly id: string; readonly onClose: () => void }): ReactElement {
  const text = useLedgerText().witnessing
  const [reason, setReason] = useState('')
  const refuse = useMutation({
    mutationFn: () =>
      call('POST /ledger/witness-changes/:id/refusal', { params: { id }, body: { reason: reason.trim() } }),
    onSuccess: () => {
      onClose()
      return changed('GET /ledger/witnessing', 'GET /ledger/entries')
    },
  })
  return (
    <StepForm
      danger
      save={text.changes.refuse}
      busy={refuse.isPending}
      error={refuse.error}
      onSave={() => refuse.mutate()}
      onClose={onClose}
    >
      <Field
        label={text.reason}
        hint={text.reasonHint}
        value={reason}
        onChange={setReason}
        maxLength={500}
        required
        autoFocus
      />
    </StepForm>
  )
}
