import type { Scope } from '../../kernel/actor.ts'
import type { Db } from '../../kernel/database.ts'
import { Refusal } from '../../kernel/errors.ts'
import type { IncidentsDeps } from './door.ts'
import { type AlarmKind, whyNotAcknowledgeable } from './incidents.ts'
import { subjectsOf, tellRooms } from './raise.ts'
import { alarmById, markAcknowledged, markCancelled, markClosed, openAlarmsOf, type StoredAlarm } from './store.ts'

/** A named person has seen it: entry, row, event; the phone and the rooms are told after the commit. */
export async function acknowledge(deps: IncidentsDeps, scope: Scope, id: string, policy: string): Promise<StoredAlarm> {
  return deps.database.transaction(async (tx) => {
    const alarm = await lockedAlarm(tx, scope, id)
    const refusal = whyNotAcknowledgeable(alarm)
    if (refusal !== null) {
      throw new Refusal(refusal, alarm.acknowledgedBy === null ? {} : { by: alarm.acknowledgedBy })
    }
    const next = await acknowledgeIn(deps, tx, scope, alarm, policy)
    tellRooms(deps, tx, scope, next)
    return next
  })
}

/** Closes with what happened. Who closes an alarm that nobody acknowledged has thereby seen it: both are entries. */
export async function close(
  deps: IncidentsDeps,
  scope: Scope,
  id: string,
  given: { readonly note: string; readonly policy: string },
): Promise<StoredAlarm> {
  return deps.database.transaction(async (tx) => {
    const alarm = await lockedAlarm(tx, scope, id)
    if (alarm.closedAt !== null) {
      return alarm
    }
    const seen = alarm.acknowledgedAt === null ? await acknowledgeIn(deps, tx, scope, alarm, given.policy) : alarm
    return closeIn(deps, tx, scope, seen, given.note.trim(), given.policy)
  })
}

/** The officer says it was by mistake, or is safe. It stays open: only a person who has made sure closes it. */
export async function cancel(deps: IncidentsDeps, scope: Scope, id: string, safe: boolean): Promise<StoredAlarm> {
  return deps.database.transaction(async (tx) => {
    const alarm = await lockedAlarm(tx, scope, id)
    if (alarm.kind !== 'sos' || alarm.device !== scope.actor.device) {
      throw new Refusal('alarm.not-found')
    }
    if (alarm.cancelledAt !== null || alarm.closedAt !== null) {
      return alarm
    }
    const cancelledAt = deps.clock.nowMs()
    await markCancelled(tx, id, cancelledAt, safe)
    await deps.ledger.append(tx, {
      municipality: scope.municipality,
      kind: 'alarm.cancelled',
      coarse: 'alarm',
      subjects: subjectsOf(alarm),
      actor: scope.actor,
      at: cancelledAt,
      fields: { alarm: id, number: String(alarm.number), safe: String(safe) },
    })
    const next = { ...alarm, cancelledAt }
    tellRooms(deps, tx, scope, next)
    return next
  })
}

/** Closes alarms of a device whose cause has passed, in the caller's transaction and in the system's name. */
export async function closePassed(
  deps: IncidentsDeps,
  tx: Db,
  scope: Scope,
  device: string,
  kinds: readonly AlarmKind[],
  note: string,
): Promise<void> {
  for (const alarm of await openAlarmsOf(tx, scope, { device }, kinds)) {
    await closeIn(deps, tx, scope, alarm, note, undefined)
  }
}

/** Closes one whose cause is over, in the caller's transaction; closed already is fine. */
export async function closeOver(deps: IncidentsDeps, tx: Db, scope: Scope, id: string, note: string): Promise<void> {
  const alarm = await lockedAlarm(tx, scope, id)
  if (alarm.closedAt === null) {
    await closeIn(deps, tx, scope, alarm, note, undefined)
  }
}

async function acknowledgeIn(
  deps: IncidentsDeps,
  tx: Db,
  scope: Scope,
  alarm: StoredAlarm,
  policy: string,
): Promise<StoredAlarm> {
  const acknowledgedAt = deps.clock.nowMs()
  await markAcknowledged(tx, scope, alarm.id, acknowledgedAt)
  await deps.ledger.append(tx, {
    municipality: scope.municipality,
    kind: 'alarm.acknowledged',
    coarse: 'alarm',
    subjects: subjectsOf(alarm),
    actor: scope.actor,
    policy,
    at: acknowledgedAt,
    fields: { alarm: alarm.id, number: String(alarm.number), afterMs: String(acknowledgedAt - alarm.receivedAt) },
  })
  await deps.events.publish(tx, 'alarm.acknowledged', scope.municipality, { alarm: alarm.id })
  return { ...alarm, acknowledgedAt, acknowledgedBy: scope.actor.name }
}

async function closeIn(
  deps: IncidentsDeps,
  tx: Db,
  scope: Scope,
  alarm: StoredAlarm,
  note: string,
  policy: string | undefined,
): Promise<StoredAlarm> {
  const closedAt = deps.clock.nowMs()
  await markClosed(tx, scope, alarm.id, closedAt, note)
  await deps.ledger.append(tx, {
    municipality: scope.municipality,
    kind: 'alarm.closed',
    coarse: 'alarm',
    subjects: subjectsOf(alarm),
    actor: scope.actor,
    policy,
    at: closedAt,
    fields: { alarm: alarm.id, number: String(alarm.number), note },
  })
  await deps.events.publish(tx, 'alarm.closed', scope.municipality, { alarm: alarm.id })
  const next = { ...alarm, closedAt, closedNote: note }
  tellRooms(deps, tx, scope, next)
  return next
}

async function lockedAlarm(tx: Db, scope: Scope, id: string): Promise<StoredAlarm> {
  const alarm = await alarmById(tx, scope, id, true)
  if (alarm === null) {
    throw new Refusal('alarm.not-found')
  }
  return alarm
}
