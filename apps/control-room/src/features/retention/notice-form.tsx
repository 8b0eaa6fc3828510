import { isoDate } from '@sereno/text'
import { Button, Field, now } from '@sereno/ui'
import { useMutation } from '@tanstack/react-query'
import { type ChangeEvent, type FormEvent, type ReactElement, useState } from 'react'
import { call } from '../../api/call.ts'
import { Failure } from '../../api/failure.tsx'
import { changed } from '../../api/queries.ts'
import page from '../../shell/page.module.css'
import { useTimeZone } from '../../shell/session.ts'
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
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (file !== null) {
      save.mutate(file)
    }
  }
  const choose = (event: ChangeEvent<HTMLInputElement>): void => {
    const chosen = event.target.files?.[0]
    if (chosen !== undefined) {
      hashing.mutate(chosen)
    }
  }
  return (
    <form className={page.form} onSubmit={submit}>
      <Field label={text.number} value={number} onChange={setNumber} maxLength={80} required autoFocus />
      <Field
        label={text.date}
        value={date}
        onChange={setDate}
        placeholder="2026-11-22"
        minLength={10}
        maxLength={10}
        required
      />
      <Field label={text.channel} value={channel} onChange={setChannel} maxLength={80} required />
      <label className={page.form} style={{ gap: 'var(--space-1)' }}>
        {text.file}
        <input type="file" onChange={choose} required />
      </label>
      <p className={page.faint} role="status">
        {hashing.isPending ? text.hashing : file === null ? text.fileWhy : `sha-256 ${file.sha256.slice(0, 16)}…`}
      </p>
      <Failure error={save.error ?? hashing.error} />
      <div className={page.row}>
        <Button type="submit" look="go" busy={save.isPending} disabled={file === null}>
          {text.save}
        </Button>
        <Button onPress={onClose}>{text.cancel}</Button>
      </div>
    </form>
  )
}

async function sha256Of(file: File): Promise<{ readonly name: string; readonly sha256: string }> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await file.arrayBuffer()))
  return { name: file.name, sha256: Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('') }
}
