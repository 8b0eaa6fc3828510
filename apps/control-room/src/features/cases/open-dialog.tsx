import { type CaseKind, caseKinds } from '@sereno/contracts'
import { Checkbox, Field, now, Select } from '@sereno/ui'
import { useMutation } from '@tanstack/react-query'
import { type ReactElement, useState } from 'react'
import { call } from '../../api/call.ts'
import { changed } from '../../api/queries.ts'
import page from '../../shell/page.module.css'
import { CaseForm } from './case-form.tsx'
import { useCasesText } from './text.ts'

type OpenDialogProps = {
  readonly onClose: () => void
  readonly onOpened: (id: string) => void
  /** The recording that is the reason. */
  readonly recording?: string
}

export function OpenDialog({ onClose, onOpened, recording }: OpenDialogProps): ReactElement {
  const text = useCasesText()
  const [title, setTitle] = useState('')
  const [kind, setKind] = useState<CaseKind>('crime')
  const [summary, setSummary] = useState('')
  const [tags, setTags] = useState('')
  const [known, setKnown] = useState(false)
  const open = useMutation({
    mutationFn: () =>
      call('POST /cases', {
        body: {
          title: title.trim(),
          kind,
          ...(summary.trim() === '' ? {} : { summary: summary.trim() }),
          tags: tags
            .split(',')
            .map((tag) => tag.trim())
            .filter((tag) => tag !== ''),
          ...(recording === undefined ? {} : { recordings: [recording] }),
          ...(known ? { knownAt: Math.floor(now()) } : {}),
        },
      }),
    onSuccess: async ({ id }) => {
      await changed('GET /cases')
      onOpened(id)
      onClose()
    },
  })
  return (
    <CaseForm
      title={text.open}
      save={text.open}
      busy={open.isPending}
      error={open.error}
      onSave={() => open.mutate()}
      onClose={onClose}
    >
      <p className={page.soft}>{text.openBody}</p>
      <Field label={text.subject} value={title} onChange={setTitle} maxLength={160} required autoFocus />
      <Select
        label={text.kind}
        value={kind}
        required
        options={caseKinds.map((value) => ({ value, label: text.kinds[value] }))}
        onChange={(value) => setKind(value as CaseKind)}
      />
      <Field label={text.summary} value={summary} onChange={setSummary} rows={3} maxLength={4000} />
      <Field label={text.tags} value={tags} onChange={setTags} maxLength={300} />
      <Checkbox checked={known} onChange={setKnown}>
        {text.known}
      </Checkbox>
    </CaseForm>
  )
}
