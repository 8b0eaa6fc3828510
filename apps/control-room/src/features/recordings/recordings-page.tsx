import { number } from '@sereno/text'
import { Button, useLanguage, useText } from '@sereno/ui'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import type { ReactElement } from 'react'
import { Failure } from '../../api/failure.tsx'
import page from '../../shell/page.module.css'
import { useTimeZone } from '../../shell/session.ts'
import { recordingPages, recordingsQuery } from './queries.ts'
import { RecordingFilters } from './recording-filters.tsx'
import { RecordingTable } from './recording-table.tsx'
import css from './recordings.module.css'
import { recordingsEn } from './text.en.ts'
import { recordingsEs } from './text.es.ts'

/** Find a recording by who, what, where, when and state. */
export function RecordingsPage(): ReactElement {
  const text = useText({ es: recordingsEs, en: recordingsEn })
  const language = useLanguage()
  const zone = useTimeZone()
  const search = useSearch({ from: '/recordings' })
  const navigate = useNavigate({ from: '/recordings' })
  const found = useInfiniteQuery(recordingPages(recordingsQuery(search, zone)))
  const rows = found.data?.pages.flatMap(({ recordings }) => recordings) ?? []
  const total = number(found.data?.pages[0]?.total ?? rows.length, language)
  const filtered = Object.keys(search).length > 0
  return (
    <main className={css.page}>
      <RecordingFilters search={search} onChange={(next) => void navigate({ search: next, replace: true })} />
      <div className={css.results}>
        <div className={page.head}>
          <h1>{text.title}</h1>
          <p role="status">{found.data === undefined ? `${text.loading}…` : text.found(total)}</p>
        </div>
        <Failure error={found.error} />
        {found.data !== undefined && rows.length === 0 ? (
          <div className={page.notice}>
            <h2>{filtered ? text.empty : text.none}</h2>
            <p>{filtered ? text.emptyWhy : text.noneWhy}</p>
          </div>
        ) : (
          <RecordingTable
            rows={rows}
            onOpen={(id) => void navigate({ to: '/recordings/$id', params: { id } })}
            more={
              found.hasNextPage ? (
                <>
                  <Button onPress={() => void found.fetchNextPage()} busy={found.isFetchingNextPage}>
                    {text.more}
                  </Button>
                  <span>{text.shown(rows.length, total)}</span>
                </>
              ) : null
            }
          />
        )}
      </div>
    </main>
  )
}
