import { closeOver } from './answer.ts'
import { checkIncidents } from './check.ts'
import type { Incidents, IncidentsDeps } from './door.ts'
import { listen, watchSilence } from './events.ts'
import { inQueueOrder } from './incidents.ts'
import { raiseAlarm } from './raise.ts'
import { incidentRoutes, mayOf } from './routes.ts'
import { alarmsOfRecordings, listAlarms } from './store.ts'

export type { Incidents, IncidentsDeps } from './door.ts'
export const incidentsMigrations = { module: 'incidents', folder: new URL('./migrations/', import.meta.url) }

const watchSilenceEveryMs = 15_000

export function createIncidents(deps: IncidentsDeps): Incidents {
  const { database, clock, identity } = deps
  const watchingSince = clock.nowMs()

  const alarms: Incidents['alarms'] = async (scope, all) => {
    const found = await listAlarms(database.db, scope, clock.nowMs(), all)
    return inQueueOrder(found).map(mayOf(deps, scope))
  }

  listen(deps)
  deps.live.registerSnapshot(async (scope) => (identity.permits(scope.actor, 'alarm.read') ? alarms(scope, false) : []))
  return {
    routes: incidentRoutes(deps, alarms),
    timers: [
      {
        name: 'incidents.silence',
        everyMs: watchSilenceEveryMs,
        async run() {
          const municipality = identity.municipality()
          if (municipality !== null) {
            await watchSilence(deps, municipality.id, watchingSince)
          }
        },
      },
    ],
    check: checkIncidents(deps),
    alarms,
    alarmsOf: (scope, recordings) => alarmsOfRecordings(database.db, scope, recordings),
    async raiseHandOver(tx, scope, { id, detail }) {
      const nothing = { deviceCode: null, officer: null, fix: null, place: null }
      const cause = { id, kind: 'hand-over' as const, device: null, raisedAt: clock.nowMs(), detail }
      await raiseAlarm(deps, tx, scope, cause, nothing)
    },
    closeOver: (tx, scope, alarm, note) => closeOver(deps, tx, scope, alarm, note),
  }
}
