import type { Alarm } from '@sereno/contracts'
import { sql } from 'kysely'
import type { Scope } from '../../kernel/actor.ts'
import type { Db } from '../../kernel/database.ts'
import { type AlarmKind, shownForMs } from './incidents.ts'

type AlarmRow = {
  readonly id: string
  readonly number: number
  readonly kind: AlarmKind
  readonly device: string | null
  readonly device_code: string | null
  readonly officer: string | null
  readonly officer_code: string | null
  readonly officer_name: string | null
  readonly raised_at: number
  readonly received_at: number
  readonly recording: string | null
  readonly latitude: number | null
  readonly longitude: number | null
  readonly place: string | null
  readonly detail: string | null
  readonly acknowledged_at: number | null
  readonly acknowledged_name: string | null
  readonly cancelled_at: number | null
  readonly closed_at: number | null
  readonly closed_note: string | null
}
const columns = sql.raw(`id, number, kind, device, device_code, officer, officer_code, officer_name, raised_at,
  received_at, recording, latitude, longitude, place, detail, acknowledged_at, acknowledged_name, cancelled_at,
  closed_at, closed_note`)

/** An alarm as it is kept: who may do what with it is decided for each reader. */
export type StoredAlarm = Omit<Alarm, 'may'>

function alarmOf(row: AlarmRow): StoredAlarm {
  const { officer, officer_code: code, officer_name: name } = row
  return {
    id: row.id,
    number: row.number,
    kind: row.kind,
    device: row.device,
    deviceCode: row.device_code,
    officer: officer === null || code === null || name === null ? null : { id: officer, code, name },
    raisedAt: row.raised_at,
    receivedAt: row.received_at,
    recording: row.recording,
    latitude: row.latitude,
    longitude: row.longitude,
    place: row.place,
    detail: row.detail,
    acknowledgedAt: row.acknowledged_at,
    acknowledgedBy: row.acknowledged_name,
    cancelledAt: row.cancelled_at,
    closedAt: row.closed_at,
    closedNote: row.closed_note,
  }
}

/** Open alarms and those received since a day ago; with `all` the newest 500 of any age. */
export async function listAlarms(db: Db, scope: Scope, nowMs: number, all: boolean): Promise<readonly StoredAlarm[]> {
  const found = await sql<AlarmRow>`select ${columns} from alarm where municipality = ${scope.municipality}::uuid
    and (${all}::boolean or closed_at is null or received_at > ${nowMs - shownForMs}::bigint)
    order by (closed_at is null) desc, received_at desc limit 500`.execute(db)
  return found.rows.map(alarmOf)
}

/** What called for a person during some recordings, by time. */
export async function alarmsOfRecordings(
  db: Db,
  scope: Scope,
  recordings: readonly string[],
): Promise<readonly StoredAlarm[]> {
  const found = await sql<AlarmRow>`select ${columns} from alarm where municipality = ${scope.municipality}::uuid
    and recording = any (${`{${recordings.join(',')}}`}::text::uuid[]) order by raised_at limit 500`.execute(db)
  return found.rows.map(alarmOf)
}

/** An alarm by id, its row locked until the transaction ends when `forUpdate`. */
export async function alarmById(db: Db, scope: Scope, id: string, forUpdate = false): Promise<StoredAlarm | null> {
  const found = await sql<AlarmRow>`select ${columns} from alarm
    where id = ${id}::uuid and municipality = ${scope.municipality}::uuid
    ${forUpdate ? sql`for update` : sql``}`.execute(db)
  const row = found.rows[0]
  return row === undefined ? null : alarmOf(row)
}

/** Open alarms of a device (or recording) of some kinds, locked. */
export async function openAlarmsOf(
  tx: Db,
  scope: Scope,
  of: { readonly device: string; readonly recording?: string | undefined },
  kinds: readonly AlarmKind[],
): Promise<readonly StoredAlarm[]> {
  const found = await sql<AlarmRow>`select ${columns} from alarm
    where municipality = ${scope.municipality}::uuid and device = ${of.device}::uuid and closed_at is null
      and kind = any (${`{${kinds.join(',')}}`}::text::text[])
      ${of.recording === undefined ? sql`` : sql`and recording = ${of.recording}::uuid`}
    order by received_at for update`.execute(tx)
  return found.rows.map(alarmOf)
}

/** Devices with an open alarm of silence. */
export async function silentDevices(db: Db, scope: Scope): Promise<ReadonlySet<string>> {
  const found = await sql<{ device: string }>`select device from alarm
    where municipality = ${scope.municipality}::uuid and kind = 'silent' and closed_at is null`.execute(db)
  return new Set(found.rows.map(({ device }) => device))
}

/** One change of a device's alarms at a time, until the transaction ends. */
export async function lockCause(tx: Db, device: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(7302, hashtext(${device}))`.execute(tx)
}

export async function insertAlarm(tx: Db, scope: Scope, alarm: StoredAlarm, entry: string): Promise<void> {
  await sql`insert into alarm (municipality, id, number, kind, device, device_code, officer, officer_code, officer_name,
      raised_at, received_at, recording, latitude, longitude, place, detail, entry)
    values (${scope.municipality}::uuid, ${alarm.id}::uuid, ${alarm.number}, ${alarm.kind}, ${alarm.device}::uuid,
      ${alarm.deviceCode}, ${alarm.officer?.id ?? null}::uuid, ${alarm.officer?.code ?? null},
      ${alarm.officer?.name ?? null}, ${alarm.raisedAt}, ${alarm.receivedAt}, ${alarm.recording}::uuid,
      ${alarm.latitude}, ${alarm.longitude}, ${alarm.place}, ${alarm.detail}, ${entry}::uuid)`.execute(tx)
}

export async function saveRecording(tx: Db, id: string, recording: string): Promise<void> {
  await sql`update alarm set recording = ${recording}::uuid where id = ${id}::uuid and recording is null`.execute(tx)
}

export async function markAcknowledged(tx: Db, scope: Scope, id: string, atMs: number): Promise<void> {
  await sql`update alarm set acknowledged_at = ${atMs}, acknowledged_by = ${scope.actor.id}::uuid,
    acknowledged_name = ${scope.actor.name} where id = ${id}::uuid`.execute(tx)
}

export async function markCancelled(tx: Db, id: string, atMs: number, safe: boolean): Promise<void> {
  await sql`update alarm set cancelled_at = ${atMs}, cancelled_safe = ${safe} where id = ${id}::uuid`.execute(tx)
}

export async function markClosed(tx: Db, scope: Scope, id: string, atMs: number, note: string): Promise<void> {
  await sql`update alarm set closed_at = ${atMs}, closed_by = ${scope.actor.id}, closed_note = ${note}
    where id = ${id}::uuid`.execute(tx)
}
