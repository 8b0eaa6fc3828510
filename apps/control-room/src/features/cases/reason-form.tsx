import { Field } from '@sereno/ui'
import { useMutation } from '@tanstack/react-query'
import { type ReactElement, useState } from 'react'
import type { CasePage } from '../../api/api.ts'
import { call } from '../../api/call.ts'
import { changed } from '../../api/queries.ts'
import page from '../../shell/page.module.css'
import { CaseForm } from './case-form.tsx'
import type { CaseDeed } from './deed.ts'
import { useCasesText } from './text.ts'

type ReasonFormProps = { readonly file: CasePage; readonly deed: CaseDeed; readonly onClose: () => void }

/** Deeds that need nothing but a reason. */
export function ReasonForm({ file, deed, onClose }: ReasonFormProps): ReactElement {
  const text = useCasesText()
  const [reason, setReason] = useState('')
  const words: Readonly<Record<string, { readonly title: string; readonly body?: string }>> = {
    close: { title: text.fate.close, body: text.fate.closeBody },
    reopen: { title: text.fate.reopen },
    'remove-recording': { title: text.removeRecording },
    'remove-person': { title: text.removePerson },
    revoke: { title: text.share.revoke, body: text.share.revokeBody },
    'revoke-live': { title: text.live.revoke },
  }
  const { title, body } = words[deed.name] ?? { title: deed.name }
  const act = useMutation({
    mutationFn: () => perform(file.case.id, deed, reason.trim()),
    onSuccess: async () => {
      onClose()
      await changed('GET /cases/:id', 'GET /cases')
    },
  })
  return (
    <CaseForm
      title={'label' in deed ? `${title}: ${deed.label}` : title}
      save={title}
      danger={deed.name !== 'reopen'}
      busy={act.isPending}
      error={act.error}
      onSave={() => act.mutate()}
      onClose={onClose}
    >
      {body === undefined ? null : <p className={page.soft}>{body}</p>}
      <Field
        label={text.reason}
        hint={text.reasonHint}
        value={reason}
        onChange={setReason}
        rows={2}
        maxLength={500}
        required
        autoFocus
      />
    </CaseForm>
  )
}

async function perform(id: string, deed: CaseDeed, reason: string): Promise<unknown> {
  const body = { reason }
  switch (deed.name) {
    case 'close':
      return call('POST /cases/:id/close', { params: { id }, body })
    case 'reopen':
      return call('POST /cases/:id/reopen', { params: { id }, body })
    case 'remove-recording':
      return call('POST /cases/:id/recordings/:recording/remove', { params: { id, recording: deed.id }, body })
    case 'remove-person':
      return call('POST /cases/:id/people/:person/remove', { params: { id, person: deed.id }, body })
    case 'revoke':
      return call('POST /cases/:id/shares/:share/revoke', { params: { id, share: deed.id }, body })
    case 'revoke-live':
      return call('POST /cases/:id/live/:live/revoke', { params: { id, live: deed.id }, body })
    default:
      return null
  }
}
