import { trackOperations } from '@sereno/contracts'
import type { Scope } from '../../kernel/actor.ts'
import { Refusal } from '../../kernel/errors.ts'
import { type RouteTable, routes } from '../../kernel/http.ts'
import type { TracksDeps } from './door.ts'
import type { Recorder } from './record.ts'
import { pointsBetween } from './store.ts'

/** Older tracks belong to recordings, and are seen with them. */
const longestMs = 2 * 60 * 60_000
/** Somebody who follows a track on the map asks again and again: one entry a minute says so. */
const entryEveryMs = 60_000

export function trackRoutes(deps: TracksDeps, recorder: Recorder): RouteTable {
  // By account and device: when their last look at a track was recorded. Lost at a restart: one entry more.
  const recordedAt = new Map<string, number>()

  /** Where somebody was is a look at a person: its entry is durable before the answer. */
  async function record(scope: Scope, device: string, { fromMs, toMs }: { fromMs: number; toMs: number }) {
    const key = `${scope.actor.id} ${device}`
    const nowMs = deps.clock.nowMs()
    if (nowMs - (recordedAt.get(key) ?? Number.NEGATIVE_INFINITY) < entryEveryMs) {
      return
    }
    await deps.ledger.record({
      municipality: scope.municipality,
      kind: 'track.viewed',
      coarse: 'access',
      subjects: [`device:${device}`],
      actor: scope.actor,
      fields: { device, from: String(fromMs), to: String(toMs) },
    })
    for (const [known, at] of recordedAt) {
      if (nowMs - at >= entryEveryMs) {
        recordedAt.delete(known)
      }
    }
    recordedAt.set(key, nowMs)
  }

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
      await record(scope, params.id, query)
      return { points: [...(await pointsBetween(deps.database.db, params.id, query.fromMs, query.toMs))] }
    },
  })
}
