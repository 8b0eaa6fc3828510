import { bytes, percent } from '@sereno/text'
import { Age, type Column, DataTable, Icon, useLanguage } from '@sereno/ui'
import type { ReactElement } from 'react'
import page from '../../shell/page.module.css'
import type { Intake } from './intake.ts'
import { useIntakeText } from './text.ts'

type Upload = Intake['uploads'][number]
const heardLimitMs = 60_000

/** Files on their way; what stands still, or does not add up, carries a triangle. */
export function UploadTable({ intake }: { readonly intake: Intake }): ReactElement {
  const text = useIntakeText()
  const language = useLanguage()
  const share = ({ receivedBytes, sizeBytes }: Upload): number =>
    sizeBytes === 0 ? 100 : Math.floor((receivedBytes / sizeBytes) * 100)
  const columns: readonly Column<Upload>[] = [
    {
      id: 'file',
      title: text.file,
      text: ({ name }) => name,
      cell: ({ name }) => <span className={page.strong}>{name}</span>,
    },
    {
      id: 'state',
      title: text.state,
      text: ({ state }) => text.states[state],
      order: share,
      cell: (row) => (
        <span className={page.state}>
          {row.state === 'refused' ? <Icon name="warning" size="s" /> : null}
          {row.state === 'receiving' ? (
            <progress max={100} value={share(row)} aria-label={text.progress(percent(share(row), language))} />
          ) : null}
          {row.state === 'receiving' ? percent(share(row), language) : text.states[row.state]}
        </span>
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
    { id: 'dock', title: text.dock, text: ({ dock }) => dock.code, cell: ({ dock }) => dock.code },
    {
      id: 'heard',
      title: text.heard,
      align: 'end',
      text: ({ heardAt }) => new Date(heardAt).toISOString(),
      order: ({ heardAt }) => -heardAt,
      cell: ({ heardAt, state }) => <Age at={heardAt} {...(state === 'receiving' ? { limitMs: heardLimitMs } : {})} />,
    },
  ]
  return (
    <DataTable
      caption={text.uploads}
      columns={columns}
      rows={intake.uploads}
      id={({ id }) => id}
      fileName="ingreso"
      tools={
        intake.copies.waiting === 0 ? null : (
          <span className={page.soft}>
            {intake.copies.possible ? text.copies(intake.copies.waiting) : text.noFfmpeg}
          </span>
        )
      }
    />
  )
}
