import { bytes, longDate, number, shortDate } from '@sereno/text'
import { Button, type Column, DataTable, Icon, now, useLanguage } from '@sereno/ui'
import { infiniteQueryOptions, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import type { ReactElement } from 'react'
import type { Reply } from '../../api/api.ts'
import { call } from '../../api/call.ts'
import { Failure } from '../../api/failure.tsx'
import { asked } from '../../api/queries.ts'
import page from '../../shell/page.module.css'
import { useTimeZone } from '../../shell/session.ts'
import { RecordingLink } from './recording-link.tsx'
import css from './retention.module.css'
import { useRetentionText } from './text.ts'

type Leaving = Reply<'GET /retention/leaving'>['recordings'][number]

const pages = infiniteQueryOptions({
  queryKey: ['GET /retention/leaving'],
  initialPageParam: null as string | null,
  queryFn: ({ pageParam, signal }) =>
    call(
      'GET /retention/leaving',
      { query: { limit: 100, ...(pageParam === null ? {} : { cursor: pageParam }) } },
      signal,
    ),
  getNextPageParam: ({ next }) => next,
  refetchInterval: 20_000,
})

/** Recordings in the order in which they leave, and the days on which they do. */
export function LeavingView(): ReactElement {
  const text = useRetentionText()
  const found = useInfiniteQuery(pages)
  const rows = found.data?.pages.flatMap(({ recordings }) => recordings) ?? []
  return (
    <div className={page.panes}>
      <div style={{ display: 'grid', minBlockSize: 0 }}>
        <Failure error={found.error} />
        {found.data === undefined ? (
          <p className={page.notice} role="status">
            {found.error === null ? text.loading : ''}
          </p>
        ) : rows.length === 0 ? (
          <div className={page.notice}>
            <h2>{text.leaving.empty}</h2>
            <p>{text.leaving.emptyNext}</p>
          </div>
        ) : (
          <LeavingTable
            rows={rows}
            more={
              found.hasNextPage ? (
                <Button onPress={() => void found.fetchNextPage()} busy={found.isFetchingNextPage}>
                  {text.leaving.more}
                </Button>
              ) : null
            }
          />
        )}
      </div>
      <Days />
    </div>
  )
}

function LeavingTable({ rows, more }: { readonly rows: readonly Leaving[]; readonly more: ReactElement | null }) {
  const text = useRetentionText()
  const language = useLanguage()
  const zone = useTimeZone()
  const columns: readonly Column<Leaving>[] = [
    {
      id: 'code',
      title: text.leaving.code,
      text: ({ code }) => code,
      cell: ({ recording, code }) => <RecordingLink id={recording} code={code} />,
    },
    {
      id: 'leaves',
      title: text.leaving.leaves,
      text: ({ leavesAt }) => (leavesAt === null ? '' : new Date(leavesAt).toISOString()),
      order: ({ leavesAt }) => leavesAt ?? Number.MAX_SAFE_INTEGER,
      cell: ({ leavesAt }) =>
        leavesAt === null ? (
          <span className={page.soft}>{text.leaving.noDate}</span>
        ) : (
          longDate(leavesAt - 1, zone, language)
        ),
    },
    {
      id: 'state',
      title: text.leaving.state,
      text: (row) => stateWords(row, text.leaving),
      cell: (row) => <State row={row} />,
    },
    {
      id: 'category',
      title: text.leaving.category,
      text: ({ category }) => text.category[category],
      spare: true,
      cell: ({ category }) => text.category[category],
    },
    {
      id: 'captured',
      title: text.leaving.captured,
      spare: true,
      text: ({ capturedAt }) => new Date(capturedAt).toISOString(),
      order: ({ capturedAt }) => capturedAt,
      cell: ({ capturedAt }) => shortDate(capturedAt, zone, language),
    },
    {
      id: 'device',
      title: text.leaving.device,
      spare: true,
      text: ({ device }) => device,
      cell: ({ device }) => device,
    },
    {
      id: 'size',
      title: text.leaving.size,
      align: 'end',
      spare: true,
      text: ({ sizeBytes }) => String(sizeBytes),
      order: ({ sizeBytes }) => sizeBytes,
      cell: ({ sizeBytes }) => bytes(sizeBytes, language),
    },
  ]
  return (
    <DataTable
      caption={text.tabs.leaving}
      columns={columns}
      rows={rows}
      id={({ recording }) => recording}
      fileName="conservacion"
      more={more}
    />
  )
}

const stateWords = (
  { held, frozen, leavesAt }: Leaving,
  words: { readonly held: string; readonly frozen: string; readonly due: string; readonly runs: string },
): string =>
  held ? words.held : frozen ? words.frozen : leavesAt !== null && leavesAt <= now() ? words.due : words.runs

function State({ row }: { readonly row: Leaving }): ReactElement {
  const words = useRetentionText().leaving
  const icon = row.held
    ? 'hold'
    : row.frozen
      ? 'hourglass'
      : row.leavesAt !== null && row.leavesAt <= now()
        ? 'clock'
        : 'later'
  return (
    <span className={`${page.state} ${icon === 'later' ? page.soft : ''}`}>
      <Icon name={icon} size="s" /> {stateWords(row, words)}
    </span>
  )
}

function Days(): ReactElement {
  const text = useRetentionText().days
  const language = useLanguage()
  const zone = useTimeZone()
  const days = useQuery(asked('GET /retention', {})).data?.days
  const most = Math.max(1, ...(days ?? []).map(({ recordings }) => recordings))
  return (
    <aside className={page.pane} aria-label={text.title}>
      <h2>{text.title}</h2>
      {days?.length === 0 ? <p className={page.soft}>{text.none}</p> : null}
      <ul className={css.days}>
        {(days ?? []).map(({ date, recordings, sizeBytes }) => (
          <li key={date} title={bytes(sizeBytes, language)}>
            {/* At this hour it is the same date in the Americas and in Europe. */}
            <span>{shortDate(Date.parse(`${date}T17:00:00Z`), zone, language)}</span>
            <span className={css.bar} style={{ inlineSize: `${Math.max(4, (100 * recordings) / most)}%` }} />
            <span>{text.recordings(number(recordings, language))}</span>
          </li>
        ))}
      </ul>
    </aside>
  )
}
