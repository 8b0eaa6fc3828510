import { decodeLeaf, encodeContinuation, inclusionProof, toHex } from '@sereno/proof'
import type { Db } from '../../kernel/database.ts'
import { openingsOf } from './entries.ts'
import { storedNodes } from './frontier.ts'
import { type Log, newestStored } from './store.ts'
import { entryById } from './store-entries.ts'
import { leavesBetween } from './store-tree.ts'

/** The last entry of a log that another one continues, for everybody who follows it; null where there is none. */
export async function continuationOf(db: Db, log: Log): Promise<string | null> {
  return openedAt(db, log, 'ledger.closed', (size) => size - 1)
}

/** The first entry of a log that continues another one: it commits to where that one ended. */
export async function beginningOf(db: Db, log: Log): Promise<string | null> {
  return openedAt(db, log, 'ledger.continued', () => 0)
}

async function openedAt(db: Db, log: Log, kind: string, placeIn: (size: number) => number): Promise<string | null> {
  const newest = await newestStored(db, log)
  if (newest === null) {
    return null
  }
  const { size, note } = newest
  const [leaf] = await leavesBetween(db, log, placeIn(size), 1)
  const entry = leaf === undefined ? null : await entryById(db, leaf.id)
  const openings = entry === null ? null : await openingsOf(entry.fields)
  const decoded = leaf === undefined ? null : decodeLeaf(leaf.bytes)
  const isIt = openings?.some(({ name, value }) => name === 'kind' && value === kind) === true
  if (openings === null || decoded?.ok !== true || !isIt) {
    return null
  }
  const proof = await inclusionProof(storedNodes(db, log, size), placeIn(size), size)
  return encodeContinuation({ format: 1, leaf: decoded.value, openings, proof: proof.map(toHex), checkpoint: note })
}
