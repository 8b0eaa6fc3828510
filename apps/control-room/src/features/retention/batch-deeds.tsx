import { Button, Field } from '@sereno/ui'
import { useMutation, useQuery } from '@tanstack/react-query'
import { type FormEvent, type ReactElement, useState } from 'react'
import { call } from '../../api/call.ts'
import { Failure } from '../../api/failure.tsx'
import { asked, changed } from '../../api/queries.ts'
import page from '../../shell/page.module.css'
import { ReasonForm } from './reason-form.tsx'
import { useRetentionText } from './text.ts'
import type { Batch } from './words.ts'

const touched = [
  'GET /retention/batches',
  'GET /retention/batches/:id',
  'GET /retention',
  'GET /retention/leaving',
] as const

type BatchDeedsProps = { readonly batch: Batch; readonly left: Readonly<Record<string, string>> }

/** Review, approve, stop: each for whom the server says, never two of them by one person. */
export function BatchDeeds({ batch, left }: BatchDeedsProps): ReactElement {
  const text = useRetentionText().batches
  const [stopping, setStopping] = useState(false)
  const rules = useQuery(asked('GET /retention/rules', {})).data
  const hours = rules?.settings.find(({ setting }) => setting === 'cooling-hours')?.value ?? '…'
  const params = { id: batch.id }
  const approve = useMutation({
    mutationFn: () => call('POST /retention/batches/:id/approve', { params }),
    onSuccess: () => changed(...touched),
  })
  const may = (what: string): boolean => batch.may.includes(what)
  if (stopping) {
    const stop = (reason: string) => call('POST /retention/batches/:id/stop', { params, body: { reason } })
    return (
      <ReasonForm
        label={text.stopReason}
        save={text.stop}
        act={stop}
        changes={touched}
        onClose={() => setStopping(false)}
      />
    )
  }
  return (
    <div className={page.form}>
      {may('destruction.review') ? <ReviewForm batch={batch.id} left={left} /> : null}
      {batch.state === 'reviewed' && !may('destruction.approve') && may('hold.place') ? (
        <p className={page.soft}>{text.ownOne}</p>
      ) : null}
      {may('destruction.approve') ? <p className={page.soft}>{text.approveBody(`${hours} h`)}</p> : null}
      <Failure error={approve.error} />
      <div className={page.row}>
        {may('destruction.approve') ? (
          <Button look="danger" onPress={() => approve.mutate()} busy={approve.isPending}>
            {text.approve}
          </Button>
        ) : null}
        {may('hold.place') ? (
          <Button look="quiet" onPress={() => setStopping(true)}>
            {text.stop}
          </Button>
        ) : null}
      </div>
    </div>
  )
}

type ReviewFormProps = { readonly batch: string; readonly left: Readonly<Record<string, string>> }

function ReviewForm({ batch, left }: ReviewFormProps): ReactElement {
  const text = useRetentionText().batches
  const [schedule, setSchedule] = useState('')
  const leaveOut = Object.entries(left).map(([recording, reason]) => ({ recording, reason: reason.trim() }))
  const review = useMutation({
    mutationFn: () =>
      call('POST /retention/batches/:id/review', {
        params: { id: batch },
        body: { schedule: schedule.trim(), leaveOut },
      }),
    onSuccess: () => changed(...touched),
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    review.mutate()
  }
  return (
    <form className={page.form} onSubmit={submit}>
      <Field
        label={text.schedule}
        hint={text.scheduleWhy}
        value={schedule}
        onChange={setSchedule}
        maxLength={120}
        required
      />
      <Failure error={review.error} />
      <div>
        <Button type="submit" look="go" busy={review.isPending} disabled={leaveOut.some(({ reason }) => reason === '')}>
          {text.review}
        </Button>
      </div>
    </form>
  )
}
