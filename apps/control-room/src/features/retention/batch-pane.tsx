import { dateAndTime, number } from '@sereno/text'
import { useLanguage } from '@sereno/ui'
import { useQuery } from '@tanstack/react-query'
import { type ReactElement, useState } from 'react'
import { Failure } from '../../api/failure.tsx'
import { asked } from '../../api/queries.ts'
import { bringIntoView } from '../../shell/bring-into-view.ts'
import page from '../../shell/page.module.css'
import { useTimeZone } from '../../shell/session.ts'
import { BatchDeeds } from './batch-deeds.tsx'
import { BatchItems } from './batch-items.tsx'
import { useRetentionText } from './text.ts'
import type { Batch } from './words.ts'

/** One batch: who decided what, its recordings, and what the reader may do now. */
export function BatchPane({ id }: { readonly id: string }): ReactElement {
  const text = useRetentionText()
  const found = useQuery({ ...asked('GET /retention/batches/:id', { params: { id } }), refetchInterval: 5_000 })
  const [left, setLeft] = useState<Readonly<Record<string, string>>>({})
  if (found.data === undefined) {
    return (
      <aside className={page.pane} role="status">
        <Failure error={found.error} />
        {found.error === null ? text.loading : null}
      </aside>
    )
  }
  const { batch, items } = found.data
  const reviewing = batch.state === 'proposed' && batch.may.includes('destruction.review')
  return (
    <aside
      ref={bringIntoView}
      className={page.pane}
      data-region="batch"
      aria-label={`${text.batches.number} ${batch.number}`}
    >
      <h2>
        {text.batches.number} {batch.number}: {text.batches.states[batch.state]}
      </h2>
      <BatchFacts batch={batch} />
      <BatchDeeds batch={batch} left={left} />
      <BatchItems items={items} left={left} onLeave={reviewing ? setLeft : null} />
    </aside>
  )
}

function BatchFacts({ batch }: { readonly batch: Batch }): ReactElement {
  const text = useRetentionText().batches
  const language = useLanguage()
  const zone = useTimeZone()
  const at = (ms: number): string => dateAndTime(ms, zone, language)
  const facts: readonly (readonly [string, string | null])[] = [
    [text.proposed, at(batch.proposedAt)],
    [text.schedule, batch.schedule],
    [text.reviewedBy, batch.reviewed === null ? null : `${batch.reviewed.name}, ${at(batch.reviewed.at)}`],
    [text.approvedBy, batch.approved === null ? null : `${batch.approved.name}, ${at(batch.approved.at)}`],
    [text.stoppedBy, batch.stopped === null ? null : `${batch.stopped.name}: ${batch.stopped.reason}`],
    [text.runs, batch.runsAt === null ? null : at(batch.runsAt)],
    [
      text.states.done,
      batch.destroyed === 0
        ? null
        : text.progress(number(batch.destroyed, language), number(batch.recordings, language)),
    ],
    [text.erased, batch.acta === null ? null : at(batch.acta.erasedAt)],
    [text.final, batch.acta === null ? null : at(batch.acta.finalAt)],
  ]
  return (
    <>
      <dl className={page.facts}>
        {facts.map(([name, value]) =>
          value === null ? null : (
            <div key={name} style={{ display: 'contents' }}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ),
        )}
      </dl>
      {batch.acta === null ? null : (
        <p className={page.row}>
          <a className={page.link} href={batch.acta.url} download={`${batch.acta.number}.pdf`}>
            {text.download} {batch.acta.number}
          </a>
          <a className={page.link} href={batch.acta.url.replace(/pdf$/, 'json')} download={`${batch.acta.number}.json`}>
            {text.signature}
          </a>
          <code className={page.faint}>sha-256 {batch.acta.sha256.slice(0, 16)}…</code>
        </p>
      )}
    </>
  )
}
