import { dateAndTime, kindName } from '@sereno/text'
import { Icon, useLanguage } from '@sereno/ui'
import { useQuery } from '@tanstack/react-query'
import type { ReactElement } from 'react'
import type { LedgerEntry } from '../../api/api.ts'
import { Failure } from '../../api/failure.tsx'
import { asked } from '../../api/queries.ts'
import { bringIntoView } from '../../shell/bring-into-view.ts'
import page from '../../shell/page.module.css'
import { useTimeZone } from '../../shell/session.ts'
import { checkProof } from './check-proof.ts'
import css from './ledger.module.css'
import { useLedgerText } from './text.ts'

/** One entry: what was opened to the reader, and its proof, computed again in this window. */
export function EntryPane({ entry }: { readonly entry: LedgerEntry }): ReactElement {
  const text = useLedgerText()
  const language = useLanguage()
  const zone = useTimeZone()
  return (
    <aside ref={bringIntoView} className={page.pane} aria-label={kindName(entry.kind, language)} data-region="entry">
      <div>
        <h2>{kindName(entry.kind, language)}</h2>
        <p className={page.soft}>{dateAndTime(entry.at, zone, language)}</p>
      </div>
      <section>
        <h3>{text.fields}</h3>
        {entry.fields === null ? (
          <p className={page.soft}>{text.hidden}</p>
        ) : (
          <dl className={page.facts}>
            {Object.entries(entry.fields).map(([name, value]) => (
              <FieldRow key={name} name={name} value={value} />
            ))}
          </dl>
        )}
      </section>
      <ProofSection entry={entry} />
    </aside>
  )
}

const FieldRow = ({ name, value }: { readonly name: string; readonly value: string }): ReactElement => (
  <>
    <dt>
      <code>{name}</code>
    </dt>
    <dd>{value}</dd>
  </>
)

function ProofSection({ entry }: { readonly entry: LedgerEntry }): ReactElement {
  const text = useLedgerText()
  const proof = useQuery(asked('GET /ledger/entries/:id/proof', { params: { id: entry.id } }))
  const holds = useQuery({
    queryKey: ['proof-holds', proof.data],
    enabled: proof.data !== undefined,
    queryFn: () => (proof.data === undefined ? false : checkProof(proof.data)),
  })
  return (
    <section className={page.form}>
      <h3>{text.proof}</h3>
      <p className={page.soft}>{text.proofWhy}</p>
      <Failure error={proof.error} />
      {proof.data === undefined ? null : (
        <>
          <p className={css.result} role="status">
            <Icon
              name={holds.data === undefined ? 'later' : holds.data ? 'verify' : 'denied'}
              tone={holds.data === false ? 'critical' : 'ok'}
            />
            <b>{holds.data === undefined ? text.checking : holds.data ? text.holds : text.fails}</b>
          </p>
          <div className={css.path}>
            <span>
              {text.leaf} {proof.data.index}: {proof.data.leafHash}
            </span>
            {proof.data.proof.map((node) => (
              <span key={node}>
                {text.node}: {node}
              </span>
            ))}
          </div>
          <pre className={css.note}>{proof.data.checkpoint}</pre>
        </>
      )}
    </section>
  )
}
