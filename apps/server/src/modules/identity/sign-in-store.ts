import type { Selectable } from 'kysely'
import type { Db } from '../../kernel/database.ts'
import type { IdentityTables } from './store.ts'
import type { Attempts } from './throttle.ts'

const tables = (db: Db) => db.withTables<IdentityTables>()

// Links

export async function insertLink(tx: Db, row: IdentityTables['sign_in_link']): Promise<void> {
  await tables(tx).insertInto('sign_in_link').values(row).execute()
}

/** The link under lock: two redemptions come one after the other. */
export async function lockLink(tx: Db, hash: Uint8Array): Promise<Selectable<IdentityTables['sign_in_link']> | null> {
  const row = await tables(tx)
    .selectFrom('sign_in_link')
    .selectAll()
    .where('token_hash', '=', hash)
    .forUpdate()
    .executeTakeFirst()
  return row ?? null
}

export async function useLink(tx: Db, hash: Uint8Array, nowMs: number): Promise<void> {
  await tables(tx).updateTable('sign_in_link').set({ used_at: nowMs }).where('token_hash', '=', hash).execute()
}

export async function countWrongCode(tx: Db, hash: Uint8Array): Promise<void> {
  await tables(tx)
    .updateTable('sign_in_link')
    .set((eb) => ({ wrong_codes: eb('wrong_codes', '+', 1) }))
    .where('token_hash', '=', hash)
    .execute()
}

/** A new link makes an account's earlier, unused ones worthless. */
export async function voidLinks(tx: Db, account: string, nowMs: number): Promise<void> {
  await tables(tx)
    .updateTable('sign_in_link')
    .set({ expires_at: nowMs })
    .where('account', '=', account)
    .where('used_at', 'is', null)
    .where('expires_at', '>', nowMs)
    .execute()
}

// Attempts

export async function attempts(db: Db, municipality: string, subject: Uint8Array): Promise<Attempts | null> {
  const row = await tables(db)
    .selectFrom('sign_in_attempt')
    .selectAll()
    .where('municipality', '=', municipality)
    .where('subject', '=', subject)
    .executeTakeFirst()
  return row === undefined ? null : { failures: row.failures, sinceAt: row.since_at, lockedUntil: row.locked_until }
}

export async function saveAttempts(
  tx: Db,
  municipality: string,
  subject: Uint8Array,
  { failures, sinceAt, lockedUntil }: Attempts,
): Promise<void> {
  const values = { failures, since_at: sinceAt, locked_until: lockedUntil }
  await tables(tx)
    .insertInto('sign_in_attempt')
    .values({ municipality, subject, ...values })
    .onConflict((conflict) => conflict.columns(['municipality', 'subject']).doUpdateSet(values))
    .execute()
}

export async function forgetAttempts(tx: Db, municipality: string, subjects: readonly Uint8Array[]): Promise<void> {
  await tables(tx)
    .deleteFrom('sign_in_attempt')
    .where('municipality', '=', municipality)
    .where('subject', 'in', subjects)
    .execute()
}

/** What has no use any more: old attempts, links and sessions that ended long ago. */
export async function forgetBefore(db: Db, beforeMs: number): Promise<void> {
  await tables(db).deleteFrom('sign_in_attempt').where('since_at', '<', beforeMs).execute()
  await tables(db).deleteFrom('sign_in_link').where('expires_at', '<', beforeMs).execute()
  await tables(db).deleteFrom('session').where('ends_at', '<', beforeMs).execute()
}
