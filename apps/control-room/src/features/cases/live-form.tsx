import { Field, Select } from '@sereno/ui'
import { useQuery } from '@tanstack/react-query'
import { type ReactElement, useState } from 'react'
import type { CasePage } from '../../api/api.ts'
import { call } from '../../api/call.ts'
import { asked } from '../../api/queries.ts'
import page from '../../shell/page.module.css'
import { CaseForm } from './case-form.tsx'
import { useCasesText } from './text.ts'
import { useStep } from './write-forms.tsx'

export function LiveForm({ file, onClose }: { readonly file: CasePage; readonly onClose: () => void }): ReactElement {
  const text = useCasesText().live
  const police = file.shares.filter(({ role, state }) => role === 'police' && state === 'open')
  const devices = useQuery(asked('GET /devices', {}))
  const onDuty = (devices.data?.devices ?? []).filter(({ state }) => state === 'issued')
  const [share, setShare] = useState(police[0]?.id ?? '')
  const [device, setDevice] = useState('')
  const [minutes, setMinutes] = useState('15')
  const [reason, setReason] = useState('')
  const act = useStep(onClose, () =>
    call('POST /cases/:id/live', {
      params: { id: file.case.id },
      body: { share, device, minutes: Math.min(30, Math.max(1, Math.round(Number(minutes)))), reason: reason.trim() },
    }),
  )
  return (
    <CaseForm
      title={text.add}
      save={text.add}
      disabled={share === '' || device === ''}
      busy={act.isPending}
      error={act.error ?? devices.error}
      onSave={() => act.mutate()}
      onClose={onClose}
    >
      <p className={page.soft}>{text.body}</p>
      <Select
        label={text.guest}
        value={share}
        required
        options={police.map(({ id, name }) => ({ value: id, label: name }))}
        onChange={setShare}
      />
      <Select
        label={text.unit}
        value={device}
        empty={text.choose}
        options={onDuty.map((one) => ({
          value: one.id,
          label: one.officer === null ? one.code : `${one.code} · ${one.officer.name}`,
        }))}
        onChange={setDevice}
      />
      <Field label={text.minutes} type="number" value={minutes} onChange={setMinutes} required />
      <Field label={text.why} value={reason} onChange={setReason} rows={2} maxLength={500} required />
    </CaseForm>
  )
}
