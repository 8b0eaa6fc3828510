import { kindName, number } from '@sereno/text'
import { Age, Button, Field, Select, useLanguage, useLive } from '@sereno/ui'
import { infiniteQueryOptions, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import type { ReactElement } from 'react'
import { call } from '../../api/call.ts'
import { Failure } from '../../api/failure.tsx'
import page from '../../shell/page.module.css'
import { useSession } from '../../shell/session.ts'
import { DelayNotice } from './delay-notice.tsx'
import { EntryPane } from './entry-pane.tsx'
import { EntryTable } from './entry-table.tsx'
import { knownKinds } from './kinds.ts'
import css from './ledger.module.css'
import { type LedgerSearch, ledgerSearch } from './search.ts'
import { useLedgerText } from './text.ts'
import { WitnessPane } from './witness-pane.tsx'
import { witnessingAsked } from './witnessing.ts'

const entryPages = ({ kind, subject }: LedgerSearch) =>
  infiniteQueryOptions({
    queryKey: ['GET /ledger/entries', { kind, subject }],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      call(
        'GET /ledger/entries',
        {
          query: {
            limit: 100,
            ...(kind === undefined ? {} : { kind }),
            ...(subject === undefined ? {} : { subject }),
            ...(pageParam === null ? {} : { cursor: pageParam }),
          },
        },
        signal,
      ),
    getNextPageParam: ({ next }) => next,
    refetchInterval: 60_000,
  })

/** The log as people read it: deeds, newest first, each with its content and its proof. */
export function LedgerPage(): ReactElement {
  const text = useLedgerText()
  const language = useLanguage()
  const search = useSearch({ from: '/ledger' })
  const navigate = useNavigate({ from: '/ledger' })
  const checkpointAt = useLive(useSession().live.room.checkpointAt)
  const found = useInfiniteQuery(entryPages(search))
  const entries = found.data?.pages.flatMap((one) => one.entries) ?? []
  const set = (change: LedgerSearch): void =>
    void navigate({ search: ledgerSearch({ ...search, ...change }), replace: true })
  const witnessing = useQuery(witnessingAsked)
  const chosen = entries.find(({ id }) => id === search.entry)
  return (
    <main className={page.page} style={{ gridTemplateRows: 'auto auto minmax(0, 1fr)' }}>
      <div className={page.head}>
        <h1>{text.title}</h1>
        <p>
          {found.data === undefined ? '' : text.size(number(found.data.pages[0]?.size ?? 0, language))}
          {checkpointAt === null ? null : (
            <>
              {' '}
              · {text.checkpoint} <Age at={checkpointAt} />
            </>
          )}
        </p>
        <p className={page.tools}>
          <a className={page.link} href="/log/checkpoint">
            {text.raw}
          </a>
        </p>
      </div>
      <div className={css.top}>
        {witnessing.data === undefined ? null : <DelayNotice witnessing={witnessing.data} />}
        <div className={css.filters}>
          <Select
            label={text.kind}
            empty={text.any}
            value={search.kind ?? ''}
            onChange={(kind) => set({ kind })}
            options={knownKinds.map((kind) => ({ value: kind, label: kindName(kind, language) }))}
          />
          <Field
            label={text.subject}
            value={search.subject ?? ''}
            onChange={(subject) => set({ subject })}
            placeholder={text.subjectHint}
            maxLength={100}
          />
          <Button
            look="quiet"
            onPress={() => void navigate({ search: {} })}
            disabled={search.kind === undefined && search.subject === undefined}
          >
            {text.clear}
          </Button>
          <Failure error={found.error} />
        </div>
      </div>
      <div className={page.panes}>
        {found.data !== undefined && entries.length === 0 ? (
          <p className={page.notice}>{text.empty}</p>
        ) : (
          <EntryTable
            entries={entries}
            current={search.entry ?? null}
            onOpen={(entry) => set({ entry })}
            more={
              found.hasNextPage ? (
                <Button onPress={() => void found.fetchNextPage()} busy={found.isFetchingNextPage}>
                  {text.more}
                </Button>
              ) : null
            }
          />
        )}
        {chosen === undefined ? <WitnessPane /> : <EntryPane key={chosen.id} entry={chosen} />}
      </div>
    </main>
  )
}
