import type { CaseSummary } from '@sereno/contracts'
import { Age, type Column, DataTable, Icon } from '@sereno/ui'
import { Link } from '@tanstack/react-router'
import type { ReactElement } from 'react'
import page from '../../shell/page.module.css'
import { ClockPlate } from './clock-plate.tsx'
import { useCasesText } from './text.ts'

type CaseTableProps = { readonly rows: readonly CaseSummary[]; readonly onOpen: (id: string) => void }

export function CaseTable({ rows, onOpen }: CaseTableProps): ReactElement {
  const text = useCasesText()
  const { columns: title } = text
  const columns: readonly Column<CaseSummary>[] = [
    {
      id: 'code',
      title: title.code,
      text: ({ code }) => code,
      cell: ({ id, code }) => (
        <Link to="/cases/$id" params={{ id }} className={`${page.link} ${page.strong}`}>
          {code}
        </Link>
      ),
    },
    { id: 'title', title: title.title, wraps: true, text: (row) => row.title, cell: (row) => row.title },
    {
      id: 'clock',
      title: title.clock,
      text: ({ clock }) => clock?.stage ?? '',
      order: ({ clock }) => (clock === null || clock.doneAt !== null ? Number.MAX_SAFE_INTEGER : clock.dueAt),
      cell: ({ clock }) =>
        clock === null ? <span className={page.faint}>—</span> : <ClockPlate clock={clock} small />,
    },
    {
      id: 'kind',
      title: title.kind,
      spare: true,
      text: ({ kind }) => text.kinds[kind],
      cell: ({ kind }) => text.kinds[kind],
    },
    {
      id: 'state',
      title: title.state,
      text: ({ state }) => text.states[state],
      cell: ({ state }) => (
        <span className={page.state}>
          <Icon name={state === 'open' ? 'folder' : 'ok'} size="s" tone={state === 'open' ? 'info' : 'stale'} />
          {text.states[state]}
        </span>
      ),
    },
    {
      id: 'files',
      title: title.files,
      align: 'end',
      spare: true,
      text: (row) => `${row.recordings}`,
      order: (row) => row.recordings,
      cell: (row) => row.recordings,
    },
    {
      id: 'custodian',
      title: title.custodian,
      spare: true,
      text: (row) => row.custodian.name,
      cell: (row) => row.custodian.name,
    },
    {
      id: 'changed',
      title: title.changed,
      align: 'end',
      text: ({ changedAt }) => new Date(changedAt).toISOString(),
      order: ({ changedAt }) => -changedAt,
      cell: ({ changedAt }) => <Age at={changedAt} />,
    },
  ]
  return (
    <DataTable
      caption={text.title}
      columns={columns}
      rows={rows}
      id={({ id }) => id}
      fileName="casos"
      onOpen={({ id }) => onOpen(id)}
    />
  )
}
