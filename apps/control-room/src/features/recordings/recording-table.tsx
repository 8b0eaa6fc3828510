import { bytes, names, stopwatch, when } from '@sereno/text'
import { type Column, DataTable, now, useLanguage, useText } from '@sereno/ui'
import { Link } from '@tanstack/react-router'
import type { ReactElement, ReactNode } from 'react'
import type { Recording } from '../../api/api.ts'
import page from '../../shell/page.module.css'
import { useTimeZone } from '../../shell/session.ts'
import { RecordingStateMark } from './recording-state.tsx'
import { recordingsEn } from './text.en.ts'
import { recordingsEs } from './text.es.ts'

type RecordingTableProps = {
  readonly rows: readonly Recording[]
  readonly onOpen: (id: string) => void
  readonly more: ReactNode
}

export function RecordingTable({ rows, onOpen, more }: RecordingTableProps): ReactElement {
  const text = useText({ es: recordingsEs, en: recordingsEn })
  const language = useLanguage()
  const zone = useTimeZone()
  const words = names(language)
  const columns: readonly Column<Recording>[] = [
    {
      id: 'code',
      title: text.code,
      text: ({ code }) => code,
      cell: ({ id, code }) => (
        <Link to="/recordings/$id" params={{ id }} className={`${page.link} ${page.strong}`}>
          {code}
        </Link>
      ),
    },
    {
      id: 'start',
      title: text.start,
      text: ({ startedAt }) => new Date(startedAt).toISOString(),
      order: ({ startedAt }) => startedAt,
      cell: ({ startedAt }) => when(startedAt, now(), zone, language),
    },
    {
      id: 'officer',
      title: text.officer,
      text: ({ officer }) => (officer === null ? '' : `${officer.code} ${officer.name}`),
      cell: ({ officer }) => (officer === null ? text.nobody : `${officer.code} ${officer.name}`),
    },
    {
      id: 'state',
      title: text.state,
      text: ({ state }) => words.recordingState[state],
      cell: (recording) => <RecordingStateMark recording={recording} />,
    },
    {
      id: 'length',
      title: text.length,
      align: 'end',
      text: ({ durationMs }) => stopwatch(durationMs),
      order: ({ durationMs }) => durationMs,
      cell: ({ durationMs }) => stopwatch(durationMs),
    },
    {
      id: 'category',
      title: text.category,
      spare: true,
      text: ({ category }) => (category === null ? '' : words.category[category]),
      cell: ({ category }) =>
        category === null ? <span className={page.faint}>{text.noCategory}</span> : words.category[category],
    },
    {
      id: 'quadrant',
      title: text.quadrant,
      spare: true,
      text: ({ quadrant }) => quadrant?.code ?? '',
      cell: ({ quadrant }) => quadrant?.code ?? '–',
    },
    {
      id: 'device',
      title: text.device,
      spare: true,
      text: ({ device }) => device.code,
      cell: ({ device }) => device.code,
    },
    {
      id: 'segments',
      title: text.segments,
      spare: true,
      align: 'end',
      text: ({ segments }) => String(segments),
      order: ({ segments }) => segments,
      cell: ({ segments }) => segments,
    },
    {
      id: 'size',
      title: text.size,
      spare: true,
      align: 'end',
      text: ({ sizeBytes }) => String(sizeBytes),
      order: ({ sizeBytes }) => sizeBytes,
      cell: ({ sizeBytes }) => bytes(sizeBytes, language),
    },
  ]
  return (
    <DataTable
      caption={text.title}
      columns={columns}
      rows={rows}
      id={({ id }) => id}
      fileName="grabaciones"
      onOpen={({ id }) => onOpen(id)}
      more={more}
    />
  )
}
