import { isoDate } from '@sereno/text'
import { Field, FileField, now } from '@sereno/ui'
import { useMutation } from '@tanstack/react-query'
import { type ReactElement, useState } from 'react'
import { call } from '../../api/call.ts'
import { changed } from '../../api/queries.ts'
import { useTimeZone } from '../../shell/session.ts'
import { StepForm } from '../../shell/step-form.tsx'
import { useRetentionText } from './text.ts'

/** The notice to the police: number, date, and the receipt's hash, computed here. */
export function NoticeForm({ hold, onClose }: { readonly hold: string; readonly onClose: () => void }): ReactElement {
  const text = useRetentionText().holds
  const zone = useTimeZone()
  const [number, setNumber] = useState('')
  const [date, setDate] = useState(isoDate(now(), zone))
  const [channel, setChannel] = useState('')
  const [file, setFile] = useState<{ readonly name: string; readonly sha256: string } | null>(null)
  const hashing = useMutation({ mutationFn: sha256Of, onSuccess: setFile })
  const save = useMutation({
    mutationFn: (receipt: { readonly name: string; readonly sha256: string }) =>
      call('POST /retention/holds/:id/notification', {
        params: { id: hold },
        body: {
          number: number.trim(),
          date,
          channel: channel.trim(),
          fileName: receipt.name.slice(0, 200),
          fileSha256: receipt.sha256,
        },
      }),
    onSuccess: () => {
      onClose()
      return changed('GET /retention/holds', 'GET /retention', 'GET /recordings/:id/retention')
    },
  })
  return (
    <StepForm
      save={text.save}
      busy={save.isPending}
      disabled={file === null}
      error={save.error ?? hashing.error}
      onSave={() => file !== null && save.mutate(file)}
      onClose={onClose}
    >
      <Field label={text.number} value={number} onChange={setNumber} maxLength={80} required autoFocus />
      <Field label={text.date} type="date" value={date} onChange={setDate} required />
      <Field label={text.channel} value={channel} onChange={setChannel} maxLength={80} required />
      <FileField
        label={text.file}
        hint={hashing.isPending ? text.hashing : file === null ? text.fileWhy : `sha-256 ${file.sha256.slice(0, 16)}…`}
        onChange={(chosen) => chosen !== null && hashing.mutate(chosen)}
        required
      />
    </StepForm>
  )
}

async function sha256Of(file: File): Promise<{ readonly name: string; readonly sha256: string }> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await file.arrayBuffer()))
  return { name: file.name, sha256: Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('') }
}
