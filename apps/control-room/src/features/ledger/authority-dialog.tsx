import { Button, Dialog, Field } from '@sereno/ui'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, type ReactElement, useState } from 'react'
import { call } from '../../api/call.ts'
import { Failure } from '../../api/failure.tsx'
import { changed } from '../../api/queries.ts'
import page from '../../shell/page.module.css'
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
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    add.mutate()
  }
  return (
    <Dialog title={texts.addAuthority} open onClose={onClose}>
      <form className={page.form} onSubmit={submit}>
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
        <Failure error={add.error} />
        <div className={page.row}>
          <Button type="submit" look="go" busy={add.isPending}>
            {texts.accept}
          </Button>
          <Button onPress={onClose}>{texts.cancel}</Button>
        </div>
      </form>
    </Dialog>
  )
}
