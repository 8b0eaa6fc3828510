import { when } from '@sereno/text'
import { Button, Icon, now, useLanguage } from '@sereno/ui'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { type ReactElement, useState } from 'react'
import type { CasePage as Page } from '../../api/api.ts'
import { Failure } from '../../api/failure.tsx'
import { asked } from '../../api/queries.ts'
import page from '../../shell/page.module.css'
import { useTimeZone } from '../../shell/session.ts'
import { CaseDialog } from './case-dialog.tsx'
import css from './cases.module.css'
import { ClockSection } from './clock-section.tsx'
import { CopiesSection } from './copies-section.tsx'
import type { CaseDeed } from './deed.ts'
import { HandOverSection } from './hand-over-section.tsx'
import { LiveSection } from './live-section.tsx'
import { NotesSection } from './notes-section.tsx'
import { PeopleSection } from './people-section.tsx'
import { RecordingsSection } from './recordings-section.tsx'
import { ShareSection } from './share-section.tsx'
import { useCasesText } from './text.ts'
import { Timeline } from './timeline.tsx'

const preparingMs = 2_000

/** One case: left what is in it and its one history, right the clock, the hand-overs and who else sees it. */
export function CasePage(): ReactElement {
  const text = useCasesText()
  const { id } = useParams({ from: '/cases/$id' })
  const file = useQuery({
    ...asked('GET /cases/:id', { params: { id } }),
    refetchInterval: ({ state }) =>
      state.data?.handOvers.some((one) => one.state === 'preparing') === true ? preparingMs : 60_000,
  })
  if (file.data === undefined) {
    return (
      <main className={page.notice}>
        <p>{file.error === null ? `${text.loading}…` : null}</p>
        <Failure error={file.error} />
      </main>
    )
  }
  return <Whole key={id} file={file.data} />
}

function Whole({ file }: { readonly file: Page }): ReactElement {
  const [deed, setDeed] = useState<CaseDeed | null>(null)
  return (
    <main className={css.page}>
      <Head file={file} onDeed={setDeed} />
      <div className={css.main} data-region="case">
        <RecordingsSection file={file} onDeed={setDeed} />
        <CopiesSection file={file} />
        <PeopleSection file={file} onDeed={setDeed} />
        <NotesSection file={file} onDeed={setDeed} />
        <Timeline items={file.timeline} />
      </div>
      <aside className={css.side} data-region="custody">
        <ClockSection file={file} onDeed={setDeed} />
        <HandOverSection file={file} onDeed={setDeed} />
        <ShareSection file={file} onDeed={setDeed} />
        <LiveSection file={file} onDeed={setDeed} />
      </aside>
      {deed === null ? null : <CaseDialog file={file} deed={deed} onClose={() => setDeed(null)} />}
    </main>
  )
}

type HeadProps = { readonly file: Page; readonly onDeed: (deed: CaseDeed) => void }

function Head({ file, onDeed }: HeadProps): ReactElement {
  const text = useCasesText()
  const language = useLanguage()
  const zone = useTimeZone()
  const { case: one, may } = file
  const isOpen = one.state === 'open'
  return (
    <header className={css.head}>
      <div>
        <h1>
          {one.code} · {one.title}
        </h1>
        <p className={css.meta}>
          <span className={page.state}>
            <Icon name={isOpen ? 'folder' : 'ok'} size="s" tone={isOpen ? 'info' : 'stale'} />
            {text.states[one.state]}
          </span>
          <span>{text.kinds[one.kind]}</span>
          <span>{text.openedAt(when(one.openedAt, now(), zone, language))}</span>
          <span>
            {text.custodian}: {one.custodian.name}
          </span>
          {one.tags.map((tag) => (
            <span key={tag}>#{tag}</span>
          ))}
        </p>
        {file.summary === null ? null : <p className={css.soft}>{file.summary}</p>}
        {file.mergedFrom.length === 0 ? null : (
          <p className={css.soft}>
            {text.mergedFrom}{' '}
            {file.mergedFrom.map(({ id, code }) => (
              <Link key={id} to="/cases/$id" params={{ id }} className={page.link}>
                {code}
              </Link>
            ))}
          </p>
        )}
        {one.mergedInto === null ? null : (
          <p className={css.note}>
            <Link to="/cases/$id" params={{ id: one.mergedInto.id }}>
              {text.mergedNote(one.mergedInto.code)}
            </Link>
          </p>
        )}
        {one.state === 'closed' ? (
          <p className={css.note}>
            {text.closedNote}: {file.closedBecause}
          </p>
        ) : null}
      </div>
      <div className={css.deeds}>
        {may.includes('case.write') && isOpen ? (
          <Button onPress={() => onDeed({ name: 'edit' })}>{text.fate.edit}</Button>
        ) : null}
        {may.includes('case.manage') && isOpen ? (
          <>
            <Button onPress={() => onDeed({ name: 'merge' })}>{text.fate.merge}</Button>
            <Button onPress={() => onDeed({ name: 'transfer' })}>{text.fate.transfer}</Button>
            <Button onPress={() => onDeed({ name: 'close' })}>{text.fate.close}</Button>
          </>
        ) : null}
        {may.includes('case.manage') && one.state === 'closed' ? (
          <Button look="go" onPress={() => onDeed({ name: 'reopen' })}>
            {text.fate.reopen}
          </Button>
        ) : null}
      </div>
    </header>
  )
}
