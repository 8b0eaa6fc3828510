import { instantOf } from '@sereno/text'
import { Button } from '@sereno/ui'
import { useInfiniteQuery } from '@tanstack/react-query'
import type { ReactElement } from 'react'
import type { Given } from '../../api/api.ts'
import { call } from '../../api/call.ts'
import { Failure } from '../../api/failure.tsx'
import page from '../../shell/page.module.css'
import { useTimeZone } from '../../shell/session.ts'
import css from './oversight.module.css'
import type { OversightSearch } from './search.ts'
import { useOversightText } from './text.ts'
import { ViewFilters } from './view-filters.tsx'
import { ViewTable } from './view-table.tsx'

type Query = NonNullable<Given<'GET /views'>['query']>

/** The log of looks. Each reading is an entry, so nothing here is read again by itself. */
export function ViewsPart({ search }: { readonly search: OversightSearch }): ReactElement {
  const text = useOversightText()
  const query = queryOf(search, useTimeZone())
  const found = useInfiniteQuery({
    queryKey: ['GET /views', query],
    queryFn: ({ pageParam, signal }) =>
      call('GET /views', { query: { ...query, ...(pageParam === null ? {} : { cursor: pageParam }) } }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  })
  const rows = found.data?.pages.flatMap(({ views }) => views) ?? []
  const isFiltered = Object.keys(search).length > 1
  return (
    <section className={css.part}>
      <h2>{text.views.title}</h2>
      <p className={page.soft}>{text.views.note}</p>
      <ViewFilters key={JSON.stringify(search)} search={search} />
      <Failure error={found.error} />
      {found.data === undefined ? (
        <p role="status">{found.error === null ? text.loading : ''}</p>
      ) : rows.length === 0 ? (
        <p className={page.soft} role="status">
          {isFiltered ? `${text.views.empty} ${text.views.emptyNext}` : text.views.none}
        </p>
      ) : (
        <ViewTable
          caption={text.views.title}
          views={rows}
          more={
            found.hasNextPage ? (
              <Button onPress={() => void found.fetchNextPage()} busy={found.isFetchingNextPage}>
                {text.views.more}
              </Button>
            ) : null
          }
        />
      )}
    </section>
  )
}

function queryOf(search: OversightSearch, zone: string): Query {
  const from = search.from === undefined ? null : instantOf(search.from, zone)
  const to = search.to === undefined ? null : instantOf(search.to, zone)
  const { who, recording, officer, purpose, result } = search
  return {
    ...(who === undefined ? {} : { who }),
    ...(recording === undefined ? {} : { recording }),
    ...(officer === undefined ? {} : { officer }),
    ...(purpose === undefined ? {} : { purpose: purpose as NonNullable<Query['purpose']> }),
    ...(from === null ? {} : { from }),
    ...(to === null ? {} : { to }),
    ...(result === undefined ? {} : { allowed: result === 'allowed' }),
  }
}
