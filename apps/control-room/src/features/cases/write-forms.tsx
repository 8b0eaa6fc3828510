import { type CaseRole, caseRoles } from '@sereno/contracts'
import { instantOf, wallClock } from '@sereno/text'
import { Checkbox, Field, now, Select } from '@sereno/ui'
import { useMutation } from '@tanstack/react-query'
import { type ReactElement, useState } from 'react'
import type { CasePage } from '../../api/api.ts'
import { call } from '../../api/call.ts'
import { changed } from '../../api/queries.ts'
import page from '../../shell/page.module.css'
import { useTimeZone } from '../../shell/session.ts'
import { CaseForm } from './case-form.tsx'
import { useCasesText } from './text.ts'

type FormProps = { readonly file: CasePage; readonly onClose: () => void }

/** A step of the case: does it, then shows the case as it is now. */
export function useStep(onClose: () => void, step: () => Promise<unknown>) {
  return useMutation({
    mutationFn: step,
    onSuccess: async () => {
      onClose()
      await changed('GET /cases/:id', 'GET /cases')
    },
  })
}

export function PersonForm({ file, onClose }: FormProps): ReactElement {
  const text = useCasesText()
  const [name, setName] = useState('')
  const [role, setRole] = useState<CaseRole>('complainant')
  const [minor, setMinor] = useState(false)
  const [note, setNote] = useState('')
  const act = useStep(onClose, () =>
    call('POST /cases/:id/people', {
      params: { id: file.case.id },
      body: { role, name: name.trim(), minor, ...(note.trim() === '' ? {} : { note: note.trim() }) },
    }),
  )
  return (
    <CaseForm
      title={text.person.add}
      save={text.save}
      busy={act.isPending}
      error={act.error}
      onSave={() => act.mutate()}
      onClose={onClose}
    >
      <Field label={text.person.name} value={name} onChange={setName} maxLength={120} required autoFocus />
      <Select
        label={text.person.role}
        value={role}
        required
        options={caseRoles.map((value) => ({ value, label: text.person.roles[value] }))}
        onChange={(value) => setRole(value as CaseRole)}
      />
      <Checkbox checked={minor} onChange={setMinor}>
        {text.person.minor}
      </Checkbox>
      <Field label={text.person.note} value={note} onChange={setNote} rows={2} maxLength={500} />
    </CaseForm>
  )
}

export function NoteForm({ file, onClose }: FormProps): ReactElement {
  const text = useCasesText()
  const [words, setWords] = useState('')
  const act = useStep(onClose, () =>
    call('POST /cases/:id/notes', { params: { id: file.case.id }, body: { text: words.trim() } }),
  )
  return (
    <CaseForm
      title={text.note.add}
      save={text.save}
      busy={act.isPending}
      error={act.error}
      onSave={() => act.mutate()}
      onClose={onClose}
    >
      <Field label={text.note.text} value={words} onChange={setWords} rows={5} maxLength={4000} required autoFocus />
    </CaseForm>
  )
}

export function KnowledgeForm({ file, onClose }: FormProps): ReactElement {
  const text = useCasesText()
  const zone = useTimeZone()
  const [at, setAt] = useState(() => wallClock(now(), zone))
  const [how, setHow] = useState('')
  const act = useStep(onClose, () =>
    call('POST /cases/:id/knowledge', {
      params: { id: file.case.id },
      body: { knownAt: instantOf(at, zone) ?? Math.floor(now()), how: how.trim() },
    }),
  )
  return (
    <CaseForm
      title={text.clock.start}
      save={text.clock.start}
      busy={act.isPending}
      error={act.error}
      onSave={() => act.mutate()}
      onClose={onClose}
    >
      <p className={page.soft}>{text.clock.startBody}</p>
      <Field label={text.clock.at} type="datetime-local" value={at} onChange={setAt} required />
      <Field label={text.clock.how} value={how} onChange={setHow} rows={2} maxLength={500} required autoFocus />
    </CaseForm>
  )
}
