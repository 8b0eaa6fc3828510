import { type Selectable, sql } from 'kysely'
import type { Db } from '../../kernel/database.ts'

/** Tables of migrations/0005. Times are epoch milliseconds, hashes 32 bytes. */
export type FactorTables = {
  readonly passkey: {
    id: string
    municipality: string
    account: string
    name: string
    public_key: Uint8Array
    counter: number
    transports: string[]
    synced: boolean
    created_at: number
    used_at: number | null
    revoked_at: number | null
  }
  readonly passkey_challenge: {
    challenge_hash: Uint8Array
    municipality: string
    account: string | null
    source: string
    expires_at: number
  }
  readonly identity_provider: {
    municipality: string
    name: string
    issuer: string
    client_id: string
    client_secret: Uint8Array | null
    claim: string
    creates_accounts: boolean
    changed_at: number
  }
  readonly provider_attempt: {
    state_hash: Uint8Array
    municipality: string
    browser_hash: Uint8Array
    nonce: string
    verifier: string
    source: string
    expires_at: number
  }
}
export type PasskeyRow = Selectable<FactorTables['passkey']>
export type ProviderRow = Selectable<FactorTables['identity_provider']>

const tables = (db: Db) => db.withTables<FactorTables>()

// Passkeys

export async function insertPasskey(tx: Db, row: PasskeyRow): Promise<void> {
  await tables(tx).insertInto('passkey').values(row).execute()
}

/** Those in force, oldest first. */
export async function passkeysOf(db: Db, municipality: string, account: string): Promise<readonly PasskeyRow[]> {
  return tables(db)
    .selectFrom('passkey')
    .selectAll()
    .where('municipality', '=', municipality)
    .where('account', '=', account)
    .where('revoked_at', 'is', null)
    .orderBy('created_at')
    .execute()
}

/** The passkey under lock: its counter only grows. */
export async function lockPasskey(tx: Db, municipality: string, id: string): Promise<PasskeyRow | null> {
  const row = await tables(tx)
    .selectFrom('passkey')
    .selectAll()
    .where('municipality', '=', municipality)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()
  return row ?? null
}

export async function changePasskey(
  tx: Db,
  municipality: string,
  id: string,
  change: Partial<Pick<PasskeyRow, 'counter' | 'used_at' | 'revoked_at' | 'synced'>>,
): Promise<void> {
  await tables(tx)
    .updateTable('passkey')
    .set(change)
    .where('municipality', '=', municipality)
    .where('id', '=', id)
    .execute()
}

/** Revokes all of an account's passkeys; answers their ids. */
export async function revokePasskeys(
  tx: Db,
  municipality: string,
  account: string,
  nowMs: number,
): Promise<readonly string[]> {
  const rows = await tables(tx)
    .updateTable('passkey')
    .set({ revoked_at: nowMs })
    .where('municipality', '=', municipality)
    .where('account', '=', account)
    .where('revoked_at', 'is', null)
    .returning('id')
    .execute()
  return rows.map(({ id }) => id)
}

// What is under way

export async function insertChallenge(tx: Db, row: FactorTables['passkey_challenge']): Promise<void> {
  await tables(tx).insertInto('passkey_challenge').values(row).execute()
}

/** Takes the challenge away: each is answered once. Null when it is unknown or over. */
export async function takeChallenge(
  tx: Db,
  municipality: string,
  hash: Uint8Array,
  nowMs: number,
): Promise<{ readonly account: string | null } | null> {
  const row = await tables(tx)
    .deleteFrom('passkey_challenge')
    .where('municipality', '=', municipality)
    .where('challenge_hash', '=', hash)
    .where('expires_at', '>', nowMs)
    .returning('account')
    .executeTakeFirst()
  return row ?? null
}

export async function insertProviderAttempt(tx: Db, row: FactorTables['provider_attempt']): Promise<void> {
  await tables(tx).insertInto('provider_attempt').values(row).execute()
}

export async function takeProviderAttempt(
  tx: Db,
  municipality: string,
  hash: Uint8Array,
  nowMs: number,
): Promise<FactorTables['provider_attempt'] | null> {
  const row = await tables(tx)
    .deleteFrom('provider_attempt')
    .where('municipality', '=', municipality)
    .where('state_hash', '=', hash)
    .where('expires_at', '>', nowMs)
    .returningAll()
    .executeTakeFirst()
  return row ?? null
}

/** How much a source has begun and not finished: strangers can begin. */
export async function underWayFrom(db: Db, municipality: string, source: string, nowMs: number): Promise<number> {
  const { rows } = await sql<{ count: string }>`
    select (select count(*) from passkey_challenge
        where municipality = ${municipality} and source = ${source} and account is null and expires_at > ${nowMs})
      + (select count(*) from provider_attempt
        where municipality = ${municipality} and source = ${source} and expires_at > ${nowMs}) as count`.execute(db)
  return Number(rows[0]?.count ?? 0)
}

export async function forgetUnderWay(db: Db, beforeMs: number): Promise<void> {
  await tables(db).deleteFrom('passkey_challenge').where('expires_at', '<', beforeMs).execute()
  await tables(db).deleteFrom('provider_attempt').where('expires_at', '<', beforeMs).execute()
}

// The identity provider

export async function providerOf(db: Db, municipality: string): Promise<ProviderRow | null> {
  const row = await tables(db)
    .selectFrom('identity_provider')
    .selectAll()
    .where('municipality', '=', municipality)
    .executeTakeFirst()
  return row ?? null
}

export async function saveProvider(tx: Db, row: ProviderRow): Promise<void> {
  const { municipality: _, ...rest } = row
  await tables(tx)
    .insertInto('identity_provider')
    .values(row)
    .onConflict((conflict) => conflict.column('municipality').doUpdateSet(rest))
    .execute()
}

export async function removeProvider(tx: Db, municipality: string): Promise<void> {
  await tables(tx).deleteFrom('identity_provider').where('municipality', '=', municipality).execute()
}
