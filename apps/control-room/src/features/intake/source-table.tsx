import { Age, Button, type Column, DataTable } from '@sereno/ui'
import { type ReactElement, useState } from 'react'
import page from '../../shell/page.module.css'
import css from './intake.module.css'
import type { Intake, Source } from './intake.ts'
import { MatchDialog } from './match-dialog.tsx'
import { useIntakeText } from './text.ts'

/** Cameras and people as others name them; those that nobody has recognised yet come first. */
export function SourceTable({ intake }: { readonly intake: Intake }): ReactElement {
  const text = useIntakeText()
  const [chosen, setChosen] = useState<Source | null>(null)
  const mayMatch = intake.may.includes('intake.match')
  const ours = ({ state, device, officer }: Source): string =>
    state === 'matched'
      ? [device?.code, officer === null ? null : `${officer.code} ${officer.name}`].filter(Boolean).join(' · ')
      : text.sourceStates[state]
  const columns: readonly Column<Source>[] = [
    {
      id: 'name',
      title: text.name,
      text: ({ name }) => name,
      cell: ({ name }) => <span className={`${page.strong} ${css.name}`}>{name}</span>,
    },
    { id: 'kind', title: text.kind, text: ({ kind }) => text.kinds[kind], cell: ({ kind }) => text.kinds[kind] },
    {
      id: 'ours',
      title: text.ours,
      text: ours,
      cell: (row) =>
        row.state === 'unmatched' && mayMatch ? (
          <Button onPress={() => setChosen(row)}>{text.match}</Button>
        ) : (
          <span className={row.state === 'matched' ? undefined : page.faint}>{ours(row)}</span>
        ),
    },
    {
      id: 'recordings',
      title: text.recordings,
      align: 'end',
      spare: true,
      text: ({ recordings }) => String(recordings),
      order: ({ recordings }) => recordings,
      cell: ({ recordings }) => recordings,
    },
    { id: 'system', title: text.system, spare: true, text: ({ system }) => system, cell: ({ system }) => system },
    {
      id: 'model',
      title: text.model,
      spare: true,
      text: ({ model }) => model ?? '',
      cell: ({ model }) => model ?? text.none,
    },
    {
      id: 'seen',
      title: text.seen,
      align: 'end',
      spare: true,
      text: ({ seenAt }) => new Date(seenAt).toISOString(),
      order: ({ seenAt }) => -seenAt,
      cell: ({ seenAt }) => <Age at={seenAt} />,
    },
  ]
  return (
    <>
      <DataTable
        caption={text.sources}
        columns={columns}
        rows={intake.sources}
        id={({ id }) => id}
        fileName="por-reconocer"
        {...(mayMatch ? { onOpen: setChosen } : {})}
      />
      {chosen === null ? null : <MatchDialog source={chosen} onClose={() => setChosen(null)} />}
    </>
  )
}
