import { Button } from '@sereno/ui'
import { useInfiniteQuery } from '@tanstack/react-query'
import type { ReactElement } from 'react'
import { call } from '../../api/call.ts'
import { Failure } from '../../api/failure.tsx'
import page from '../../shell/page.module.css'
import { useSession } from '../../shell/session.ts'
import css from './oversight.module.css'
import { useOversightText } from './text.ts'
import { ViewTable } from './view-table.tsx'

/** An officer reads who looked at them, without asking anybody. */
export function OwnViewsPage(): ReactElement {
  const all = useOversightText()
  const text = all.own
  const isJoined = useSession().me.account.officer !== null
  const found = useInfiniteQuery({
    queryKey: ['GET /me/views'],
    queryFn: ({ pageParam, signal }) =>
      call('GET /me/views', { query: pageParam === null ? {} : { cursor: pageParam } }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
  })
  const rows = found.data?.pages.flatMap(({ views }) => views) ?? []
  return (
    <main className={page.page}>
      <div className={page.head}>
        <h1>{text.title}</h1>
        <p>{text.what}</p>
      </div>
      <div className={css.body}>
        <Failure error={found.error} />
        {found.data === undefined ? (
          <p role="status">{found.error === null ? all.loading : ''}</p>
        ) : rows.length === 0 ? (
          <p className={page.soft}>
            {isJoined ? `${text.none} ${text.noneNext}` : `${text.notJoined} ${text.notJoinedNext}`}
          </p>
        ) : (
          <ViewTable
            caption={text.title}
            own
            views={rows}
            more={
              found.hasNextPage ? (
                <Button onPress={() => void found.fetchNextPage()} busy={found.isFetchingNextPage}>
                  {all.views.more}
                </Button>
              ) : null
            }
          />
        )}
      </div>
    </main>
  )
}
