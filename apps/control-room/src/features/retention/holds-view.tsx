import { dateAndTime, shortDate } from '@sereno/text'
import { Checkbox, type Column, DataTable, Icon, now, useLanguage } from '@sereno/ui'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { type ReactElement, useState } from 'react'
import { Failure } from '../../api/failure.tsx'
import { asked } from '../../api/queries.ts'
import page from '../../shell/page.module.css'
import { useTimeZone } from '../../shell/session.ts'
import { HoldPane } from './hold-pane.tsx'
import { useRetentionText } from './text.ts'
import type { Hold } from './words.ts'

/** Profile PE-2026 asks for a review of what is held this often. */
const reviewMs = 180 * 86_400_000

/** Holds, those that wait for a second person first. */
export function HoldsView(): ReactElement {
  const text = useRetentionText().holds
  const loading = useRetentionText().loading
  const search = useSearch({ from: '/retention' })
  const navigate = useNavigate({ from: '/retention' })
  const [all, setAll] = useState(false)
  const found = useQuery({ ...asked('GET /retention/holds', { query: { all } }), refetchInterval: 10_000 })
  const holds = found.data?.holds ?? []
  const open = (hold: string): void => void navigate({ search: { view: 'holds', hold } })
  return (
    <div className={page.panes}>
      <div style={{ display: 'grid', gridTemplateRows: 'auto minmax(0, 1fr)', minBlockSize: 0 }}>
        <div className={page.row} style={{ padding: 'var(--space-2) var(--space-4) 0' }}>
          <Checkbox checked={all} onChange={setAll}>
            {text.all}
          </Checkbox>
          <Failure error={found.error} />
        </div>
        {found.data === undefined ? (
          <p className={page.notice} role="status">
            {found.error === null ? loading : ''}
          </p>
        ) : holds.length === 0 ? (
          <div className={page.notice}>
            <h2>{text.none}</h2>
            <p>{text.noneNext}</p>
          </div>
        ) : (
          <HoldTable holds={holds} current={search.hold ?? null} onOpen={open} />
        )}
      </div>
      {holds.length === 0 ? null : <HoldPane key={search.hold} hold={holds.find(({ id }) => id === search.hold)} />}
    </div>
  )
}

type HoldTableProps = {
  readonly holds: readonly Hold[]
  readonly current: string | null
  readonly onOpen: (hold: string) => void
}

function HoldTable({ holds, current, onOpen }: HoldTableProps): ReactElement {
  const text = useRetentionText().holds
  const language = useLanguage()
  const zone = useTimeZone()
  const bases: Readonly<Record<string, string>> = text.bases
  const columns: readonly Column<Hold>[] = [
    {
      id: 'recording',
      title: text.recording,
      text: ({ recording }) => recording.code,
      cell: ({ id, recording }) => (
        <button type="button" className="plain-link" onClick={() => onOpen(id)}>
          {recording.code}
        </button>
      ),
    },
    {
      id: 'basis',
      title: text.basis,
      spare: true,
      text: ({ basis }) => bases[basis] ?? basis,
      cell: ({ basis }) => bases[basis] ?? basis,
    },
    {
      id: 'state',
      title: text.state,
      text: ({ state }) => text.states[state],
      cell: ({ state, placed }) => (
        <span className={page.state}>
          <Icon name={state === 'released' ? 'ok' : 'hold'} /> {text.states[state]}
          {state === 'held' && now() - placed.at > reviewMs ? ` · ${text.reviewDue}` : ''}
        </span>
      ),
    },
    {
      id: 'notice',
      title: text.notice,
      text: (hold) => noticeWords(hold, text),
      cell: (hold) => (
        <span className={page.state}>
          {hold.mustNotify && hold.notification === null ? <Icon name="warning" tone="warning" /> : null}
          {noticeWords(hold, text)}
        </span>
      ),
    },
    {
      id: 'placed',
      title: text.placed,
      spare: true,
      text: ({ placed }) => dateAndTime(placed.at, zone, language),
      order: ({ placed }) => placed.at,
      cell: ({ placed }) => `${shortDate(placed.at, zone, language)}, ${placed.name}`,
    },
  ]
  return (
    <DataTable
      caption={text.title}
      columns={columns}
      rows={holds}
      id={({ id }) => id}
      fileName="retenciones"
      current={current}
      onOpen={({ id }) => onOpen(id)}
    />
  )
}

const noticeWords = (
  { mustNotify, notification }: Hold,
  words: { readonly lacking: string; readonly notNeeded: string },
): string => (notification === null ? (mustNotify ? words.lacking : words.notNeeded) : notification.number)
