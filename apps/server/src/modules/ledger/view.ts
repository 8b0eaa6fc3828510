import type { ledgerOperations, ReplyOf } from '@sereno/contracts'
import type { Db } from '../../kernel/database.ts'
import type { LedgerState, PublishedCheckpoint } from './door.ts'
import type { Pending } from './publish.ts'
import { quorumInForce } from './quorum.ts'
import { authoritiesOf, expiringStamps, stampCounts } from './stamp-store.ts'
import { renewBeforeMs } from './stamps.ts'
import type { Log } from './store.ts'
import { sizeOf } from './store-tree.ts'
import { changesOf, type WitnessChangeRow } from './witness-change-store.ts'
import { cosignersOf, quorumSetting, witnessesSeen } from './witness-store.ts'
import { wishOf } from './witness-wish.ts'

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
    readonly mayDecide: (row: WitnessChangeRow) => string[]
  },
): Promise<Witnessing> {
  const { municipality } = log
  const { newest, pending } = about
  const changes = await changesOf(db, municipality)
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
    changes: changes.map((row) => ({ ...changeView(row), may: about.mayDecide(row) })),
    authorities: authorities.map(({ id, name, url, stampedAt, problem }) => ({ id, name, url, stampedAt, problem })),
    stamps: { waiting: counts.waiting, held: counts.held, expiring: expiring.length, newestAt: counts.newestAt },
    mayChange: about.mayChange,
  }
}

function changeView(row: WitnessChangeRow): Omit<Witnessing['changes'][number], 'may'> {
  const wish = wishOf(row)
  return {
    id: row.id,
    number: row.number,
    kind: wish.kind,
    name: wish.kind === 'quorum' ? null : wish.name,
    municipal: wish.kind === 'quorum' ? false : wish.municipal,
    quorum: wish.kind === 'quorum' ? { from: wish.before, to: wish.quorum } : null,
    vkeys: wish.kind === 'add' ? [...wish.vkeys] : [],
    reason: row.reason,
    weakening: row.weakening,
    state: row.state,
    proposedBy: row.proposed_name,
    proposedAt: row.proposed_at,
    decidedBy: row.decided_name,
    decidedAt: row.decided_at,
    inForceAt: row.in_force_at,
    seenBy: row.seen_name,
    seenAt: row.seen_at,
  }
}

/** What strangers may know: no addresses of witnesses, nothing about who may change what. */
export function publicStatus({ mayChange: _, witnesses, authorities, changes, ...rest }: Witnessing) {
  return {
    ...rest,
    // Who of the municipality asked and agreed is in the entries, opened to whoever is entitled; that two did is not hidden.
    changes: changes.map(({ number, kind, name, municipal, quorum, vkeys, weakening, state, ...when }) => ({
      ...{ number, kind, name, municipal, quorum, vkeys, weakening, state },
      proposedAt: when.proposedAt,
      decidedAt: when.decidedAt,
      inForceAt: when.inForceAt,
      seenByOverseerAt: when.seenAt,
    })),
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
