import { type CaseKind, caseKinds } from '@sereno/contracts'
import { Field, Select } from '@sereno/ui'
import { useQuery } from '@tanstack/react-query'
import { type ReactElement, useState } from 'react'
import type { CasePage } from '../../api/api.ts'
import { CallFailed, call } from '../../api/call.ts'
import { asked } from '../../api/queries.ts'
import page from '../../shell/page.module.css'
import { CaseForm } from './case-form.tsx'
import { useCasesText } from './text.ts'
import { useStep } from './write-forms.tsx'

type FormProps = { readonly file: CasePage; readonly onClose: () => void }

export function EditForm({ file, onClose }: FormProps): ReactElement {
  const text = useCasesText()
  const { case: one } = file
  const [title, setTitle] = useState(one.title)
  const [kind, setKind] = useState<CaseKind>(one.kind)
  const [summary, setSummary] = useState(file.summary ?? '')
  const [tags, setTags] = useState(one.tags.join(', '))
  const act = useStep(onClose, () =>
    call('PATCH /cases/:id', {
      params: { id: one.id },
      body: {
        title: title.trim(),
        kind,
        summary,
        tags: tags
          .split(',')
          .map((tag) => tag.trim())
          .filter((tag) => tag !== ''),
      },
    }),
  )
  return (
    <CaseForm
      title={text.fate.edit}
      save={text.save}
      busy={act.isPending}
      error={act.error}
      onSave={() => act.mutate()}
      onClose={onClose}
    >
      <Field label={text.subject} value={title} onChange={setTitle} maxLength={160} required autoFocus />
      <Select
        label={text.kind}
        value={kind}
        required
        options={caseKinds.map((value) => ({ value, label: text.kinds[value] }))}
        onChange={(value) => setKind(value as CaseKind)}
      />
      <Field label={text.summary} value={summary} onChange={setSummary} rows={4} maxLength={4000} />
      <Field label={text.tags} value={tags} onChange={setTags} maxLength={300} />
    </CaseForm>
  )
}

export function MergeForm({ file, onClose }: FormProps): ReactElement {
  const text = useCasesText()
  const [number, setNumber] = useState('')
  const [reason, setReason] = useState('')
  const act = useStep(onClose, async () => {
    const wanted = Number(/(\d+)\s*$/.exec(number)?.[1] ?? 0)
    const { cases } = await call('GET /cases', { query: { number: Math.max(1, wanted), state: 'open' } })
    const other = cases.find((one) => one.number === wanted && one.id !== file.case.id)
    if (other === undefined) {
      throw new CallFailed('case.not-found', 404)
    }
    return call('POST /cases/:id/merge', {
      params: { id: file.case.id },
      body: { other: other.id, reason: reason.trim() },
    })
  })
  return (
    <CaseForm
      title={text.fate.merge}
      save={text.fate.merge}
      danger
      busy={act.isPending}
      error={act.error}
      onSave={() => act.mutate()}
      onClose={onClose}
    >
      <p className={page.soft}>{text.fate.mergeBody}</p>
      <Field
        label={text.fate.other}
        value={number}
        onChange={setNumber}
        maxLength={20}
        required
        autoFocus
        placeholder="C-2026-0007"
      />
      <Field
        label={text.reason}
        hint={text.reasonHint}
        value={reason}
        onChange={setReason}
        rows={2}
        maxLength={500}
        required
      />
    </CaseForm>
  )
}

export function TransferForm({ file, onClose }: FormProps): ReactElement {
  const text = useCasesText()
  const people = useQuery(asked('GET /cases/:id/custodians', { params: { id: file.case.id } }))
  const [to, setTo] = useState('')
  const [reason, setReason] = useState('')
  const choices = people.data?.custodians ?? []
  const act = useStep(onClose, () =>
    call('POST /cases/:id/transfer', {
      params: { id: file.case.id },
      body: { custodian: to, reason: reason.trim() },
    }),
  )
  return (
    <CaseForm
      title={text.fate.transfer}
      save={text.fate.transfer}
      disabled={to === ''}
      busy={act.isPending}
      error={act.error ?? people.error}
      onSave={() => act.mutate()}
      onClose={onClose}
    >
      {people.data !== undefined && choices.length === 0 ? (
        <p>{text.fate.nobody}</p>
      ) : (
        <Select
          label={text.fate.transferTo}
          value={to}
          empty={text.fate.choose}
          options={choices.map(({ id, name }) => ({ value: id, label: name }))}
          onChange={setTo}
        />
      )}
      <Field
        label={text.reason}
        hint={text.reasonHint}
        value={reason}
        onChange={setReason}
        rows={2}
        maxLength={500}
        required
      />
    </CaseForm>
  )
}
