import { kindName, names, number, when } from '@sereno/text'
import { type Column, DataTable, now, useLanguage } from '@sereno/ui'
import type { ReactElement, ReactNode } from 'react'
import type { LedgerEntry } from '../../api/api.ts'
import page from '../../shell/page.module.css'
import { useTimeZone } from '../../shell/session.ts'
import { useLedgerText } from './text.ts'

type EntryTableProps = {
  readonly entries: readonly LedgerEntry[]
  readonly current: string | null
  readonly onOpen: (entry: string) => void
  readonly more: ReactNode
}

export function EntryTable({ entries, current, onOpen, more }: EntryTableProps): ReactElement {
  const text = useLedgerText()
  const language = useLanguage()
  const zone = useTimeZone()
  const purposes = names(language).purpose as Readonly<Record<string, string>>
  const field = (name: string) => (entry: LedgerEntry) => entry.fields?.[name] ?? ''
  const columns: readonly Column<LedgerEntry>[] = [
    {
      id: 'index',
      title: text.index,
      align: 'end',
      text: ({ index }) => (index === null ? '' : String(index)),
      order: ({ index }) => index ?? Number.MAX_SAFE_INTEGER,
      cell: ({ index }) => <code>{index === null ? text.pending : number(index, language)}</code>,
    },
    {
      id: 'at',
      title: text.at,
      text: ({ at }) => new Date(at).toISOString(),
      order: ({ at }) => at,
      cell: ({ at }) => when(at, now(), zone, language),
    },
    {
      id: 'kind',
      title: text.kind,
      text: ({ kind }) => kindName(kind, language),
      cell: ({ id, kind, fields }) => (
        <button type="button" className="plain-link" onClick={() => onOpen(id)}>
          {fields?.allowed === 'false' ? `${text.denied}: ` : ''}
          {kindName(kind, language)}
        </button>
      ),
    },
    {
      id: 'who',
      title: text.who,
      text: field('whoName'),
      cell: (entry) =>
        entry.fields === null ? <span className={page.faint}>{text.hidden}</span> : field('whoName')(entry),
    },
    {
      id: 'purpose',
      title: text.purpose,
      spare: true,
      text: field('purpose'),
      cell: (entry) => purposes[field('purpose')(entry)] ?? field('purpose')(entry),
    },
    {
      id: 'policy',
      title: text.policy,
      spare: true,
      text: field('policy'),
      cell: (entry) => <code>{field('policy')(entry)}</code>,
    },
  ]
  return (
    <DataTable
      caption={text.title}
      columns={columns}
      rows={entries}
      id={({ id }) => id}
      fileName="libro"
      current={current}
      onOpen={({ id }) => onOpen(id)}
      more={more}
    />
  )
}
