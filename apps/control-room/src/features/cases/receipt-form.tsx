import { instantOf, wallClock } from '@sereno/text'
import { Field, FileField, now } from '@sereno/ui'
import { type ReactElement, useState } from 'react'
import { call } from '../../api/call.ts'
import page from '../../shell/page.module.css'
import { useTimeZone } from '../../shell/session.ts'
import { CaseForm } from './case-form.tsx'
import { send } from './send.ts'
import { useCasesText } from './text.ts'
import { useStep } from './write-forms.tsx'

const scanTypes = ['application/pdf', 'image/jpeg', 'image/png']

/** What the signed acta says; the scan travels first, so that its hash is in the receipt. */
export function ReceiptForm({ id, onClose }: { readonly id: string; readonly onClose: () => void }): ReactElement {
  const text = useCasesText().handOver
  const zone = useTimeZone()
  const [name, setName] = useState('')
  const [office, setOffice] = useState('')
  const [document, setDocument] = useState('')
  const [at, setAt] = useState(() => wallClock(now(), zone))
  const [key, setKey] = useState('')
  const [continued, setContinued] = useState('')
  const [scan, setScan] = useState<File | null>(null)
  const act = useStep(onClose, async () => {
    if (scan !== null) {
      const type = scanTypes.includes(scan.type) ? scan.type : 'application/pdf'
      await send(`/api/hand-overs/${id}/scan?type=${encodeURIComponent(type)}`, scan)
    }
    return call('POST /hand-overs/:id/receipt', {
      params: { id },
      body: {
        name: name.trim(),
        office: office.trim(),
        document: document.trim(),
        receivedAt: instantOf(at, zone) ?? Math.floor(now()),
        ...(key.trim() === '' ? {} : { key: key.trim() }),
        ...(continued.trim() === '' ? {} : { continued: continued.trim() }),
      },
    })
  })
  return (
    <CaseForm
      title={text.receive}
      save={text.receive}
      busy={act.isPending}
      error={act.error}
      onSave={() => act.mutate()}
      onClose={onClose}
    >
      <p className={page.soft}>{text.receiveBody}</p>
      <Field label={text.name} value={name} onChange={setName} maxLength={120} required autoFocus />
      <Field label={text.office} value={office} onChange={setOffice} maxLength={200} required />
      <Field label={text.document} value={document} onChange={setDocument} maxLength={120} required />
      <Field label={text.at} type="datetime-local" value={at} onChange={setAt} required />
      <Field label={text.key} value={key} onChange={setKey} maxLength={120} />
      <Field label={text.continued} value={continued} onChange={setContinued} maxLength={500} />
      <FileField label={text.scan} accept={scanTypes.join(',')} onChange={setScan} />
    </CaseForm>
  )
}
