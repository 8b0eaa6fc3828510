import { Button } from '@sereno/ui'
import { useMutation } from '@tanstack/react-query'
import { type ReactElement, useState } from 'react'
import type { Reply } from '../../api/api.ts'
import { call } from '../../api/call.ts'
import { Failure } from '../../api/failure.tsx'
import { changed } from '../../api/queries.ts'
import page from '../../shell/page.module.css'
import { ReasonForm } from './reason-form.tsx'
import { useRetentionText } from './text.ts'

type Freeze = Reply<'GET /recordings/:id/retention'>['freezes'][number]

const touched = ['GET /recordings/:id/retention', 'GET /retention'] as const

/** How a proceeding's freeze ends: one person says that it closed, another agrees. */
export function FreezeDeeds({ freeze }: { readonly freeze: Freeze }): ReactElement | null {
  const text = useRetentionText().recording
  const [open, setOpen] = useState<'ask' | 'refuse' | null>(null)
  const params = { id: freeze.id }
  const approve = useMutation({
    mutationFn: () => call('POST /retention/freezes/:id/close/approve', { params }),
    onSuccess: () => changed(...touched),
  })
  const close = (): void => setOpen(null)
  if (open === 'ask') {
    const ask = (reason: string) => call('POST /retention/freezes/:id/close', { params, body: { reason } })
    return <ReasonForm label={text.freezeReason} save={text.freezeClose} act={ask} changes={touched} onClose={close} />
  }
  if (open === 'refuse') {
    const refuse = (reason: string) => call('POST /retention/freezes/:id/close/refuse', { params, body: { reason } })
    return (
      <ReasonForm
        label={text.closeRefuseReason}
        save={text.closeRefuse}
        act={refuse}
        changes={touched}
        onClose={close}
      />
    )
  }
  const mayAsk = freeze.may.includes('hold.place')
  const { closing } = freeze
  if (closing === null) {
    return mayAsk ? (
      <button type="button" className="plain-link" onClick={() => setOpen('ask')}>
        {text.freezeClose}
      </button>
    ) : null
  }
  const mayApprove = freeze.may.includes('retention.approve')
  return (
    <div className={page.form}>
      <p>{text.closeAsked(closing.asked.name, closing.reason)}</p>
      {closing.approved !== null || !mayApprove ? (
        <p className={page.soft}>{closing.approved === null ? text.closeOther : text.closeWaiting}</p>
      ) : null}
      <Failure error={approve.error} />
      <div className={page.row}>
        {mayApprove ? (
          <Button look="go" onPress={() => approve.mutate()} busy={approve.isPending}>
            {text.closeApprove}
          </Button>
        ) : null}
        {mayAsk ? (
          <Button look="quiet" onPress={() => setOpen('refuse')}>
            {text.closeRefuse}
          </Button>
        ) : null}
      </div>
    </div>
  )
}
