import type { BodyOf, incidentOperations } from '@sereno/contracts'
import { type Scope, systemActor } from '../../kernel/actor.ts'
import { Refusal } from '../../kernel/errors.ts'
import type { IncidentsDeps } from './door.ts'
import { type Cause, factsOf, raiseAlarm } from './raise.ts'
import { alarmById, lockCause, type StoredAlarm, saveRecording } from './store.ts'

type Call = BodyOf<(typeof incidentOperations)['POST /device/sos']>

/**
 * An officer calls for help. The phone repeats the call until it is answered, so its id makes it one: the second time it
 * is answered with the alarm as it stands, acknowledgement included, and may add the recording that has begun since.
 * Taken from any enrolled device, on shift or not: who calls for help is not asked for papers.
 */
export async function callForHelp(deps: IncidentsDeps, scope: Scope, call: Call): Promise<StoredAlarm> {
  const device = scope.actor.device
  if (device === null) {
    throw new Refusal('access.denied')
  }
  const cause: Cause = {
    id: call.id,
    kind: 'sos',
    device,
    raisedAt: call.atMs,
    recording: call.recording,
    fix: call.fix,
  }
  const facts = await factsOf(deps, scope, cause)
  const alarm = await deps.database.transaction(async (tx) => {
    await lockCause(tx, device)
    const known = await alarmById(tx, scope, call.id, true)
    if (known === null) {
      return raiseAlarm(deps, tx, scope, cause, facts)
    }
    return known.device === device ? withRecording(tx, known, call.recording) : null
  })
  if (alarm === null) {
    throw new Refusal('alarm.not-found')
  }
  if (call.fix !== undefined) {
    // The map shows it too; the alarm does not wait for it.
    deps.tracks
      .record(device, scope.municipality, [call.fix])
      .catch((error: unknown) => deps.log.warn({ err: error, device }, 'incidents: the position of an SOS'))
  }
  return alarm
}

async function withRecording(
  tx: Parameters<typeof saveRecording>[0],
  alarm: StoredAlarm,
  recording: string | undefined,
): Promise<StoredAlarm> {
  if (recording === undefined || alarm.recording !== null) {
    return alarm
  }
  await saveRecording(tx, alarm.id, recording)
  return { ...alarm, recording }
}

/** The scope in which the installation itself raises and closes alarms. */
export function systemScope(municipality: string): Scope {
  return { municipality, actor: systemActor(municipality) }
}
