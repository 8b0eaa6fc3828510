import { number } from '@sereno/text'
import { Age, Button, useLanguage } from '@sereno/ui'
import { useQuery } from '@tanstack/react-query'
import { type ReactElement, useState } from 'react'
import type { Reply } from '../../api/api.ts'
import { Failure } from '../../api/failure.tsx'
import page from '../../shell/page.module.css'
import { VerifierLink } from '../verify/index.ts'
import { AuthorityDialog } from './authority-dialog.tsx'
import css from './ledger.module.css'
import { QuorumDialog } from './quorum-dialog.tsx'
import { RemovalDialog } from './removal-dialog.tsx'
import { useLedgerText } from './text.ts'
import { WitnessChanges } from './witness-changes.tsx'
import { WitnessDialog } from './witness-dialog.tsx'
import { witnessingAsked } from './witnessing.ts'

type Witnessing = Reply<'GET /ledger/witnessing'>
type Removal = { readonly operation: 'POST /ledger/witnesses/:id/removal' | 'POST /ledger/authorities/:id/removal' } & {
  readonly id: string
  readonly name: string
}

/** Who outside watches the log, and whose clocks vouch for it: what stands beside the entries while none is chosen. */
export function WitnessPane(): ReactElement {
  const text = useLedgerText()
  const words = text.witnessing
  const language = useLanguage()
  const found = useQuery(witnessingAsked)
  const [open, setOpen] = useState<'witness' | 'quorum' | 'authority' | null>(null)
  const [removal, setRemoval] = useState<Removal | null>(null)
  const { data } = found
  const close = (): void => {
    setOpen(null)
    setRemoval(null)
  }
  return (
    <aside className={page.pane} aria-label={words.title}>
      <p className={page.faint}>{text.choose}</p>
      <p className={page.soft}>{text.what}</p>
      <Failure error={found.error} />
      {data === undefined ? null : (
        <>
          <section className={css.watch}>
            <h2>{words.title}</h2>
            <p className={page.soft}>{sentenceOf(data, words)}</p>
            <WitnessList witnessing={data} onRemove={setRemoval} />
            {data.mayChange ? (
              <div className={page.row}>
                <Button onPress={() => setOpen('witness')}>{words.add}</Button>
                {data.quorum === 0 ? null : <Button onPress={() => setOpen('quorum')}>{words.quorumForm.title}</Button>}
              </div>
            ) : null}
          </section>
          <WitnessChanges heading={words.changes.title} />
          <section className={css.watch}>
            <h2>{words.stamps}</h2>
            <p className={page.soft}>
              {data.authorities.length === 0
                ? words.noAuthority
                : words.stampCounts(number(data.stamps.held, language), data.stamps.waiting)}
            </p>
            {data.stamps.expiring > 0 ? <p className={css.problem}>{words.expiring(data.stamps.expiring)}</p> : null}
            <AuthorityList witnessing={data} onRemove={setRemoval} />
            {data.mayChange ? <Button onPress={() => setOpen('authority')}>{words.addAuthority}</Button> : null}
          </section>
        </>
      )}
      <section className={css.watch}>
        <h2>{text.verifier}</h2>
        <VerifierLink />
      </section>
      {open === 'witness' ? <WitnessDialog onClose={close} /> : null}
      {open === 'quorum' ? <QuorumDialog now={data?.quorumWanted ?? 2} onClose={close} /> : null}
      {open === 'authority' ? <AuthorityDialog onClose={close} /> : null}
      {removal === null ? null : <RemovalDialog {...removal} onClose={close} />}
    </aside>
  )
}

type Words = ReturnType<typeof useLedgerText>['witnessing']
type ListProps = { readonly witnessing: Witnessing; readonly onRemove: (removal: Removal) => void }

function sentenceOf({ witnesses, quorum }: Witnessing, words: Words): string {
  if (witnesses.length === 0) {
    return words.none
  }
  return quorum === 0 ? words.tooFew : words.quorum(quorum)
}

function WitnessList({ witnessing, onRemove }: ListProps): ReactElement | null {
  const words = useLedgerText().witnessing
  if (witnessing.witnesses.length === 0) {
    return null
  }
  const operation = 'POST /ledger/witnesses/:id/removal'
  return (
    <ul className={css.people}>
      {witnessing.witnesses.map(({ id, name, municipal, cosignedAt, problem }) => (
        <li key={id}>
          <span className={page.strong}>{name}</span>
          {municipal ? <span className={page.faint}>{words.municipal}</span> : null}
          <span className={page.soft}>
            {cosignedAt === null ? (
              words.never
            ) : (
              <>
                {words.cosigned} <Age at={cosignedAt} />
              </>
            )}
          </span>
          {problem === null ? null : <span className={css.problem}>{words.problem(problem)}</span>}
          {witnessing.mayChange ? (
            <Button look="quiet" onPress={() => onRemove({ operation, id, name })} label={words.removeWho(name)}>
              {words.remove}
            </Button>
          ) : null}
        </li>
      ))}
    </ul>
  )
}

function AuthorityList({ witnessing, onRemove }: ListProps): ReactElement | null {
  const words = useLedgerText().witnessing
  if (witnessing.authorities.length === 0) {
    return null
  }
  const operation = 'POST /ledger/authorities/:id/removal'
  return (
    <ul className={css.people}>
      {witnessing.authorities.map(({ id, name, stampedAt, problem }) => (
        <li key={id}>
          <span className={page.strong}>{name}</span>
          <span className={page.soft}>
            {stampedAt === null ? (
              words.neverStamped
            ) : (
              <>
                {words.stamped} <Age at={stampedAt} />
              </>
            )}
          </span>
          {problem === null ? null : <span className={css.problem}>{words.problem(problem)}</span>}
          {witnessing.mayChange ? (
            <Button look="quiet" onPress={() => onRemove({ operation, id, name })} label={words.removeWho(name)}>
              {words.remove}
            </Button>
          ) : null}
        </li>
      ))}
    </ul>
  )
}
