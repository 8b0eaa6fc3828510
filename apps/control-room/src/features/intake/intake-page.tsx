import { Button } from '@sereno/ui'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { type ReactElement, useState } from 'react'
import { Failure } from '../../api/failure.tsx'
import { asked } from '../../api/queries.ts'
import page from '../../shell/page.module.css'
import { AxisDialog } from './axis-dialog.tsx'
import { ConnectionTable } from './connection-table.tsx'
import type { Intake } from './intake.ts'
import { SourceTable } from './source-table.tsx'
import { useIntakeText } from './text.ts'
import { UnreadableTable } from './unreadable-table.tsx'
import { UploadTable } from './upload-table.tsx'

const refreshMs = 5_000

/** What comes in from other people's cameras, and what of it needs a person. */
export function IntakePage(): ReactElement {
  const text = useIntakeText()
  const { list } = useSearch({ from: '/intake' })
  const navigate = useNavigate({ from: '/intake' })
  const [connecting, setConnecting] = useState(false)
  const intake = useQuery({ ...asked('GET /intake', {}), refetchInterval: refreshMs })
  const shown = intake.data
  const tabs = ['uploads', 'sources', 'unreadable', 'connections'] as const
  const current = list ?? 'uploads'
  const waiting = shown?.sources.filter(({ state }) => state === 'unmatched').length ?? 0
  const counts = {
    uploads: shown?.uploads.length ?? 0,
    sources: waiting,
    unreadable: shown?.unreadable.length ?? 0,
    connections: shown?.connections.length ?? 0,
  }
  return (
    <main className={page.page} style={{ gridTemplateRows: 'auto auto minmax(0, 1fr)' }}>
      <div className={page.head}>
        <h1>{text.title}</h1>
        <p role="status">{shown === undefined ? `${text.loading}…` : text.count(counts.uploads, waiting)}</p>
        <div className={page.tools}>
          {shown?.may.includes('intake.connect') === true ? (
            <Button look="go" icon="link" onPress={() => setConnecting(true)}>
              {text.connect}
            </Button>
          ) : null}
        </div>
      </div>
      <nav className={page.tabs} aria-label={text.lists}>
        {tabs.map((tab) => (
          <button
            key={tab}
            type="button"
            aria-pressed={tab === current}
            onClick={() => void navigate({ search: tab === 'uploads' ? {} : { list: tab } })}
          >
            {text[tab]}
            {counts[tab] === 0 ? null : <span className={page.faint}> {counts[tab]}</span>}
          </button>
        ))}
      </nav>
      <div style={{ display: 'grid', minBlockSize: 0, gridTemplateRows: 'auto minmax(0, 1fr)' }}>
        <Failure error={intake.error} />
        {shown === undefined ? <span /> : <List name={current} intake={shown} />}
      </div>
      {connecting ? <AxisDialog onClose={() => setConnecting(false)} /> : null}
    </main>
  )
}

function List({
  name,
  intake,
}: {
  readonly name: 'uploads' | 'sources' | 'unreadable' | 'connections'
  readonly intake: Intake
}): ReactElement {
  const text = useIntakeText()
  const rows = intake[name]
  if (rows.length === 0) {
    const words = {
      uploads: [text.noUploads, text.noUploadsWhy],
      sources: [text.noSources, text.noSourcesWhy],
      unreadable: [text.noUnreadable, text.noUnreadableWhy],
      connections: [text.noConnections, text.noConnectionsWhy],
    } as const
    return (
      <div className={page.notice}>
        <h2>{words[name][0]}</h2>
        <p>{words[name][1]}</p>
        {intake.copies.possible ? null : <p>{text.noFfmpeg}</p>}
      </div>
    )
  }
  switch (name) {
    case 'uploads':
      return <UploadTable intake={intake} />
    case 'sources':
      return <SourceTable intake={intake} />
    case 'unreadable':
      return <UnreadableTable files={intake.unreadable} />
    case 'connections':
      return <ConnectionTable intake={intake} />
  }
}
