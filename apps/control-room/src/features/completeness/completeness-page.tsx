import { useQuery } from '@tanstack/react-query'
import type { ReactElement } from 'react'
import { Failure } from '../../api/failure.tsx'
import { asked } from '../../api/queries.ts'
import { AsOf } from '../../shell/as-of.tsx'
import page from '../../shell/page.module.css'
import css from './completeness.module.css'
import { CountsPart } from './counts-part.tsx'
import { GapsPart } from './gaps-part.tsx'
import { MissingPart } from './missing-part.tsx'
import { ReportPart } from './report-part.tsx'
import { StoragePart } from './storage-part.tsx'
import { useCompletenessText } from './text.ts'

const againMs = 20_000

/** Whether anything is missing: numbers, objects, recordings, cameras, room. */
export function CompletenessPage(): ReactElement {
  const text = useCompletenessText()
  const found = useQuery({ ...asked('GET /completeness', {}), refetchInterval: againMs })
  return (
    <main className={page.page}>
      <div className={page.head}>
        <h1>{text.title}</h1>
        <p>{text.what}</p>
        {found.data === undefined ? null : (
          <p>
            <AsOf arrivedAt={found.dataUpdatedAt} limitMs={2 * againMs} />
          </p>
        )}
        <div className={page.tools}>
          <a className={page.link} href="/open/completeness.json" download>
            {text.publicFile}
          </a>
        </div>
      </div>
      {found.data === undefined ? (
        <div className={page.notice} role="status">
          {found.error === null ? text.loading : <Failure error={found.error} />}
        </div>
      ) : (
        <div className={css.body}>
          <div className={css.column}>
            <GapsPart gaps={found.data.gaps} graceMs={found.data.graceMs} />
            <MissingPart missing={found.data.missing} />
          </div>
          <div className={css.column}>
            <ReportPart overview={found.data} />
            <StoragePart storage={found.data.storage} mayChange={found.data.may.includes('purchase.write')} />
            <CountsPart counts={found.data.counts} mayAdd={found.data.may.includes('purchase.write')} />
          </div>
        </div>
      )}
    </main>
  )
}
