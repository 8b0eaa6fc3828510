import { Dialog, Field } from '@sereno/ui'
import { useMutation } from '@tanstack/react-query'
import { type ReactElement, useState } from 'react'
import { call } from '../../api/call.ts'
import { changed } from '../../api/queries.ts'
import { StepForm } from '../../shell/step-form.tsx'
import { useLedgerText } from './text.ts'

export function AuthorityDialog({ onClose }: { readonly onClose: () => void }): ReactElement {
  const texts = useLedgerText().witnessing
  const text = texts.authorityForm
  const [name, setName] = useState('')
  const [url, setUrl] = useState('')
  const [certificate, setCertificate] = useState('')
  const add = useMutation({
    mutationFn: () =>
      call('POST /ledger/authorities', {
        body: { name: name.trim(), url: url.trim(), certificate: `${certificate.trim()}\n` },
      }),
    onSuccess: () => {
      onClose()
      return changed('GET /ledger/witnessing', 'GET /ledger/entries')
    },
  })
  return (
    <Dialog title={texts.addAuthority} open onClose={onClose}>
      <StepForm
        save={texts.accept}
        busy={add.isPending}
        error={add.error}
        onSave={() => add.mutate()}
        onClose={onClose}
      >
        <Field label={text.name} value={name} onChange={setName} maxLength={100} required autoFocus />
        <Field label={text.url} hint={text.urlHint} value={url} onChange={setUrl} maxLength={500} required />
        <Field
          label={text.certificate}
          hint={text.certificateHint}
          value={certificate}
          onChange={setCertificate}
          rows={6}
          maxLength={20_000}
          required
        />
      </StepForm>
    </Dialog>
  )
}
