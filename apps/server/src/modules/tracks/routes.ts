import { trackOperations } from '@sereno/contracts'
import { Refusal } from '../../kernel/errors.ts'
import { type RouteTable, routes } from '../../kernel/http.ts'
import type { TracksDeps } from './door.ts'
import type { Recorder } from './record.ts'
import { pointsBetween } from './store.ts'

/** Older tracks belong to recordings, and are seen with them. */
const longestMs = 2 * 60 * 60_000

export function trackRoutes(deps: TracksDeps, recorder: Recorder): RouteTable {
  return routes(trackOperations, {
    'POST /device/positions': async ({ actor, body }) => {
      const recorded = await recorder.record(actor.id, actor.municipality, body.fixes)
      return { ...recorded, nowMs: deps.clock.nowMs() }
    },
    'GET /devices/:id/track': async ({ scope, params, query }) => {
      if (query.toMs < query.fromMs || query.toMs - query.fromMs > longestMs) {
        throw new Refusal('request.invalid', { field: 'toMs' })
      }
      if ((await deps.fleet.device(scope, params.id)) === null) {
        throw new Refusal('device.not-found')
      }
      return { points: [...(await pointsBetween(deps.database.db, params.id, query.fromMs, query.toMs))] }
    },
  })
}
