import { sql } from 'kysely'
import type { Scope } from '../../kernel/actor.ts'
import type { Db } from '../../kernel/database.ts'
import type { Concern } from './concern.ts'
import type { DeviceHealth, DeviceKey, DeviceKind, OfficerName, Reported } from './fleet.ts'

/** A device with its key in use and its open shift, as the register needs it. */
export type DeviceRow = {
  readonly municipality: string
  readonly id: string
  readonly code: string
  readonly kind: DeviceKind
  readonly simulated: boolean
  readonly key_epoch: number
  readonly reported: Reported | null
  readonly last_counter: number | null
  readonly last_head: string | null
  readonly last_recording: string | null
  readonly health: DeviceHealth | null
  readonly health_at: number | null
  readonly concern: Concern
  readonly queue_lowest: number
  readonly queue_since: number | null
  readonly seen_at: number | null
  readonly key_id: string | null
  readonly enrolled_at: number | null
  readonly enrolment_entry: string | null
  readonly shift: string | null
  readonly started_at: number | null
  readonly quadrant: string | null
  readonly officer: OfficerName | null
}

const columns = sql.raw(`d.municipality, d.id, d.code, d.kind, d.simulated, d.key_epoch, d.reported, d.last_counter,
  d.last_head, d.last_recording, d.health, d.health_at, d.concern, d.queue_lowest, d.queue_since, d.seen_at,
  k.key_id, k.enrolled_at, k.enrolment_entry, s.id as shift, s.started_at, s.quadrant,
  case when o.id is null then null else jsonb_build_object('id', o.id, 'code', o.code, 'name', o.name) end as officer`)
const joined = sql.raw(`device d
  left join device_key k on k.device = d.id and k.epoch = d.key_epoch
  left join shift s on s.device = d.id and s.returned_at is null
  left join officer o on o.id = s.officer`)

export async function allDevices(db: Db, scope: Scope): Promise<readonly DeviceRow[]> {
  const found = await sql<DeviceRow>`select ${columns} from ${joined}
    where d.municipality = ${scope.municipality}::uuid order by d.code`.execute(db)
  return found.rows
}

export async function deviceById(db: Db, scope: Scope, id: string): Promise<DeviceRow | null> {
  const found = await sql<DeviceRow>`select ${columns} from ${joined}
    where d.id = ${id}::uuid and d.municipality = ${scope.municipality}::uuid`.execute(db)
  return found.rows[0] ?? null
}

/** Devices with a started, unreturned shift. */
export async function devicesOnDuty(db: Db, scope: Scope): Promise<readonly DeviceRow[]> {
  const found = await sql<DeviceRow>`select ${columns} from ${joined}
    where d.municipality = ${scope.municipality}::uuid and s.started_at is not null order by d.code`.execute(db)
  return found.rows
}

/** Without a scope: who proves a device's key has no other name yet. Locks the row when `forUpdate`. */
export async function anyDevice(db: Db, id: string, forUpdate = false): Promise<DeviceRow | null> {
  const found = await sql<DeviceRow>`select ${columns} from ${joined} where d.id = ${id}::uuid
    ${forUpdate ? sql`for update of d` : sql``}`.execute(db)
  return found.rows[0] ?? null
}

/** One registration of a municipality at a time, until the transaction ends: codes are counted without gaps or races. */
export async function lockRegister(tx: Db, municipality: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(7301, hashtext(${municipality}))`.execute(tx)
}

export async function insertDevice(
  tx: Db,
  device: { readonly municipality: string; readonly id: string; readonly code: string; readonly kind: DeviceKind },
  nowMs: number,
): Promise<void> {
  await sql`insert into device (municipality, id, code, kind, registered_at)
    values (${device.municipality}::uuid, ${device.id}::uuid, ${device.code}, ${device.kind}, ${nowMs})`.execute(tx)
}

/** Puts a new key in use: the device is what its newest enrolment says, and no earlier report holds any more. */
export async function insertKey(tx: Db, key: DeviceKey, appVersion: string): Promise<void> {
  await sql`update device_key set superseded_at = ${key.validFromMs}
    where device = ${key.device}::uuid and superseded_at is null`.execute(tx)
  await sql`insert into device_key (municipality, device, epoch, algorithm, public_key, key_id, protection, build,
      app_version, simulated, enrolled_at, enrolment_entry, enrolment_leaf)
    values (${key.municipality}::uuid, ${key.device}::uuid, ${key.epoch}, ${key.algorithm},
      ${Buffer.from(key.publicKey)}, ${key.keyId}, ${key.protection}, ${key.build}, ${appVersion}, ${key.simulated},
      ${key.validFromMs}, ${key.enrolmentEntry}::uuid, ${Buffer.from(key.enrolmentLeaf)})`.execute(tx)
  await sql`update device set key_epoch = ${key.epoch}, simulated = ${key.simulated}, reported = null,
    reported_reason = null where id = ${key.device}::uuid`.execute(tx)
}

type KeyRow = {
  readonly municipality: string
  readonly device: string
  readonly code: string
  readonly epoch: number
  readonly algorithm: string
  readonly public_key: Uint8Array
  readonly key_id: string
  readonly protection: 'software' | 'hardware'
  readonly build: string | null
  readonly simulated: boolean
  readonly enrolled_at: number
  readonly superseded_at: number | null
  readonly revoked_at: number | null
  readonly enrolment_entry: string
  readonly enrolment_leaf: Uint8Array
}

/** A key by device and epoch, whatever became of it. Without a scope: who delivers is known by the key alone. */
export async function keyRow(db: Db, device: string, epoch: number): Promise<DeviceKey | null> {
  const found = await sql<KeyRow>`select k.*, d.code from device_key k join device d on d.id = k.device
    where k.device = ${device}::uuid and k.epoch = ${epoch}::integer`.execute(db)
  const row = found.rows[0]
  return row === undefined
    ? null
    : {
        municipality: row.municipality,
        device: row.device,
        deviceCode: row.code,
        epoch: row.epoch,
        algorithm: row.algorithm,
        publicKey: new Uint8Array(row.public_key),
        keyId: row.key_id,
        protection: row.protection,
        build: row.build,
        simulated: row.simulated,
        validFromMs: row.enrolled_at,
        supersededAtMs: row.superseded_at,
        revokedAtMs: row.revoked_at,
        enrolmentEntry: row.enrolment_entry,
        enrolmentLeaf: new Uint8Array(row.enrolment_leaf),
      }
}

export async function markReported(
  tx: Db,
  scope: Scope,
  device: string,
  report: { readonly as: Reported; readonly reason: string; readonly atMs: number; readonly endsKey: boolean },
): Promise<void> {
  await sql`update device set reported = ${report.as}, reported_reason = ${report.reason}
    where id = ${device}::uuid and municipality = ${scope.municipality}::uuid`.execute(tx)
  if (report.endsKey) {
    await sql`update device_key set revoked_at = ${report.atMs}
      where device = ${device}::uuid and municipality = ${scope.municipality}::uuid and revoked_at is null`.execute(tx)
    await sql`delete from device_session where device = ${device}::uuid`.execute(tx)
  }
}

export async function saveHealth(
  tx: Db,
  device: string,
  given: {
    readonly health: DeviceHealth
    readonly atMs: number
    readonly concern: Concern
    readonly queueLowest: number
    readonly queueSince: number | null
  },
): Promise<void> {
  await sql`update device set health = ${JSON.stringify(given.health)}::text::jsonb, health_at = ${given.atMs},
    concern = ${given.concern}, queue_lowest = ${given.queueLowest}, queue_since = ${given.queueSince}
    where id = ${device}::uuid`.execute(tx)
}

export async function saveStatement(
  tx: Db,
  device: string,
  last: { readonly counter: number; readonly head: string; readonly recording: string },
): Promise<void> {
  // Segments arrive in any order: only a higher counter is news.
  await sql`update device set last_counter = ${last.counter}, last_head = ${last.head},
    last_recording = ${last.recording}::uuid
    where id = ${device}::uuid and (last_counter is null or last_counter < ${last.counter}::bigint)`.execute(tx)
}

/** The same for many devices at once; their rows are locked in order of id. */
export async function saveStatements(
  tx: Db,
  lasts: readonly {
    readonly device: string
    readonly counter: number
    readonly head: string
    readonly recording: string
  }[],
): Promise<void> {
  await sql`update device set last_counter = w.counter, last_head = w.head, last_recording = w.recording
    from (
      select device.id, w.counter, w.head, w.recording
      from json_to_recordset(${JSON.stringify(lasts)}::text::json)
        as w(device uuid, counter bigint, head text, recording uuid)
      join device on device.id = w.device
      where device.last_counter is null or device.last_counter < w.counter
      order by device.id for update of device) as w
    where device.id = w.id`.execute(tx)
}

export async function saveSeen(db: Db, seen: readonly (readonly [device: string, atMs: number])[]): Promise<void> {
  const rows = JSON.stringify(seen.map(([device, at]) => ({ device, at })))
  await sql`update device set seen_at = heard.at
    from jsonb_to_recordset(${rows}::text::jsonb) as heard (device uuid, at bigint)
    where device.id = heard.device and (device.seen_at is null or device.seen_at < heard.at)`.execute(db)
}

export async function allSeen(db: Db): Promise<readonly { readonly id: string; readonly seen_at: number }[]> {
  const found = await sql<{ id: string; seen_at: number }>`
    select id, seen_at from device where seen_at is not null`.execute(db)
  return found.rows
}
