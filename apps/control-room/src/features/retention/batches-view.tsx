import { bytes, dateAndTime, number, shortDate } from '@sereno/text'
import { type Column, DataTable, useLanguage } from '@sereno/ui'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import type { ReactElement } from 'react'
import { Failure } from '../../api/failure.tsx'
import { asked } from '../../api/queries.ts'
import page from '../../shell/page.module.css'
import { useTimeZone } from '../../shell/session.ts'
import { BatchPane } from './batch-pane.tsx'
import { useRetentionText } from './text.ts'
import type { Batch } from './words.ts'

/** Batches for destruction, newest first. */
export function BatchesView(): ReactElement {
  const text = useRetentionText()
  const search = useSearch({ from: '/retention' })
  const navigate = useNavigate({ from: '/retention' })
  const found = useQuery({ ...asked('GET /retention/batches', {}), refetchInterval: 10_000 })
  const batches = found.data?.batches ?? []
  const open = (batch: string): void => void navigate({ search: { view: 'batches', batch } })
  return (
    <div className={page.panes}>
      <div style={{ display: 'grid', minBlockSize: 0 }}>
        <Failure error={found.error} />
        {found.data === undefined ? (
          <p className={page.notice} role="status">
            {found.error === null ? text.loading : ''}
          </p>
        ) : batches.length === 0 ? (
          <div className={page.notice}>
            <h2>{text.batches.none}</h2>
            <p>{text.batches.noneNext}</p>
          </div>
        ) : (
          <BatchTable batches={batches} current={search.batch ?? null} onOpen={open} />
        )}
      </div>
      {batches.length === 0 ? null : search.batch === undefined ? (
        <aside className={page.pane}>
          <p className={page.soft}>{text.batches.choose}</p>
        </aside>
      ) : (
        <BatchPane key={search.batch} id={search.batch} />
      )}
    </div>
  )
}

type BatchTableProps = {
  readonly batches: readonly Batch[]
  readonly current: string | null
  readonly onOpen: (batch: string) => void
}

function BatchTable({ batches, current, onOpen }: BatchTableProps): ReactElement {
  const text = useRetentionText().batches
  const language = useLanguage()
  const zone = useTimeZone()
  const columns: readonly Column<Batch>[] = [
    {
      id: 'number',
      title: text.number,
      text: (batch) => String(batch.number),
      order: (batch) => batch.number,
      cell: (batch) => (
        <button type="button" className="plain-link" onClick={() => onOpen(batch.id)}>
          {text.number} {batch.number}
        </button>
      ),
    },
    {
      id: 'state',
      title: text.state,
      text: ({ state }) => text.states[state],
      cell: ({ state }) => text.states[state],
    },
    {
      id: 'recordings',
      title: text.recordings,
      align: 'end',
      text: ({ recordings }) => String(recordings),
      order: ({ recordings }) => recordings,
      cell: ({ recordings }) => number(recordings, language),
    },
    {
      id: 'size',
      title: text.size,
      align: 'end',
      spare: true,
      text: ({ sizeBytes }) => String(sizeBytes),
      order: ({ sizeBytes }) => sizeBytes,
      cell: ({ sizeBytes }) => bytes(sizeBytes, language),
    },
    {
      id: 'runs',
      title: text.runs,
      text: ({ runsAt }) => (runsAt === null ? '' : new Date(runsAt).toISOString()),
      order: ({ runsAt }) => runsAt ?? 0,
      cell: ({ runsAt }) => (runsAt === null ? '–' : dateAndTime(runsAt, zone, language)),
    },
    {
      id: 'proposed',
      title: text.proposed,
      spare: true,
      text: ({ proposedAt }) => new Date(proposedAt).toISOString(),
      order: ({ proposedAt }) => proposedAt,
      cell: ({ proposedAt }) => shortDate(proposedAt, zone, language),
    },
    { id: 'acta', title: text.acta, text: ({ acta }) => acta?.number ?? '', cell: ({ acta }) => acta?.number ?? '–' },
  ]
  return (
    <DataTable
      caption={text.recordings}
      columns={columns}
      rows={batches}
      id={({ id }) => id}
      fileName="lotes"
      current={current}
      onOpen={({ id }) => onOpen(id)}
    />
  )
}
