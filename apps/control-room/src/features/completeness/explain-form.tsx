import type { GapCause } from '@sereno/contracts'
import { Field, Select } from '@sereno/ui'
import { useMutation } from '@tanstack/react-query'
import { type ReactElement, useState } from 'react'
import { changed } from '../../api/queries.ts'
import page from '../../shell/page.module.css'
import { StepForm } from '../../shell/step-form.tsx'
import { useCompletenessText } from './text.ts'

// Every cause has words in both languages, so the compiler keeps this list whole there.
const causes = [
  'device-lost',
  'device-failed',
  'storage-failed',
  'test',
  'other',
] as const satisfies readonly GapCause[]

type ExplainFormProps = {
  readonly act: (body: { readonly cause: GapCause; readonly words: string }) => Promise<unknown>
  readonly onClose: () => void
}

/** Why something is not there: a cause of the list, and words that stay inside. */
export function ExplainForm({ act, onClose }: ExplainFormProps): ReactElement {
  const text = useCompletenessText().explain
  const [cause, setCause] = useState<GapCause>('device-lost')
  const [words, setWords] = useState('')
  const deed = useMutation({
    mutationFn: () => act({ cause, words: words.trim() }),
    onSuccess: () => {
      onClose()
      return changed('GET /completeness')
    },
  })
  return (
    <StepForm save={text.save} busy={deed.isPending} error={deed.error} onSave={() => deed.mutate()} onClose={onClose}>
      <Select
        label={text.cause}
        options={causes.map((value) => ({ value, label: text.causes[value] }))}
        value={cause}
        onChange={(value) => setCause(causes.find((one) => one === value) ?? 'other')}
        required
      />
      <Field label={text.words} value={words} onChange={setWords} rows={2} maxLength={500} required autoFocus />
      <p className={page.faint}>{text.why}</p>
    </StepForm>
  )
}
