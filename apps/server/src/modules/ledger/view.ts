import type { ledgerOperations, ReplyOf } from '@sereno/contracts'
import type { Db } from '../../kernel/database.ts'
import type { LedgerState, PublishedCheckpoint } from './door.ts'
import type { Pending } from './publish.ts'
import { quorumInForce } from './quorum.ts'
import { authoritiesOf, expiringStamps, stampCounts } from './stamp-store.ts'
import { renewBeforeMs } from './stamps.ts'
import type { Log } from './store.ts'
import { sizeOf } from './store-tree.ts'
import { cosignersOf, quorumSetting, witnessesSeen } from './witness-store.ts'

export type Witnessing = ReplyOf<(typeof ledgerOperations)['GET /ledger/witnessing']>

/** Everything about publication that the ledger page and the public status show. */
export async function witnessingOf(
  db: Db,
  log: Log,
  about: {
    readonly vkeys: readonly string[]
    readonly state: LedgerState
    readonly newest: PublishedCheckpoint | null
    readonly pending: Pending | null
    readonly nowMs: number
    readonly mayChange: boolean
  },
): Promise<Witnessing> {
  const { municipality } = log
  const { newest, pending } = about
  const [seen, wanted, authorities, counts, expiring, size, cosigners] = await Promise.all([
    witnessesSeen(db, log),
    quorumSetting(db, municipality),
    authoritiesOf(db, municipality),
    stampCounts(db, municipality),
    expiringStamps(db, municipality, about.nowMs + renewBeforeMs),
    sizeOf(db, log),
    pending === null ? new Set<string>() : cosignersOf(db, log, pending.size),
  ])
  return {
    origin: log.origin,
    vkeys: [...about.vkeys],
    state: about.state,
    size,
    published: newest === null ? null : { size: newest.size, at: newest.publishedAt },
    waiting: pending === null ? null : { size: pending.size, since: pending.sinceMs, cosigned: cosigners.size },
    quorum: quorumInForce(wanted, seen),
    quorumWanted: wanted,
    witnesses: seen.map(({ id, name, vkeys, url, municipal, cosignedAt, cosignedSize, problem }) => ({
      id,
      name,
      vkeys: [...vkeys],
      url,
      municipal,
      cosignedAt,
      cosignedSize,
      problem,
    })),
    authorities: authorities.map(({ id, name, url, stampedAt, problem }) => ({ id, name, url, stampedAt, problem })),
    stamps: { waiting: counts.waiting, held: counts.held, expiring: expiring.length, newestAt: counts.newestAt },
    mayChange: about.mayChange,
  }
}

/** What strangers may know: no addresses of witnesses, nothing about who may change what. */
export function publicStatus({ mayChange: _, witnesses, authorities, ...rest }: Witnessing) {
  return {
    ...rest,
    witnesses: witnesses.map(({ name, vkeys, municipal, cosignedAt, cosignedSize }) => ({
      name,
      vkeys,
      municipal,
      cosignedAt,
      cosignedSize,
    })),
    authorities: authorities.map(({ name, stampedAt }) => ({ name, stampedAt })),
  }
}
