import { sql } from 'kysely'
import type { Scope } from '../../kernel/actor.ts'
import type { Db } from '../../kernel/database.ts'
import type { CheckResult, OfficerName } from './fleet.ts'

export type OfficerRow = OfficerName & {
  readonly active: boolean
  readonly sector: string | null
}
export type ShiftRow = {
  readonly municipality: string
  readonly id: string
  readonly device: string
  readonly officer: OfficerName
  readonly quadrant: string | null
  readonly issued_at: number
  readonly started_at: number | null
  readonly returned_at: number | null
  readonly pin_hash: string
  readonly pin_failures: number
  readonly check_items: CheckResult | null
}

export async function allOfficers(db: Db, scope: Scope): Promise<readonly OfficerRow[]> {
  const found = await sql<OfficerRow>`select id, code, name, active, sector from officer
    where municipality = ${scope.municipality}::uuid order by code`.execute(db)
  return found.rows
}

export async function officerById(db: Db, scope: Scope, id: string): Promise<OfficerRow | null> {
  const found = await sql<OfficerRow>`select id, code, name, active, sector from officer
    where id = ${id}::uuid and municipality = ${scope.municipality}::uuid`.execute(db)
  return found.rows[0] ?? null
}

/** False when the code is taken. */
export async function insertOfficer(
  tx: Db,
  scope: Scope,
  officer: OfficerName & { readonly sector: string | null },
  nowMs: number,
): Promise<boolean> {
  const made = await sql`insert into officer (municipality, id, code, name, sector, added_at)
    values (${scope.municipality}::uuid, ${officer.id}::uuid, ${officer.code}, ${officer.name},
      ${officer.sector}::uuid, ${nowMs})
    on conflict on constraint officer_code_unique do nothing`.execute(tx)
  return made.numAffectedRows === 1n
}

const columns = sql.raw(`s.municipality, s.id, s.device, s.quadrant, s.issued_at, s.started_at, s.returned_at,
  s.pin_hash, s.pin_failures, s.check_items,
  jsonb_build_object('id', o.id, 'code', o.code, 'name', o.name) as officer`)

export async function shiftById(db: Db, scope: Scope, id: string): Promise<ShiftRow | null> {
  const found = await sql<ShiftRow>`select ${columns} from shift s join officer o on o.id = s.officer
    where s.id = ${id}::uuid and s.municipality = ${scope.municipality}::uuid`.execute(db)
  return found.rows[0] ?? null
}

/** The unreturned shift of a device, its row locked until the transaction ends when `forUpdate`. */
export async function openShift(db: Db, device: string, forUpdate = false): Promise<ShiftRow | null> {
  const found = await sql<ShiftRow>`select ${columns} from shift s join officer o on o.id = s.officer
    where s.device = ${device}::uuid and s.returned_at is null ${forUpdate ? sql`for update of s` : sql``}`.execute(db)
  return found.rows[0] ?? null
}

/** The shift whose issue covers an instant: issued at or before it, not yet returned. */
export async function shiftCovering(db: Db, device: string, atMs: number): Promise<ShiftRow | null> {
  const found = await sql<ShiftRow>`select ${columns} from shift s join officer o on o.id = s.officer
    where s.device = ${device}::uuid and s.issued_at <= ${atMs}::bigint
      and (s.returned_at is null or s.returned_at > ${atMs}::bigint)
    order by s.issued_at desc limit 1`.execute(db)
  return found.rows[0] ?? null
}

export async function insertShift(
  tx: Db,
  scope: Scope,
  shift: {
    readonly id: string
    readonly device: string
    readonly officer: string
    readonly quadrant: string | null
    readonly issuedAt: number
    readonly pinHash: string
  },
): Promise<void> {
  await sql`insert into shift (municipality, id, device, officer, quadrant, issued_at, pin_hash)
    values (${scope.municipality}::uuid, ${shift.id}::uuid, ${shift.device}::uuid, ${shift.officer}::uuid,
      ${shift.quadrant}::uuid, ${shift.issuedAt}, ${shift.pinHash})`.execute(tx)
}

export async function markStarted(
  tx: Db,
  shift: string,
  given: { readonly atMs: number; readonly check: CheckResult; readonly despite: string | null },
): Promise<void> {
  await sql`update shift set started_at = ${given.atMs}, despite = ${given.despite},
    check_items = ${JSON.stringify(given.check)}::text::jsonb where id = ${shift}::uuid`.execute(tx)
}

export async function markReturned(tx: Db, shift: string, atMs: number): Promise<void> {
  await sql`update shift set returned_at = ${atMs} where id = ${shift}::uuid`.execute(tx)
}

/** Counts an attempt before it is made; answers its number, or null when there were as many as allowed. */
export async function takePinAttempt(db: Db, shift: string, allowed: number): Promise<number | null> {
  const found = await sql<{ pin_failures: number }>`update shift set pin_failures = pin_failures + 1
    where id = ${shift}::uuid and pin_failures < ${allowed}::integer returning pin_failures`.execute(db)
  return found.rows[0]?.pin_failures ?? null
}

/** The right PIN was typed: earlier mistakes no longer count. */
export async function forgetPinAttempts(db: Db, shift: string): Promise<void> {
  await sql`update shift set pin_failures = 0 where id = ${shift}::uuid`.execute(db)
}
