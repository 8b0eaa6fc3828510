import { closePassed } from './answer.ts'
import type { IncidentsDeps } from './door.ts'
import { alarmOfConcern, canPass, kindsEndingWithShift, silentSince } from './incidents.ts'
import { raiseOnce } from './raise.ts'
import { systemScope } from './sos.ts'
import { lockCause, silentDevices } from './store.ts'

const subscriber = 'incidents.alarms'
// What the record says of alarms that nobody had to close, in the language of the record.
const recovered = 'La causa pasó por sí sola.'
const shiftOver = 'El turno terminó.'

/** Alarms from what the modules to the left tell. Each handler's transaction also marks the delivery: once each. */
export function listen(deps: IncidentsDeps): void {
  const { events, ids, clock } = deps

  events.on('device.health', subscriber, async ({ device, concern, detail }, { municipality, db }) => {
    const scope = systemScope(municipality)
    const { raise, over } = alarmOfConcern(concern)
    await lockCause(db, device)
    await closePassed(deps, db, scope, device, over, recovered)
    if (raise !== null) {
      await raiseOnce(deps, db, scope, { id: ids.uuid(), kind: raise, device, raisedAt: clock.nowMs(), detail })
    }
  })

  events.on('recording.gap', subscriber, async ({ recording, device, reason }, { municipality, db }) => {
    const cause = { id: ids.uuid(), kind: 'gap' as const, device, raisedAt: clock.nowMs(), recording, detail: reason }
    await raiseOnce(deps, db, systemScope(municipality), cause)
  })

  events.on('device.revoked', subscriber, async ({ device, reason }, { municipality, db }) => {
    if (reason === 'lost' || reason === 'stolen') {
      const cause = { id: ids.uuid(), kind: 'lost' as const, device, raisedAt: clock.nowMs(), detail: reason }
      await raiseOnce(deps, db, systemScope(municipality), cause)
    }
  })

  events.on('device.returned', subscriber, async ({ device }, { municipality, db }) => {
    await lockCause(db, device)
    await closePassed(deps, db, systemScope(municipality), device, kindsEndingWithShift(), shiftOver)
  })
}

/**
 * Units on shift that are not heard: raises the alarm of the silent, closes that of the heard. Run by a timer;
 * `watchingSince` is when this process began to listen.
 */
export async function watchSilence(deps: IncidentsDeps, municipality: string, watchingSince: number): Promise<void> {
  const scope = systemScope(municipality)
  const nowMs = deps.clock.nowMs()
  const known = await silentDevices(deps.database.db, scope)
  for (const unit of await deps.fleet.onDuty(scope)) {
    const since = silentSince(unit, watchingSince, nowMs)
    if (since !== null && !known.has(unit.device)) {
      const cause = { id: deps.ids.uuid(), kind: 'silent' as const, device: unit.device, raisedAt: since }
      await deps.database.transaction((tx) => raiseOnce(deps, tx, scope, cause))
    }
    // Before the first minutes have passed, having heard nothing proves nothing: only a voice ends a silence.
    if (since === null && known.has(unit.device) && (unit.seenAt ?? 0) > watchingSince && canPass('silent')) {
      await deps.database.transaction((tx) => closePassed(deps, tx, scope, unit.device, ['silent'], recovered))
    }
  }
}
