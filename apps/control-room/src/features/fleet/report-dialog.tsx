import { Button, Dialog, Field } from '@sereno/ui'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, type ReactElement, useState } from 'react'
import type { Device } from '../../api/api.ts'
import { call } from '../../api/call.ts'
import { Failure } from '../../api/failure.tsx'
import { changed } from '../../api/queries.ts'
import page from '../../shell/page.module.css'
import { useFleetText } from './text.ts'

export type Report = 'lost' | 'stolen' | 'revoke'
type ReportDialogProps = { readonly device: Device; readonly report: Report; readonly onClose: () => void }

/** Lost, stolen, revoked: never without a reason. */
export function ReportDialog({ device, report, onClose }: ReportDialogProps): ReactElement {
  const text = useFleetText()
  const [reason, setReason] = useState('')
  const send = useMutation({
    mutationFn: () =>
      call(`POST /devices/:id/${report}`, { params: { id: device.id }, body: { reason: reason.trim() } }),
    onSuccess: () => {
      onClose()
      return changed('GET /devices')
    },
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    send.mutate()
  }
  return (
    <Dialog title={text.reports[report].title(device.code)} open onClose={onClose}>
      <form className={page.form} onSubmit={submit}>
        <p className={page.soft}>{text.reports[report].body}</p>
        <Field
          label={text.reason}
          hint={text.reasonHint}
          value={reason}
          onChange={setReason}
          rows={3}
          maxLength={500}
          required
          autoFocus
        />
        <Failure error={send.error} />
        <div className={page.row}>
          <Button type="submit" look="danger" busy={send.isPending}>
            {text.confirm}
          </Button>
          <Button onPress={onClose}>{text.cancel}</Button>
        </div>
      </form>
    </Dialog>
  )
}
