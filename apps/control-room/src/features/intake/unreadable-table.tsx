import { bytes } from '@sereno/text'
import { Age, type Column, DataTable, useLanguage } from '@sereno/ui'
import { Link } from '@tanstack/react-router'
import type { ReactElement } from 'react'
import page from '../../shell/page.module.css'
import type { Intake } from './intake.ts'
import { useIntakeText } from './text.ts'

type Unreadable = Intake['unreadable'][number]

/** Kept whole, understood by nobody here. */
export function UnreadableTable({ files }: { readonly files: Intake['unreadable'] }): ReactElement {
  const text = useIntakeText()
  const language = useLanguage()
  const columns: readonly Column<Unreadable>[] = [
    {
      id: 'file',
      title: text.file,
      text: ({ name }) => name,
      cell: ({ name }) => <span className={page.strong}>{name}</span>,
    },
    {
      id: 'code',
      title: text.code,
      text: ({ code }) => code,
      cell: ({ recording, code }) => (
        <Link to="/recordings/$id" params={{ id: recording }} className={page.link}>
          {code}
        </Link>
      ),
    },
    {
      id: 'size',
      title: text.size,
      align: 'end',
      text: ({ sizeBytes }) => String(sizeBytes),
      order: ({ sizeBytes }) => sizeBytes,
      cell: ({ sizeBytes }) => bytes(sizeBytes, language),
    },
    {
      id: 'hash',
      title: text.hash,
      spare: true,
      text: ({ sha256 }) => sha256,
      cell: ({ sha256 }) => <code title={sha256}>{sha256.slice(0, 16)}…</code>,
    },
    {
      id: 'received',
      title: text.received,
      align: 'end',
      text: ({ receivedAt }) => new Date(receivedAt).toISOString(),
      order: ({ receivedAt }) => -receivedAt,
      cell: ({ receivedAt }) => <Age at={receivedAt} />,
    },
  ]
  return (
    <DataTable
      caption={text.unreadable}
      columns={columns}
      rows={files}
      id={({ recording, sequence }) => `${recording}/${sequence}`}
      fileName="ilegibles"
    />
  )
}
