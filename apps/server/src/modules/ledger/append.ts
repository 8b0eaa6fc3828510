import { commitFields, encodeLeaf, type Field, leafHash, toHex } from '@sereno/proof'
import type { Db } from '../../kernel/database.ts'
import type { Ids } from '../../kernel/ids.ts'
import { type NewEntry, salted, valuesOf } from './entry.ts'
import type { SaltedValues } from './store.ts'
import { insertEntry } from './store-entries.ts'

/**
 * Commits an entry with the transaction of the action it records (I-3). No effect outside that transaction: a crash
 * before its commit leaves neither action nor entry, a crash after leaves both, and the sequencer finds the entry
 * waiting. Costs one statement.
 */
export async function appendEntry(
  tx: Db,
  entry: NewEntry,
  given: { readonly nowMs: number; readonly ids: Ids },
): Promise<{ readonly id: string; readonly leafHash: Uint8Array }> {
  const values = valuesOf(entry, given.nowMs)
  const fields = salted(values, given.ids.bytes)
  const bytes = encodeLeaf({
    version: 1,
    kind: entry.coarse,
    municipality: entry.municipality,
    root: await commitFields(fields),
  })
  const id = given.ids.uuid()
  const hash = await leafHash(bytes)
  await insertEntry(tx, {
    id,
    municipality: entry.municipality,
    coarse: entry.coarse,
    bytes,
    hash,
    kind: entry.kind,
    happenedAt: entry.at ?? given.nowMs,
    fields: storedFields(fields),
    subjects: entry.subjects,
  })
  return { id, leafHash: hash }
}

function storedFields(fields: readonly Field[]): SaltedValues {
  return Object.fromEntries(fields.map(({ name, value, salt }) => [name, [value, toHex(salt)]] as const))
}
