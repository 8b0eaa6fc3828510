import { Dialog, Field } from '@sereno/ui'
import { useMutation } from '@tanstack/react-query'
import { type ReactElement, useState } from 'react'
import { call } from '../../api/call.ts'
import { changed } from '../../api/queries.ts'
import page from '../../shell/page.module.css'
import { StepForm } from '../../shell/step-form.tsx'
import { useLedgerText } from './text.ts'

/** A witness or an authority is asked no longer: with a reason, because outsiders will read it. */
export function RemovalDialog({
  operation,
  id,
  name,
  onClose,
}: {
  readonly operation: 'POST /ledger/witnesses/:id/removal' | 'POST /ledger/authorities/:id/removal'
  readonly id: string
  readonly name: string
  readonly onClose: () => void
}): ReactElement {
  const text = useLedgerText().witnessing
  const [reason, setReason] = useState('')
  const isWitness = operation === 'POST /ledger/witnesses/:id/removal'
  const remove = useMutation({
    mutationFn: (): Promise<unknown> => call(operation, { params: { id }, body: { reason: reason.trim() } }),
    onSuccess: () => {
      onClose()
      return changed('GET /ledger/witnessing', 'GET /ledger/entries')
    },
  })
  return (
    <Dialog title={text.removeWho(name)} open onClose={onClose}>
      <StepForm
        save={isWitness ? text.propose : text.remove}
        danger
        busy={remove.isPending}
        error={remove.error}
        onSave={() => remove.mutate()}
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
        {isWitness ? <p className={page.soft}>{text.twoPeople}</p> : null}
      </StepForm>
    </Dialog>
  )
}
