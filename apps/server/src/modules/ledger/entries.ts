import type { CustodyEntry, ledgerOperations, ReplyOf } from '@sereno/contracts'
import { type Field, fromHex, type Opening, openFields, toHex } from '@sereno/proof'
import type { Static } from 'typebox'
import type { Actor } from '../../kernel/actor.ts'
import { standardFields } from './entry.ts'
import type { SaltedValues } from './store.ts'
import type { StoredEntry } from './store-entries.ts'
import { mayOpen } from './visibility.ts'

export type LedgerEntry = ReplyOf<(typeof ledgerOperations)['GET /ledger/entries']>['entries'][number]

/** How an entry is shown beside the thing it speaks of. */
export function custodyEntry(entry: StoredEntry, publishedSize: number): Static<typeof CustodyEntry> {
  const values = plainValues(entry.fields)
  const standard: ReadonlySet<string> = new Set(standardFields)
  return {
    id: entry.id,
    index: entry.index,
    kind: values?.get('kind') ?? entry.coarse,
    at: instantOf(entry, values),
    who: values?.get('whoName') ?? '',
    role: values?.get('role') ?? null,
    purpose: values?.get('purpose') ?? null,
    policy: values?.get('policy') ?? null,
    allowed: values?.get('allowed') !== 'false',
    details:
      values === null ? { opening: 'lost' } : Object.fromEntries([...values].filter(([name]) => !standard.has(name))),
    state: entry.index === null ? 'committed' : entry.index < publishedSize ? 'published' : 'sequenced',
  }
}

/** How a reader of the whole ledger sees an entry: `fields` null when it is not theirs to open, or is lost. */
export function ledgerEntry(entry: StoredEntry, actor: Actor): LedgerEntry {
  const values = mayOpen(actor, entry.coarse) ? plainValues(entry.fields) : null
  return {
    id: entry.id,
    index: entry.index,
    kind: values?.get('kind') ?? entry.coarse,
    at: instantOf(entry, plainValues(entry.fields)),
    leafHash: toHex(entry.hash),
    fields: values === null ? null : Object.fromEntries(values),
  }
}

/** The openings that prove an entry's fields, or null when they are lost. */
export async function openingsOf(fields: SaltedValues | null): Promise<readonly Opening[] | null> {
  return fields === null ? null : openFields(fieldsOf(fields))
}

export function fieldsOf(fields: SaltedValues): readonly Field[] {
  return Object.entries(fields).map(([name, [value, salt]]) => ({
    name,
    value,
    salt: fromHex(salt) ?? new Uint8Array(0),
  }))
}

function plainValues(fields: SaltedValues | null): ReadonlyMap<string, string> | null {
  return fields === null ? null : new Map(Object.entries(fields).map(([name, [value]]) => [name, value]))
}

// A lost opening takes its instant with it; the id (UUIDv7) still says when this database first had the leaf.
function instantOf(entry: StoredEntry, values: ReadonlyMap<string, string> | null): number {
  const at = Number(values?.get('at'))
  return Number.isSafeInteger(at) ? at : Number.parseInt(entry.id.replaceAll('-', '').slice(0, 12), 16)
}
