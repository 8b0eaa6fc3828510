import { type Authority, authorities } from '@sereno/contracts'
import { Checkbox, Field, Select } from '@sereno/ui'
import { type ReactElement, useState } from 'react'
import type { CasePage } from '../../api/api.ts'
import { call } from '../../api/call.ts'
import page from '../../shell/page.module.css'
import { CaseForm } from './case-form.tsx'
import { useCasesText } from './text.ts'
import { useStep } from './write-forms.tsx'

export function HandOverForm({
  file,
  onClose,
}: {
  readonly file: CasePage
  readonly onClose: () => void
}): ReactElement {
  const text = useCasesText().handOver
  const [authority, setAuthority] = useState<Authority>('pnp')
  const [unit, setUnit] = useState('')
  const [officer, setOfficer] = useState('')
  const [officerId, setOfficerId] = useState('')
  const [detail, setDetail] = useState('')
  const [positions, setPositions] = useState(true)
  const act = useStep(onClose, () =>
    call('POST /cases/:id/hand-overs', {
      params: { id: file.case.id },
      body: {
        authority,
        unit: unit.trim(),
        officer: officer.trim(),
        detail: detail.trim(),
        positions,
        ...(officerId.trim() === '' ? {} : { officerId: officerId.trim() }),
      },
    }),
  )
  return (
    <CaseForm
      title={text.add}
      save={text.add}
      busy={act.isPending}
      error={act.error}
      onSave={() => act.mutate()}
      onClose={onClose}
    >
      <p className={page.soft}>{text.body}</p>
      <Select
        label={text.authority}
        value={authority}
        required
        options={authorities.map((value) => ({ value, label: text.authorities[value] }))}
        onChange={(value) => setAuthority(value as Authority)}
      />
      <Field label={text.unit} value={unit} onChange={setUnit} maxLength={200} required autoFocus />
      <Field label={text.officer} value={officer} onChange={setOfficer} maxLength={120} required />
      <Field label={text.officerId} value={officerId} onChange={setOfficerId} maxLength={40} />
      <Field label={text.detail} value={detail} onChange={setDetail} rows={4} maxLength={4000} required />
      <Checkbox checked={positions} onChange={setPositions}>
        {text.positions}
      </Checkbox>
    </CaseForm>
  )
}
