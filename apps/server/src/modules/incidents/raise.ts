import type { DeviceMessage, Fix, RoomMessage } from '@sereno/contracts'
import type { Scope } from '../../kernel/actor.ts'
import { afterCommit, type Db } from '../../kernel/database.ts'
import type { IncidentsDeps } from './door.ts'
import type { AlarmKind } from './incidents.ts'
import { insertAlarm, lockCause, openAlarmsOf, type StoredAlarm } from './store.ts'

export type Cause = {
  readonly id: string
  readonly kind: AlarmKind
  readonly device: string
  readonly raisedAt: number
  readonly recording?: string | undefined
  readonly fix?: Fix | undefined
  readonly detail?: string | undefined
}

/** What no device caused, too: a hand-over that is due. */
export type AnyCause = Omit<Cause, 'device'> & { readonly device: string | null }

export type Facts = {
  readonly deviceCode: string | null
  readonly officer: { readonly id: string; readonly code: string; readonly name: string } | null
  readonly fix: Fix | null
  readonly place: string | null
}

/** A position older than this says too little about where somebody needs help; it is given all the same for devices. */
const sosPositionAgeMs = 10 * 60_000

/** What is known about the device of a cause: gathered before the transaction, which then needs one connection only. */
export async function factsOf(deps: IncidentsDeps, scope: Scope, cause: Cause): Promise<Facts> {
  const nowMs = deps.clock.nowMs()
  const fix = cause.fix ?? lastFix(deps, scope, cause, nowMs)
  const [device, issue, place] = await Promise.all([
    deps.fleet.device(scope, cause.device),
    deps.fleet.issueAt(deps.database.db, cause.device, nowMs),
    fix === null ? null : deps.territory.placeName(scope.municipality, fix.longitude, fix.latitude),
  ])
  return { deviceCode: device?.code ?? null, officer: issue?.officer ?? null, fix, place }
}

/**
 * Raises an alarm in the caller's transaction: entry, number, row, event; rooms are told once it is committed. A crash
 * before the commit leaves nothing, and the number is free again; after it, rooms read it from the list.
 */
export async function raiseAlarm(
  deps: IncidentsDeps,
  tx: Db,
  scope: Scope,
  cause: AnyCause,
  facts: Facts,
): Promise<StoredAlarm> {
  const { municipality } = scope
  const receivedAt = deps.clock.nowMs()
  const alarm: StoredAlarm = {
    id: cause.id,
    number: await deps.ledger.counter(tx, 'alarm', municipality),
    kind: cause.kind,
    device: cause.device,
    deviceCode: facts.deviceCode,
    officer: facts.officer,
    raisedAt: cause.raisedAt,
    receivedAt,
    recording: cause.recording ?? null,
    latitude: facts.fix?.latitude ?? null,
    longitude: facts.fix?.longitude ?? null,
    place: facts.place,
    detail: cause.detail ?? null,
    acknowledgedAt: null,
    acknowledgedBy: null,
    cancelledAt: null,
    closedAt: null,
    closedNote: null,
  }
  const entry = await deps.ledger.append(tx, {
    municipality,
    kind: 'alarm.raised',
    coarse: 'alarm',
    subjects: subjectsOf(alarm),
    actor: scope.actor,
    at: receivedAt,
    fields: fieldsOf(alarm),
  })
  await insertAlarm(tx, scope, alarm, entry.id)
  await deps.events.publish(tx, 'alarm.raised', municipality, {
    alarm: alarm.id,
    kind: alarm.kind,
    device: alarm.device,
  })
  tellRooms(deps, tx, scope, alarm)
  return alarm
}

/** Raises an alarm about a device unless one of its kind is open: one phone with a low battery is one alarm. */
export async function raiseOnce(deps: IncidentsDeps, tx: Db, scope: Scope, cause: Cause): Promise<void> {
  await lockCause(tx, cause.device)
  const recording = cause.kind === 'gap' ? cause.recording : undefined
  if ((await openAlarmsOf(tx, scope, { device: cause.device, recording }, [cause.kind])).length === 0) {
    await raiseAlarm(deps, tx, scope, cause, await factsOf(deps, scope, cause))
  }
}

export function subjectsOf(alarm: StoredAlarm): readonly string[] {
  return [
    `alarm:${alarm.id}`,
    ...(alarm.device === null ? [] : [`device:${alarm.device}`]),
    ...(alarm.officer === null ? [] : [`person:${alarm.officer.id}`]),
    ...(alarm.recording === null ? [] : [`recording:${alarm.recording}`]),
  ]
}

/** Tells rooms, and the phone when it is the officer's own call, what an alarm has become. After the commit. */
export function tellRooms(deps: IncidentsDeps, tx: Db, scope: Scope, alarm: StoredAlarm): void {
  afterCommit(tx, () => {
    const message: RoomMessage = {
      type: 'alarm',
      nowMs: deps.clock.nowMs(),
      alarm: { ...alarm, may: alarm.closedAt === null ? ['alarm.acknowledge'] : [] },
    }
    deps.fanout.publish(`room.${scope.municipality}`, message)
    if (alarm.kind === 'sos' && alarm.device !== null) {
      const own: DeviceMessage = { type: 'alarm', alarm: { ...alarm, may: [] } }
      deps.fanout.publish(`device.${alarm.device}`, own)
    }
  })
}

function fieldsOf(alarm: StoredAlarm): Readonly<Record<string, string>> {
  const known: Readonly<Record<string, string | number | null>> = {
    alarm: alarm.id,
    number: alarm.number,
    alarmKind: alarm.kind,
    device: alarm.device,
    deviceCode: alarm.deviceCode,
    officer: alarm.officer?.id ?? null,
    officerCode: alarm.officer?.code ?? null,
    recording: alarm.recording,
    raisedAt: alarm.raisedAt,
    latitude: alarm.latitude,
    longitude: alarm.longitude,
    place: alarm.place,
    detail: alarm.detail,
  }
  return Object.fromEntries(
    Object.entries(known).flatMap(([name, value]) => (value === null ? [] : [[name, `${value}`]])),
  )
}

function lastFix(deps: IncidentsDeps, scope: Scope, cause: Cause, nowMs: number): Fix | null {
  const fix = deps.tracks.latest(scope.municipality).get(cause.device) ?? null
  return fix !== null && cause.kind === 'sos' && nowMs - fix.atMs > sosPositionAgeMs ? null : fix
}
