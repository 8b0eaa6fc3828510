import { type Alarm, incidentOperations } from '@sereno/contracts'
import type { Scope } from '../../kernel/actor.ts'
import { type RouteTable, routes } from '../../kernel/http.ts'
import { acknowledge, cancel, close } from './answer.ts'
import type { IncidentsDeps } from './door.ts'
import { callForHelp } from './sos.ts'
import type { StoredAlarm } from './store.ts'

export function incidentRoutes(
  deps: IncidentsDeps,
  alarms: (scope: Scope, all: boolean) => Promise<readonly Alarm[]>,
): RouteTable {
  function decide(scope: Scope, id: string): string {
    return deps.identity.require(scope.actor, 'alarm.acknowledge', { type: 'Alarm', id, attributes: {} }).policy
  }

  return routes(incidentOperations, {
    'GET /alarms': async ({ scope, query }) => ({
      alarms: [...(await alarms(scope, query.all ?? false))],
      nowMs: deps.clock.nowMs(),
    }),
    'POST /alarms/:id/acknowledge': async ({ scope, params }) =>
      mayOf(deps, scope)(await acknowledge(deps, scope, params.id, decide(scope, params.id))),
    'POST /alarms/:id/close': async ({ scope, params, body }) =>
      mayOf(deps, scope)(await close(deps, scope, params.id, { note: body.note, policy: decide(scope, params.id) })),
    'POST /device/sos': async ({ scope, body }) => ({ ...(await callForHelp(deps, scope, body)), may: [] }),
    'POST /device/sos/:id/cancel': async ({ scope, params, body }) => ({
      ...(await cancel(deps, scope, params.id, body.safe)),
      may: [],
    }),
  })
}

/** What a reader may do with each alarm: acknowledge and close are one permission, and a closed one is over. */
export function mayOf(deps: IncidentsDeps, scope: Scope): (alarm: StoredAlarm) => Alarm {
  const resource = { type: 'Alarm', id: 'any', attributes: {} }
  const may = deps.identity.may(scope.actor, resource, ['alarm.acknowledge'])
  return (alarm) => ({ ...alarm, may: alarm.closedAt === null ? [...may] : [] })
}
