import { hash } from 'node:crypto'
import { emptyFrontier, encodeVkey, rootAt, toHex } from '@sereno/proof'
import { sql } from 'kysely'
import { systemActor } from '../../kernel/actor.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Database, Db } from '../../kernel/database.ts'
import { Unavailable } from '../../kernel/errors.ts'
import type { Ids } from '../../kernel/ids.ts'
import type { Signer } from '../../kernel/signer.ts'
import { appendEntry } from './append.ts'
import { extend, storedNodes } from './frontier.ts'
import { insertLog, type Log, lockLog, newestStored } from './store.ts'
import { insertNodes, leavesBetween, placeLeaves, sizeOf } from './store-tree.ts'

export type ContinueDeps = {
  readonly database: Database
  readonly signer: Signer
  readonly clock: Clock
  readonly ids: Ids
  readonly vkeys: (log: Log) => Promise<readonly string[]>
  /** Sequences and publishes everything committed. */
  readonly flush: () => Promise<void>
}

const batch = 500

/**
 * Continues a log under new keys and a new origin. Every entry keeps its proof: the new log holds, after a first entry that
 * commits to the old one's last checkpoint, all the old leaves in their order. The old log stays served.
 *
 *  1. the signer prepares the new keys                          crash: they wait
 *  2. the old log's last entry names the new origin and keys, and is published (with the quorum in force); the old keys
 *     are kept                                                  crash: an entry that came to nothing; begin again
 *  3. under both locks of the log: the signer closes it at exactly that checkpoint and exchanges its keys
 *                                                               crash: the log takes no checkpoint; the command again
 *                                                               goes on from here, towards the same new origin
 *  4. new log, first entry, all leaves: one transaction         crash before its commit: as 3; after: continued
 *
 * Entries that are committed meanwhile wait for the new log. Answers the new one.
 */
export async function continueLog(deps: ContinueDeps, log: Log): Promise<Log> {
  const { database, signer, clock, ids } = deps
  const closed = (await signer.lastCheckpoint(log.origin))?.next
  const next = { municipality: log.municipality, origin: closed ?? ids.uuid() }
  if (closed === undefined) {
    const keys = await signer.prepareLogKeys()
    const nextKeys = [
      await encodeVkey(next.origin, keys.log),
      await encodeVkey(next.origin, keys.logMlDsa, 'cosignature'),
    ]
    const own = await deps.vkeys(log)
    await database.transaction(async (tx) => {
      await keepKeys(tx, log, own, clock.nowMs())
      const fields = { nextOrigin: next.origin, nextKeys: nextKeys.join(' ') }
      await enter(deps, tx, log, 'ledger.closed', fields)
    })
    await deps.flush()
  }
  await database.transaction(async (tx) => {
    await lockLog(tx, log.municipality, 'sequence')
    await lockLog(tx, log.municipality, 'publish')
    const size = await sizeOf(tx, log)
    const last = await newestStored(tx, log)
    if (last === null || last.size !== size) {
      // Somebody's entry came between, or the witnesses have not answered yet: the command is given again.
      throw new Unavailable('publication')
    }
    const root = await rootAt(storedNodes(tx, log, size), size)
    await signer.continueLog({ origin: log.origin, size, root, next: next.origin })
    await insertLog(tx, next, clock.nowMs())
    const entry = await enter(deps, tx, log, 'ledger.continued', {
      previousOrigin: log.origin,
      previousSize: String(size),
      previousRoot: toHex(root),
      previousCheckpoint: hash('sha256', last.note),
    })
    await copyLeaves(tx, log, next, { id: entry.id, hash: entry.leafHash }, size)
    await sql`insert into log_succession (municipality, predecessor, successor, size, root, entry)
      values (${log.municipality}, ${log.origin}, ${next.origin}, ${size}, ${root}, ${entry.id})`.execute(tx)
  })
  return next
}

async function copyLeaves(
  tx: Db,
  from: Log,
  to: Log,
  first: { readonly id: string; readonly hash: Uint8Array },
  size: number,
): Promise<void> {
  let grown = extend(emptyFrontier, [first.hash])
  await placeLeaves(tx, to, 0, [first])
  for (let index = 0; index < size; index += batch) {
    const leaves = await leavesBetween(tx, from, index, Math.min(batch, size - index))
    grown = extend(
      grown.frontier,
      leaves.map((leaf) => leaf.hash),
    )
    await placeLeaves(tx, to, index + 1, leaves)
    await insertNodes(tx, to, grown.nodes)
  }
}

async function enter(
  deps: ContinueDeps,
  tx: Db,
  { municipality, origin }: Log,
  kind: string,
  fields: Readonly<Record<string, string>>,
): Promise<{ readonly id: string; readonly leafHash: Uint8Array }> {
  const actor = systemActor(municipality)
  const subjects = [`log:${origin}`]
  const entry = { municipality, kind, coarse: 'installation' as const, subjects, actor, fields }
  return appendEntry(tx, entry, { nowMs: deps.clock.nowMs(), ids: deps.ids })
}

async function keepKeys(tx: Db, log: Log, vkeys: readonly string[], nowMs: number): Promise<void> {
  for (const vkey of vkeys) {
    await sql`insert into log_key (municipality, origin, vkey, added_at)
      values (${log.municipality}, ${log.origin}, ${vkey}, ${nowMs}) on conflict do nothing`.execute(tx)
  }
}
