import { Button, Field, Select } from '@sereno/ui'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { type ReactElement, useState } from 'react'
import { call } from '../../api/call.ts'
import { Failure } from '../../api/failure.tsx'
import page from '../../shell/page.module.css'
import { useMay } from '../../shell/session.ts'
import { CaseTable } from './case-table.tsx'
import css from './cases.module.css'
import { OpenDialog } from './open-dialog.tsx'
import type { CasesSearch } from './search.ts'
import { useCasesText } from './text.ts'

const pageSize = 100

/** Every case the reader may know of, the newest step first. */
export function CasesPage(): ReactElement {
  const text = useCasesText()
  const search = useSearch({ from: '/cases' })
  const navigate = useNavigate({ from: '/cases' })
  const [opening, setOpening] = useState(false)
  const mayOpen = useMay('case.write')
  const found = useInfiniteQuery({
    queryKey: ['GET /cases', search],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      call(
        'GET /cases',
        { query: { ...search, limit: pageSize, ...(pageParam === null ? {} : { cursor: pageParam }) } },
        signal,
      ),
    getNextPageParam: ({ next }) => next,
    refetchInterval: 60_000,
  })
  const rows = found.data?.pages.flatMap(({ cases }) => cases) ?? []
  const filtered = Object.keys(search).length > 0
  const look = (next: CasesSearch): void => void navigate({ search: next, replace: true })
  return (
    <main className={css.list}>
      <div className={page.head}>
        <h1>{text.title}</h1>
        <p role="status">{found.data === undefined ? `${text.loading}…` : text.count(rows.length)}</p>
        <div className={page.tools}>
          {mayOpen ? (
            <Button look="go" icon="folder" onPress={() => setOpening(true)}>
              {text.open}
            </Button>
          ) : null}
        </div>
      </div>
      <search className={css.filters}>
        <Field
          label={text.find}
          type="search"
          value={search.text ?? ''}
          onChange={(value) =>
            look({
              ...(value === '' ? {} : { text: value }),
              ...(search.state === undefined ? {} : { state: search.state }),
            })
          }
        />
        <Select
          label={text.state}
          value={search.state ?? ''}
          empty={text.any}
          options={(['open', 'closed', 'merged'] as const).map((value) => ({ value, label: text.states[value] }))}
          onChange={(value) =>
            look({
              ...(search.text === undefined ? {} : { text: search.text }),
              ...(value === '' ? {} : { state: value as NonNullable<CasesSearch['state']> }),
            })
          }
        />
      </search>
      <div className={css.table}>
        <Failure error={found.error} />
        {found.data !== undefined && rows.length === 0 ? (
          <div className={page.notice}>
            <h2>{filtered ? text.empty : text.none}</h2>
            <p>{filtered ? text.emptyWhy : text.noneWhy}</p>
          </div>
        ) : (
          <CaseTable rows={rows} onOpen={(id) => void navigate({ to: '/cases/$id', params: { id } })} />
        )}
        {found.hasNextPage ? (
          <div className={page.row}>
            <Button onPress={() => void found.fetchNextPage()} busy={found.isFetchingNextPage}>
              {text.more}
            </Button>
          </div>
        ) : null}
      </div>
      {opening ? (
        <OpenDialog
          onClose={() => setOpening(false)}
          onOpened={(id) => void navigate({ to: '/cases/$id', params: { id } })}
        />
      ) : null}
    </main>
  )
}
