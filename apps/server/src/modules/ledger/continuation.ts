import { decodeLeaf, encodeContinuation, inclusionProof, toHex } from '@sereno/proof'
import type { Db } from '../../kernel/database.ts'
import { openingsOf } from './entries.ts'
import { storedNodes } from './frontier.ts'
import { type Log, newestStored } from './store.ts'
import { entryById } from './store-entries.ts'
import { leavesBetween } from './store-tree.ts'

/** The last entry of a log that another one continues, for everybody who follows it; null while it grows. */
export async function continuationOf(db: Db, log: Log): Promise<string | null> {
  const last = await newestStored(db, log)
  const [leaf] = last === null ? [] : await leavesBetween(db, log, last.size - 1, 1)
  const entry = leaf === undefined ? null : await entryById(db, leaf.id)
  const openings = entry === null ? null : await openingsOf(entry.fields)
  const decoded = leaf === undefined ? null : decodeLeaf(leaf.bytes)
  if (last === null || openings === null || decoded?.ok !== true) {
    return null
  }
  const proof = await inclusionProof(storedNodes(db, log, last.size), last.size - 1, last.size)
  return encodeContinuation({
    format: 1,
    leaf: decoded.value,
    openings,
    proof: proof.map(toHex),
    checkpoint: last.note,
  })
}
