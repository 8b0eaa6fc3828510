import { Refusal } from '../../kernel/errors.ts'
import type { Log as Lines } from '../../kernel/log.ts'
import type { LedgerState } from './door.ts'
import type { Log } from './store.ts'

const refusalOf = {
  behind: 'ledger.behind',
  forked: 'ledger.forked',
  missing: 'ledger.missing',
  rewritten: 'ledger.rewritten',
} as const

/** What each log's database was last found to be. What a comparison of all rows found stays until one finds nothing. */
export type States = {
  readonly of: (municipality: string) => LedgerState
  /** By each publication, against the signer's last checkpoint. */
  readonly published: (log: Log, state: LedgerState) => void
  /** By a comparison of every row. */
  readonly compared: (log: Log, state: LedgerState, detail: string | null) => void
  /** Throws the refusal that names what is wrong. */
  readonly demandFollowing: (municipality: string) => void
}

export function createStates(lines: Lines): States {
  const bySigner = new Map<string, LedgerState>()
  const byRows = new Map<string, LedgerState>()

  function stateOf(municipality: string): LedgerState {
    const rows = byRows.get(municipality) ?? 'following'
    return rows === 'following' ? (bySigner.get(municipality) ?? 'following') : rows
  }

  function change(log: Log, into: Map<string, LedgerState>, state: LedgerState, detail: string | null): void {
    const before = stateOf(log.municipality)
    into.set(log.municipality, state)
    const now = stateOf(log.municipality)
    if (now !== before) {
      lines[now === 'following' ? 'info' : 'fatal'](
        { origin: log.origin, state: now, detail },
        'ledger: compared with what was signed',
      )
    }
  }

  return {
    of: stateOf,
    published: (log, state) => change(log, bySigner, state, null),
    compared: (log, state, detail) => change(log, byRows, state, detail),
    demandFollowing(municipality) {
      const state = stateOf(municipality)
      if (state !== 'following') {
        throw new Refusal(refusalOf[state])
      }
    },
  }
}
