import { Dialog, Field } from '@sereno/ui'
import { useMutation } from '@tanstack/react-query'
import { type ReactElement, useState } from 'react'
import { call } from '../../api/call.ts'
import { changed } from '../../api/queries.ts'
import page from '../../shell/page.module.css'
import { StepForm } from '../../shell/step-form.tsx'
import { useLedgerText } from './text.ts'

/** How many must attest: it waits for another person and for those who watch now. */
export function QuorumDialog({ now, onClose }: { readonly now: number; readonly onClose: () => void }): ReactElement {
  const texts = useLedgerText().witnessing
  const text = texts.quorumForm
  const [quorum, setQuorum] = useState(String(now))
  const [reason, setReason] = useState('')
  const wanted = Number(quorum)
  const isNumber = Number.isInteger(wanted) && wanted >= 2 && wanted <= 32
  const change = useMutation({
    mutationFn: () => call('PUT /ledger/quorum', { body: { quorum: wanted, reason: reason.trim() } }),
    onSuccess: () => {
      onClose()
      return changed('GET /ledger/witnessing', 'GET /ledger/entries')
    },
  })
  return (
    <Dialog title={text.title} open onClose={onClose}>
      <StepForm
        save={texts.propose}
        busy={change.isPending}
        error={change.error}
        disabled={!isNumber || wanted === now}
        onSave={() => change.mutate()}
        onClose={onClose}
      >
        <Field
          label={text.number}
          hint={text.hint}
          value={quorum}
          onChange={setQuorum}
          maxLength={2}
          required
          autoFocus
        />
        <p className={page.soft}>{texts.twoPeople}</p>
        <Field
          label={texts.reason}
          hint={texts.reasonHint}
          value={reason}
          onChange={setReason}
          maxLength={500}
          required
        />
      </StepForm>
    </Dialog>
  )
}
