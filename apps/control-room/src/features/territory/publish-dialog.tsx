import { type GroundFinding, groundFaults } from '@sereno/contracts'
import { Button, Checkbox, Dialog, Field } from '@sereno/ui'
import { useMutation, useQuery } from '@tanstack/react-query'
import { type FormEvent, type ReactElement, useState } from 'react'
import { call } from '../../api/call.ts'
import { Failure } from '../../api/failure.tsx'
import { changed } from '../../api/queries.ts'
import page from '../../shell/page.module.css'
import { type Draft, draft as held } from './draft.ts'
import type { Ground } from './ground.ts'
import css from './territory.module.css'
import { useTerritoryText } from './text.ts'

type PublishDialogProps = { readonly draft: Draft; readonly onClose: () => void }

const bodyOf = ({ areas, places, zones, lines }: Ground) => ({
  areas: [...areas],
  places: [...places],
  zones: [...zones],
  lines: [...lines],
})

/** The check of a draft and its entry into force: errors keep it out, warnings are read and accepted. */
export function PublishDialog({ draft, onClose }: PublishDialogProps): ReactElement {
  const text = useTerritoryText().publishing
  const words = useTerritoryText()
  const [note, setNote] = useState('')
  const [accepts, setAccepts] = useState(false)
  const check = useQuery({
    queryKey: ['territory check', draft.now],
    queryFn: () => call('POST /territory/check', { body: bodyOf(draft.now) }),
    gcTime: 0,
  })
  const findings = check.data?.findings ?? []
  const errors = findings.filter(({ fault }) => groundFaults[fault] === 'error')
  const warnings = findings.filter(({ fault }) => groundFaults[fault] === 'warning')
  const accepted = accepts ? [...new Set(warnings.map(({ fault }) => fault))] : []
  const put = useMutation({
    mutationFn: () =>
      call('POST /territory/versions', {
        body: { base: draft.base, note: note.trim(), accepted, ...bodyOf(draft.now) },
      }),
    onSuccess: async () => {
      await changed('GET /territory', 'GET /territory/versions')
      held.set(null)
      onClose()
    },
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    put.mutate()
  }
  const ready = check.data !== undefined && errors.length === 0 && (warnings.length === 0 || accepts)
  return (
    <Dialog title={text.title} open onClose={onClose}>
      <form className={page.form} onSubmit={submit}>
        {check.isPending ? <p role="status">{text.checking}…</p> : null}
        <Failure error={check.error} />
        {check.data !== undefined && findings.length === 0 ? <p role="status">{text.sound}</p> : null}
        <Findings title={text.errors} findings={errors} />
        <Findings title={text.warnings} findings={warnings} />
        {errors.length === 0 && warnings.length > 0 ? (
          <Checkbox checked={accepts} onChange={setAccepts}>
            {text.accept}
          </Checkbox>
        ) : null}
        <p className={page.soft}>{text.what}</p>
        <Field label={text.note} hint={text.noteHint} value={note} onChange={setNote} maxLength={500} required />
        <Failure error={put.error} />
        <div className={page.row}>
          <Button type="submit" look="go" busy={put.isPending} disabled={!ready}>
            {text.go}
          </Button>
          <Button onPress={onClose}>{words.cancel}</Button>
        </div>
      </form>
    </Dialog>
  )
}

const shownFindings = 30

function Findings({
  title,
  findings,
}: {
  readonly title: string
  readonly findings: readonly GroundFinding[]
}): ReactElement | null {
  const text = useTerritoryText().publishing
  if (findings.length === 0) {
    return null
  }
  return (
    <section>
      <h3>{title}</h3>
      <ul className={css.faults}>
        {findings.slice(0, shownFindings).map(({ fault, about, detail }) => (
          <li key={`${fault} ${about} ${detail}`}>
            <b>{about}</b> {text.faults[fault]}
            {detail === '' ? '' : ` (${detail})`}
          </li>
        ))}
        {findings.length > shownFindings ? <li>…</li> : null}
      </ul>
    </section>
  )
}
