import { Age, Icon } from '@sereno/ui'
import type { ReactElement } from 'react'
import type { Reply } from '../../api/api.ts'
import css from './ledger.module.css'
import { useLedgerText } from './text.ts'

type Witnessing = Reply<'GET /ledger/witnessing'>

/** Publication waits, or the ledger was found altered: in words, above everything else of the page. */
export function DelayNotice({ witnessing }: { readonly witnessing: Witnessing }): ReactElement | null {
  const text = useLedgerText().witnessing
  const { state, waiting, quorum } = witnessing
  if (state !== 'following') {
    return (
      <p className={css.delay} role="alert">
        <Icon name="warning" />
        <span>{text.states[state]}</span>
      </p>
    )
  }
  if (waiting === null || quorum === 0) {
    return null
  }
  return (
    <p className={css.delay} role="status">
      <Icon name="warning" />
      <span>
        {text.delayed(waiting.cosigned, quorum)} <Age at={waiting.since} />. {text.delayedNext}
      </span>
    </p>
  )
}
