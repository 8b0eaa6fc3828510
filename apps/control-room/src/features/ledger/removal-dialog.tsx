import { Button, Dialog, Field } from '@sereno/ui'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, type ReactElement, useState } from 'react'
import { call } from '../../api/call.ts'
import { Failure } from '../../api/failure.tsx'
import { changed } from '../../api/queries.ts'
import page from '../../shell/page.module.css'
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
  const remove = useMutation({
    mutationFn: () => call(operation, { params: { id }, body: { reason: reason.trim() } }),
    onSuccess: () => {
      onClose()
      return changed('GET /ledger/witnessing', 'GET /ledger/entries')
    },
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    remove.mutate()
  }
  return (
    <Dialog title={text.removeWho(name)} open onClose={onClose}>
      <form className={page.form} onSubmit={submit}>
        <Field
          label={text.reason}
          hint={text.reasonHint}
          value={reason}
          onChange={setReason}
          maxLength={500}
          required
          autoFocus
        />
        <Failure error={remove.error} />
        <div className={page.row}>
          <Button type="submit" look="danger" busy={remove.isPending}>
            {text.remove}
          </Button>
          <Button onPress={onClose}>{text.cancel}</Button>
        </div>
      </form>
    </Dialog>
  )
}
