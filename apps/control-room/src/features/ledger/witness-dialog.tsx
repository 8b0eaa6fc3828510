import { Checkbox, Dialog, Field } from '@sereno/ui'
import { useMutation } from '@tanstack/react-query'
import { type ReactElement, useState } from 'react'
import { call } from '../../api/call.ts'
import { changed } from '../../api/queries.ts'
import page from '../../shell/page.module.css'
import { StepForm } from '../../shell/step-form.tsx'
import { useLedgerText } from './text.ts'

/** Takes the two lines that `sereno witness` prints, as they are. */
export function WitnessDialog({ onClose }: { readonly onClose: () => void }): ReactElement {
  const texts = useLedgerText().witnessing
  const text = texts.form
  const [name, setName] = useState('')
  const [keys, setKeys] = useState('')
  const [url, setUrl] = useState('')
  const [municipal, setMunicipal] = useState(false)
  const [reason, setReason] = useState('')
  const vkeys = keys.split(/\s+/).filter((line) => line !== '')
  const add = useMutation({
    mutationFn: () =>
      call('POST /ledger/witnesses', {
        body: {
          name: name.trim(),
          vkeys,
          url: url.trim() === '' ? null : url.trim(),
          municipal,
          reason: reason.trim(),
        },
      }),
    onSuccess: () => {
      onClose()
      return changed('GET /ledger/witnessing', 'GET /ledger/entries')
    },
  })
  return (
    <Dialog title={texts.add} open onClose={onClose}>
      <StepForm
        save={texts.propose}
        busy={add.isPending}
        error={add.error}
        onSave={() => add.mutate()}
        onClose={onClose}
      >
        <Field
          label={text.name}
          hint={text.nameHint}
          value={name}
          onChange={setName}
          maxLength={100}
          required
          autoFocus
        />
        <Field
          label={text.keys}
          hint={text.keysHint}
          value={keys}
          onChange={setKeys}
          rows={4}
          maxLength={9000}
          required
        />
        <Field label={text.url} hint={text.urlHint} value={url} onChange={setUrl} maxLength={500} />
        <Checkbox checked={municipal} onChange={setMunicipal}>
          {text.municipal}
        </Checkbox>
        <Field
          label={texts.reason}
          hint={texts.reasonHint}
          value={reason}
          onChange={setReason}
          maxLength={500}
          required
        />
        <p className={page.soft}>{texts.twoPeople}</p>
      </StepForm>
    </Dialog>
  )
}
