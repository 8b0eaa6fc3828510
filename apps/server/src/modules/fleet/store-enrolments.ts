import { sql } from 'kysely'
import type { Scope } from '../../kernel/actor.ts'
import type { Db } from '../../kernel/database.ts'

export type EnrolmentRow = {
  readonly municipality: string
  readonly id: string
  readonly device: string
  readonly simulated: boolean
  readonly expires_at: number
  readonly used_at: number | null
  readonly key_epoch: number | null
}

const columns = sql.raw('municipality, id, device, simulated, expires_at, used_at, key_epoch')

export async function insertEnrolment(
  tx: Db,
  scope: Scope,
  enrolment: {
    readonly id: string
    readonly tokenHash: Uint8Array
    readonly device: string
    readonly simulated: boolean
    readonly openedAt: number
    readonly expiresAt: number
  },
): Promise<void> {
  await sql`insert into enrolment (municipality, id, token_hash, device, simulated, opened_at, opened_by, expires_at)
    values (${scope.municipality}::uuid, ${enrolment.id}::uuid, ${Buffer.from(enrolment.tokenHash)},
      ${enrolment.device}::uuid, ${enrolment.simulated}, ${enrolment.openedAt}, ${scope.actor.id},
      ${enrolment.expiresAt})`.execute(tx)
}

export async function enrolmentById(db: Db, scope: Scope, id: string): Promise<EnrolmentRow | null> {
  const found = await sql<EnrolmentRow>`select ${columns} from enrolment
    where id = ${id}::uuid and municipality = ${scope.municipality}::uuid`.execute(db)
  return found.rows[0] ?? null
}

/** Without a scope: who redeems a token is nobody yet. Locks the row: two phones showing one QR code come one by one. */
export async function takeEnrolment(tx: Db, tokenHash: Uint8Array): Promise<EnrolmentRow | null> {
  const found = await sql<EnrolmentRow>`select ${columns} from enrolment
    where token_hash = ${Buffer.from(tokenHash)} for update`.execute(tx)
  return found.rows[0] ?? null
}

export async function markUsed(tx: Db, id: string, atMs: number, keyEpoch: number): Promise<void> {
  await sql`update enrolment set used_at = ${atMs}, key_epoch = ${keyEpoch} where id = ${id}::uuid`.execute(tx)
}

export type SessionRow = {
  readonly id: string
  readonly municipality: string
  readonly device: string
  readonly code: string
  readonly officer: string | null
  readonly expires_at: number
}

export async function insertSession(
  db: Db,
  session: {
    readonly municipality: string
    readonly id: string
    readonly device: string
    readonly tokenHash: Uint8Array
    readonly openedAt: number
    readonly expiresAt: number
  },
): Promise<void> {
  await sql`insert into device_session (municipality, id, device, token_hash, opened_at, expires_at)
    values (${session.municipality}::uuid, ${session.id}::uuid, ${session.device}::uuid,
      ${Buffer.from(session.tokenHash)}, ${session.openedAt}, ${session.expiresAt})`.execute(db)
}

/** A session by its token, with the device's code and the officer of its shift. */
export async function sessionByToken(db: Db, tokenHash: Uint8Array): Promise<SessionRow | null> {
  const found = await sql<SessionRow>`select e.id, e.municipality, e.device, e.expires_at, d.code, s.officer
    from device_session e join device d on d.id = e.device
    left join shift s on s.device = d.id and s.returned_at is null
    where e.token_hash = ${Buffer.from(tokenHash)}`.execute(db)
  return found.rows[0] ?? null
}

/** Ends the sessions of a device: a new key opens its own. */
export async function deleteSessions(tx: Db, device: string): Promise<void> {
  await sql`delete from device_session where device = ${device}::uuid`.execute(tx)
}

export async function deleteExpired(db: Db, nowMs: number): Promise<void> {
  await sql`delete from device_session where expires_at < ${nowMs}::bigint`.execute(db)
}
