import { Age, Button, type Column, DataTable, Dialog } from '@sereno/ui'
import { useMutation } from '@tanstack/react-query'
import { type ReactElement, useState } from 'react'
import { call } from '../../api/call.ts'
import { Failure } from '../../api/failure.tsx'
import { changed } from '../../api/queries.ts'
import page from '../../shell/page.module.css'
import type { Intake } from './intake.ts'
import { useIntakeText } from './text.ts'

type Connection = Intake['connections'][number]

export function ConnectionTable({ intake }: { readonly intake: Intake }): ReactElement {
  const text = useIntakeText()
  const [ending, setEnding] = useState<Connection | null>(null)
  const mayEnd = intake.may.includes('intake.connect')
  const columns: readonly Column<Connection>[] = [
    {
      id: 'site',
      title: text.site,
      wraps: true,
      text: ({ siteName }) => siteName,
      cell: ({ siteName, wantsEncryption }) => (
        <>
          <span className={page.strong}>{siteName}</span>
          {wantsEncryption ? <span className={page.faint}> {text.encrypted}</span> : null}
        </>
      ),
    },
    {
      id: 'system',
      title: text.system,
      wraps: true,
      text: ({ system }) => system ?? '',
      cell: ({ system }) => system ?? text.none,
    },
    {
      id: 'recordings',
      title: text.recordings,
      align: 'end',
      text: ({ recordings }) => String(recordings),
      order: ({ recordings }) => recordings,
      cell: ({ recordings }) => recordings,
    },
    {
      id: 'heard',
      title: text.lastHeard,
      align: 'end',
      spare: true,
      text: ({ heardAt }) => (heardAt === null ? '' : new Date(heardAt).toISOString()),
      order: ({ heardAt }) => -(heardAt ?? 0),
      cell: ({ heardAt }) => <Age at={heardAt} />,
    },
    { id: 'user', title: text.user, spare: true, text: ({ userName }) => userName, cell: ({ userName }) => userName },
    {
      id: 'end',
      title: text.end,
      align: 'end',
      text: () => '',
      cell: (row) => (mayEnd ? <Button onPress={() => setEnding(row)}>{text.end}</Button> : null),
    },
  ]
  return (
    <>
      <DataTable
        caption={text.connections}
        columns={columns}
        rows={intake.connections}
        id={({ id }) => id}
        fileName="sistemas"
      />
      {ending === null ? null : <EndDialog connection={ending} onClose={() => setEnding(null)} />}
    </>
  )
}

function EndDialog({
  connection,
  onClose,
}: {
  readonly connection: Connection
  readonly onClose: () => void
}): ReactElement {
  const text = useIntakeText()
  const end = useMutation({
    mutationFn: () => call('POST /intake/connections/:id/end', { params: { id: connection.id } }),
    onSuccess: () => {
      onClose()
      return changed('GET /intake')
    },
  })
  return (
    <Dialog title={text.endTitle(connection.siteName)} open onClose={onClose}>
      <div className={page.form}>
        <p className={page.soft}>{text.endWhy}</p>
        <Failure error={end.error} />
        <div className={page.row}>
          <Button look="go" busy={end.isPending} onPress={() => end.mutate()}>
            {text.end}
          </Button>
          <Button onPress={onClose}>{text.cancel}</Button>
        </div>
      </div>
    </Dialog>
  )
}
