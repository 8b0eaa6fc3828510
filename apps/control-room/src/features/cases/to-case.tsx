import { duration } from '@sereno/text'
import { Field, Select } from '@sereno/ui'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type ReactElement, useState } from 'react'
import type { Recording } from '../../api/api.ts'
import { CallFailed, call } from '../../api/call.ts'
import { asked, changed } from '../../api/queries.ts'
import page from '../../shell/page.module.css'
import { CaseForm } from './case-form.tsx'
import { OpenDialog } from './open-dialog.tsx'
import { send } from './send.ts'
import { useCasesText } from './text.ts'

type ToCaseProps = { readonly recording: Recording; readonly onClose: () => void }

/** Puts the recording that is being looked at into a case, an open one or a new one. */
export function ToCase({ recording, onClose }: ToCaseProps): ReactElement {
  const text = useCasesText()
  const [chosen, setChosen] = useState('')
  const [why, setWhy] = useState('')
  const [fresh, setFresh] = useState(false)
  const [into, setInto] = useState<string | null>(null)
  const open = useQuery(asked('GET /cases', { query: { state: 'open', limit: 100 } }))
  const put = useMutation({
    mutationFn: () =>
      call('POST /cases/:id/recordings', {
        params: { id: chosen },
        body: { recording: recording.id, ...(why.trim() === '' ? {} : { why: why.trim() }) },
      }),
    onSuccess: async () => {
      setInto(chosen)
      await changed('GET /cases', 'GET /cases/:id', 'GET /recordings/:id/custody')
    },
  })
  if (fresh) {
    return (
      <OpenDialog
        recording={recording.id}
        onClose={onClose}
        onOpened={() => void changed('GET /recordings/:id/custody')}
      />
    )
  }
  if (into !== null) {
    return (
      <CaseForm
        title={text.player.toCase}
        save={text.close}
        busy={false}
        error={null}
        onSave={onClose}
        onClose={onClose}
      >
        <p>
          {text.player.done}{' '}
          <Link to="/cases/$id" params={{ id: into }}>
            {text.player.go}
          </Link>
        </p>
      </CaseForm>
    )
  }
  return (
    <CaseForm
      title={text.player.toCase}
      save={chosen === 'new' ? text.player.fresh : text.player.put}
      disabled={chosen === ''}
      busy={put.isPending}
      error={put.error ?? open.error}
      onSave={() => (chosen === 'new' ? setFresh(true) : put.mutate())}
      onClose={onClose}
    >
      <p className={page.soft}>{text.openBody}</p>
      <Select
        label={text.player.which}
        value={chosen}
        empty={text.player.choose}
        options={[
          ...(open.data?.cases ?? []).map(({ id, code, title }) => ({ value: id, label: `${code} · ${title}` })),
          { value: 'new', label: text.player.fresh },
        ]}
        onChange={setChosen}
      />
      {chosen === 'new' ? null : (
        <Field label={text.player.why} value={why} onChange={setWhy} rows={2} maxLength={500} />
      )}
    </CaseForm>
  )
}

type CopyProps = ToCaseProps & {
  /** Milliseconds from the recording's start. */
  readonly atMs: number
}

/** The open cases that contain the recording: a clip or still belongs to one of them. */
function useCaseChoice(recording: string) {
  const text = useCasesText()
  const found = useQuery(asked('GET /cases', { query: { recording, state: 'open' } }))
  const cases = found.data?.cases ?? []
  const [chosen, setChosen] = useState<string | null>(null)
  const value = chosen ?? cases[0]?.id ?? ''
  const choice =
    found.data !== undefined && cases.length === 0 ? (
      <p>{text.player.needsCase}</p>
    ) : (
      <Select
        label={text.player.which}
        value={value}
        required
        options={cases.map(({ id, code, title }) => ({ value: id, label: `${code} · ${title}` }))}
        onChange={setChosen}
      />
    )
  return { value, choice, error: found.error }
}

const usualClipSeconds = 20

export function ClipForm({ recording, atMs, onClose }: CopyProps): ReactElement {
  const text = useCasesText().player
  const at = Math.floor(atMs / 1000)
  const [from, setFrom] = useState(`${Math.max(0, at - usualClipSeconds / 2)}`)
  const [to, setTo] = useState(`${at + usualClipSeconds / 2}`)
  const [title, setTitle] = useState('')
  const { value, choice, error } = useCaseChoice(recording.id)
  const cut = useMutation({
    mutationFn: () =>
      call('POST /cases/:id/clips', {
        params: { id: value },
        body: {
          recording: recording.id,
          fromMs: Math.round(Number(from) * 1000),
          toMs: Math.round(Number(to) * 1000),
          title: title.trim(),
        },
      }),
    onSuccess: () => changed('GET /cases/:id', 'GET /recordings/:id/custody'),
  })
  const { data: made } = cut
  return (
    <CaseForm
      title={text.clip}
      save={text.clip}
      disabled={value === ''}
      busy={cut.isPending}
      error={cut.error ?? error}
      onSave={() => (made === undefined ? cut.mutate() : onClose())}
      onClose={onClose}
    >
      <p className={page.soft}>{text.clipBody}</p>
      {choice}
      <Field label={text.name} value={title} onChange={setTitle} maxLength={160} required autoFocus />
      <Field label={text.from} type="number" value={from} onChange={setFrom} required />
      <Field label={text.to} type="number" value={to} onChange={setTo} required />
      {made === undefined ? null : <p role="status">{text.made(duration(made.fromMs), duration(made.toMs))}</p>}
    </CaseForm>
  )
}

type StillProps = CopyProps & {
  readonly look: string | null
  readonly frame: () => Promise<Blob | null>
}

export function StillForm({ recording, atMs, look, frame, onClose }: StillProps): ReactElement {
  const text = useCasesText().player
  const [title, setTitle] = useState('')
  const { value, choice, error } = useCaseChoice(recording.id)
  const keep = useMutation({
    mutationFn: async () => {
      const picture = await frame()
      if (picture === null || look === null) {
        throw new CallFailed('access.purpose-required', 403)
      }
      const query = new URLSearchParams({ look, atMs: `${Math.round(atMs)}`, title: title.trim() })
      return send(`/api/cases/${value}/stills?${query.toString()}`, picture)
    },
    onSuccess: async () => {
      onClose()
      await changed('GET /cases/:id', 'GET /recordings/:id/custody')
    },
  })
  return (
    <CaseForm
      title={text.still}
      save={text.still}
      disabled={value === '' || look === null}
      busy={keep.isPending}
      error={keep.error ?? error}
      onSave={() => keep.mutate()}
      onClose={onClose}
    >
      <p className={page.soft}>{look === null ? text.needsLook : text.stillBody}</p>
      {choice}
      <Field label={text.name} value={title} onChange={setTitle} maxLength={160} required autoFocus />
    </CaseForm>
  )
}
