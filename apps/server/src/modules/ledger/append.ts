import { encodeLeaf, type Field, toHex } from '@sereno/proof'
import type { Db } from '../../kernel/database.ts'
import type { Ids } from '../../kernel/ids.ts'
import { type NewEntry, salted, valuesOf } from './entry.ts'
import type { SaltedValues } from './store.ts'
import { type EntryRow, insertEntries } from './store-entries.ts'
import { commitNow, leafHashNow } from './tree-hash.ts'

type Given = { readonly nowMs: number; readonly ids: Ids }
export type Appended = { readonly id: string; readonly leafHash: Uint8Array }

/**
 * Commits entries with the transaction of the actions they record (I-3). No effect outside that transaction: a crash
 * before its commit leaves neither actions nor entries, a crash after leaves both, and the sequencer finds the entries
 * waiting. Costs one statement, however many they are; answers in their order.
 */
export async function appendEntries(tx: Db, entries: readonly NewEntry[], given: Given): Promise<readonly Appended[]> {
  const rows = entries.map((entry) => rowOf(entry, given))
  await insertEntries(tx, rows)
  return rows.map(appended)
}

/** One of {@link appendEntries}. */
export async function appendEntry(tx: Db, entry: NewEntry, given: Given): Promise<Appended> {
  const row = rowOf(entry, given)
  await insertEntries(tx, [row])
  return appended(row)
}

const appended = ({ id, hash }: EntryRow): Appended => ({ id, leafHash: hash })

function rowOf(entry: NewEntry, { nowMs, ids }: Given): EntryRow {
  const { coarse, municipality, kind, subjects } = entry
  const fields = salted(valuesOf(entry, nowMs), ids.bytes)
  const bytes = encodeLeaf({ version: 1, kind: coarse, municipality, root: commitNow(fields) })
  return {
    id: ids.uuid(),
    municipality,
    coarse,
    bytes,
    hash: leafHashNow(bytes),
    kind,
    happenedAt: entry.at ?? nowMs,
    fields: stored(fields),
    subjects,
  }
}

function stored(fields: readonly Field[]): SaltedValues {
  return Object.fromEntries(fields.map(({ name, value, salt }) => [name, [value, toHex(salt)]] as const))
}
