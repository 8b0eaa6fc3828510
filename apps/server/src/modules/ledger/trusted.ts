import { type Trust, toHex } from '@sereno/proof'
import type { Db } from '../../kernel/database.ts'
import { quorumInForce } from './quorum.ts'
import { certificatesOf } from './stamp-store.ts'
import { type Log, successions } from './store.ts'
import { activeWitnesses, quorumSetting } from './witness-store.ts'

/**
 * The ledger's part of the installation's trust file: what it says of itself. Only witnesses that are not municipal stand
 * in it; whoever verifies may hold another list, and theirs prevails.
 */
export async function trustedByLedger(
  db: Db,
  log: Log,
  vkeys: readonly string[],
): Promise<Pick<Trust, 'log' | 'witnesses' | 'quorum' | 'timeAuthorities' | 'previousLogs'>> {
  const active = await activeWitnesses(db, log.municipality)
  const quorum = quorumInForce(await quorumSetting(db, log.municipality), active)
  const authorities = await certificatesOf(db, log.municipality)
  const previous = await successions(db, log.municipality)
  return {
    log: { origin: log.origin, keys: [...vkeys] },
    witnesses: active.filter(({ municipal }) => !municipal).map(({ name, vkeys: keys }) => ({ name, keys: [...keys] })),
    ...(quorum === 0 ? {} : { quorum }),
    ...(authorities.length === 0 ? {} : { timeAuthorities: authorities.map((authority) => ({ ...authority })) }),
    ...(previous.length === 0
      ? {}
      : {
          previousLogs: previous.map(({ predecessor, keys, size, root }) => ({
            origin: predecessor,
            keys: [...keys],
            size,
            root: toHex(root),
          })),
        }),
  }
}
