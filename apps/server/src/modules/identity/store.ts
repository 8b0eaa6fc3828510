import type { Role } from '@sereno/contracts'
import { type Selectable, sql } from 'kysely'
import type { Scope } from '../../kernel/actor.ts'
import type { Db } from '../../kernel/database.ts'
import type { Municipality } from './door.ts'

/** Tables of this module (migrations/0001). */
export type IdentityTables = {
  readonly municipality: {
    municipality: string
    name: string
    time_zone: string
    fictitious: boolean
    origin: string | null
    backup_folder: string | null
    telephone: string | null
    /** Null: the default. */
    strong_roles: Role[] | null
    created_at: number
  }
  readonly account: {
    id: string
    municipality: string
    name: string
    sign_in: string
    roles: Role[]
    officer: string | null
    language: string
    demonstration: boolean
    password: string | null
    second_factor: Uint8Array | null
    second_factor_next: Uint8Array | null
    second_factor_step: number | null
    created_at: number
    seen_at: number | null
    closed_at: number | null
    /** Of an outside account: its case, and from when on (epoch ms) it is worth nothing. */
    bound_case: string | null
    bound_until: number | null
    has_passkey: boolean
    /** `issuer subject` at the identity provider, once they came from there. */
    provider_subject: string | null
  }
  readonly session: {
    id: string
    municipality: string
    account: string
    token_hash: Uint8Array
    previous_hash: Uint8Array | null
    previous_until: number | null
    rotate: boolean
    started_at: number
    rotated_at: number
    seen_at: number
    idle_ms: number
    ends_at: number
    ended_at: number | null
    source: string
    /** Name of the person whose link opened it. */
    entered_by: string | null
    /** When a second factor was last proven in it. */
    strong_at: number | null
  }
  readonly sign_in_link: {
    token_hash: Uint8Array
    municipality: string
    account: string
    created_at: number
    expires_at: number
    used_at: number | null
    /** SHA-256 of `<token>.<code>`; null for a link that asks for none. */
    code_hash: Uint8Array | null
    wrong_codes: number
    /** Name of the person who made it; null for the machine's own. */
    made_by: string | null
  }
  readonly sign_in_attempt: {
    municipality: string
    subject: Uint8Array
    failures: number
    since_at: number
    locked_until: number
  }
  readonly set_up_token: { municipality: string; token_hash: Uint8Array; created_at: number }
}
export type AccountRow = Selectable<IdentityTables['account']>
export type SessionRow = Selectable<IdentityTables['session']>
/** The parts of an account that change. */
export type AccountChange = Partial<Omit<AccountRow, 'id' | 'municipality' | 'created_at'>>

const tables = (db: Db) => db.withTables<IdentityTables>()

// The installation

/** The only municipality of the installation, or null before set-up. */
export async function homeMunicipality(db: Db): Promise<
  | (Municipality & {
      readonly origin: string | null
      readonly backupFolder: string | null
      readonly strongRoles: readonly Role[] | null
    })
  | null
> {
  const row = await tables(db).selectFrom('municipality').selectAll().orderBy('created_at').executeTakeFirst()
  return row === undefined
    ? null
    : {
        id: row.municipality,
        name: row.name,
        timeZone: row.time_zone,
        fictitious: row.fictitious,
        origin: row.origin,
        backupFolder: row.backup_folder,
        telephone: row.telephone,
        strongRoles: row.strong_roles,
      }
}

export async function insertMunicipality(tx: Db, row: IdentityTables['municipality']): Promise<void> {
  await tables(tx).insertInto('municipality').values(row).execute()
}

export async function changeTelephone(tx: Db, municipality: string, telephone: string | null): Promise<void> {
  await tables(tx).updateTable('municipality').set({ telephone }).where('municipality', '=', municipality).execute()
}

export async function changeStrongRoles(tx: Db, municipality: string, roles: readonly Role[]): Promise<void> {
  await tables(tx)
    .updateTable('municipality')
    .set({ strong_roles: [...roles] })
    .where('municipality', '=', municipality)
    .execute()
}

/** Serializes set-ups: whoever comes second sees the first one's municipality. */
export async function lockSetUp(tx: Db): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('set-up', 0))`.execute(tx)
}

export async function replaceSetUpToken(tx: Db, row: IdentityTables['set_up_token']): Promise<void> {
  await tables(tx).deleteFrom('set_up_token').execute()
  await tables(tx).insertInto('set_up_token').values(row).execute()
}

/** Takes the token away; false when it is not the one. */
export async function takeSetUpToken(tx: Db, hash: Uint8Array): Promise<boolean> {
  const taken = await tables(tx).deleteFrom('set_up_token').where('token_hash', '=', hash).executeTakeFirst()
  return taken.numDeletedRows > 0n
}

// Accounts

export async function insertAccount(tx: Db, row: AccountRow): Promise<void> {
  await tables(tx).insertInto('account').values(row).execute()
}

export async function accountById(db: Db, municipality: string, id: string): Promise<AccountRow | null> {
  const row = await tables(db)
    .selectFrom('account')
    .selectAll()
    .where('municipality', '=', municipality)
    .where('id', '=', id)
    .executeTakeFirst()
  return row ?? null
}

/** The account under lock, so that two changes of it come one after the other. */
export async function lockAccount(tx: Db, municipality: string, id: string): Promise<AccountRow | null> {
  const row = await tables(tx)
    .selectFrom('account')
    .selectAll()
    .where('municipality', '=', municipality)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()
  return row ?? null
}

export async function accountBySignIn(db: Db, municipality: string, signIn: string): Promise<AccountRow | null> {
  const row = await tables(db)
    .selectFrom('account')
    .selectAll()
    .where('municipality', '=', municipality)
    .where(sql`lower(sign_in)`, '=', signIn.toLowerCase())
    .executeTakeFirst()
  return row ?? null
}

/** By who they are at the identity provider: `issuer subject`. */
export async function accountByProvider(db: Db, municipality: string, subject: string): Promise<AccountRow | null> {
  const row = await tables(db)
    .selectFrom('account')
    .selectAll()
    .where('municipality', '=', municipality)
    .where('provider_subject', '=', subject)
    .executeTakeFirst()
  return row ?? null
}

export async function accounts(db: Db, scope: Scope): Promise<readonly AccountRow[]> {
  return tables(db)
    .selectFrom('account')
    .selectAll()
    .where('municipality', '=', scope.municipality)
    .orderBy('name')
    .execute()
}

export async function changeAccount(tx: Db, municipality: string, id: string, change: AccountChange): Promise<void> {
  await tables(tx)
    .updateTable('account')
    .set(change)
    .where('municipality', '=', municipality)
    .where('id', '=', id)
    .execute()
}

/** Open accounts with the role, oldest first. Locks them when asked: the last administrator must stay one. */
export async function openAccountsWith(
  db: Db,
  municipality: string,
  role: Role,
  lock: boolean,
): Promise<readonly AccountRow[]> {
  const query = tables(db)
    .selectFrom('account')
    .selectAll()
    .where('municipality', '=', municipality)
    .where('closed_at', 'is', null)
    .where(sql<boolean>`${role} = any(roles)`)
    .orderBy('created_at')
    .orderBy('id')
  return (lock ? query.forUpdate() : query).execute()
}

// Sessions

export async function insertSession(tx: Db, row: SessionRow): Promise<void> {
  await tables(tx).insertInto('session').values(row).execute()
}

/** The session of a token, the present one or the one before it, with its account. */
export async function sessionByToken(
  db: Db,
  hash: Uint8Array,
): Promise<{ readonly session: SessionRow; readonly account: AccountRow; readonly isPrevious: boolean } | null> {
  const session = await tables(db)
    .selectFrom('session')
    .selectAll()
    .where((eb) => eb.or([eb('token_hash', '=', hash), eb('previous_hash', '=', hash)]))
    .where('ended_at', 'is', null)
    .executeTakeFirst()
  if (session === undefined) {
    return null
  }
  const account = await accountById(db, session.municipality, session.account)
  const isPrevious = Buffer.compare(session.token_hash, hash) !== 0
  return account === null ? null : { session, account, isPrevious }
}

export async function sessionById(db: Db, id: string): Promise<SessionRow | null> {
  const row = await tables(db).selectFrom('session').selectAll().where('id', '=', id).executeTakeFirst()
  return row ?? null
}

/** Gives a session a new token, unless another request has just done so; answers whether it did. */
export async function rotateToken(
  tx: Db,
  session: Pick<SessionRow, 'id' | 'rotated_at'>,
  tokens: { readonly presented: Uint8Array; readonly next: Uint8Array; readonly nowMs: number },
): Promise<boolean> {
  const changed = await tables(tx)
    .updateTable('session')
    .set({
      token_hash: tokens.next,
      previous_hash: tokens.presented,
      previous_until: null,
      rotate: false,
      rotated_at: tokens.nowMs,
    })
    .where('id', '=', session.id)
    // Two tabs ask at once: only one answer may carry a new token, or the other one's would be worth nothing.
    .where('rotated_at', '=', session.rotated_at)
    .where((eb) => eb.or([eb('token_hash', '=', tokens.presented), eb('previous_hash', '=', tokens.presented)]))
    .executeTakeFirst()
  return changed.numUpdatedRows > 0n
}

export async function changeSession(tx: Db, id: string, change: Partial<Omit<SessionRow, 'id'>>): Promise<void> {
  await tables(tx).updateTable('session').set(change).where('id', '=', id).execute()
}

/** Ends every open session of an account but the one named; answers their ids. */
export async function endSessions(
  tx: Db,
  account: string,
  nowMs: number,
  except: string | null,
): Promise<readonly string[]> {
  let query = tables(tx)
    .updateTable('session')
    .set({ ended_at: nowMs })
    .where('account', '=', account)
    .where('ended_at', 'is', null)
  if (except !== null) {
    query = query.where('id', '!=', except)
  }
  return (await query.returning('id').execute()).map(({ id }) => id)
}

/** Ends the sessions whose time is over; answers their ids. */
export async function endExpired(tx: Db, nowMs: number): Promise<readonly string[]> {
  const ended = await tables(tx)
    .updateTable('session')
    .set({ ended_at: nowMs })
    .where('ended_at', 'is', null)
    .where((eb) => eb.or([eb('ends_at', '<=', nowMs), eb(eb('seen_at', '+', eb.ref('idle_ms')), '<=', nowMs)]))
    .returning('id')
    .execute()
  return ended.map(({ id }) => id)
}
