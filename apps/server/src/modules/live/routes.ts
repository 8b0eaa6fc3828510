import { liveOperations, type Unit } from '@sereno/contracts'
import type { Scope } from '../../kernel/actor.ts'
import { Refusal } from '../../kernel/errors.ts'
import { type RouteTable, routes } from '../../kernel/http.ts'
import { grantFor, type OpenWatchDeps, openWatch, purposesOf, renewWatch } from './open-watch.ts'

export type LiveRoutesDeps = OpenWatchDeps & { shownUnits(scope: Scope): Promise<readonly Unit[]> }

/** Contract to use case, one line each. */
export function liveRoutes(deps: LiveRoutesDeps): RouteTable {
  const { watches, clock } = deps
  return routes(liveOperations, {
    'GET /units': async ({ scope }) => ({ units: [...(await deps.shownUnits(scope))], nowMs: clock.nowMs() }),
    'GET /units/:id/purposes': async ({ scope, params }) => ({ purposes: await purposesOf(deps, scope, params.id) }),
    'POST /watches': ({ scope, body }) => openWatch(deps, scope, body),
    'POST /watches/:id/renew': async ({ scope, params }) => {
      const watch = watches.own(scope, params.id)
      await renewWatch(deps, scope, watch)
      return { expiresAt: watch.expiresAt, grant: grantFor(deps, watch) }
    },
    'POST /watches/:id/close': async ({ scope, params }) => {
      await watches.close(watches.own(scope, params.id).id, 'closed', { actor: scope.actor })
      return { ok: true }
    },
    'GET /watches': async ({ scope }) => ({
      watches: watches.inScope(scope).map((watch) => ({
        id: watch.id,
        device: watch.device,
        deviceCode: deps.units.get(watch.municipality, watch.device)?.deviceCode ?? '',
        who: watch.accountName,
        purpose: watch.purpose,
        startedAt: watch.openedAt,
      })),
    }),
    'POST /watches/:id/revoke': async ({ scope, params, body }) => {
      const watch = watches.inScope(scope).find((one) => one.id === params.id)
      if (watch === undefined) {
        throw new Refusal('live.not-watching')
      }
      const { policy } = deps.identity.require(scope.actor, 'live.revoke', {
        type: 'Unit',
        id: watch.device,
        attributes: { account: watch.account },
      })
      await watches.close(watch.id, 'revoked', { actor: scope.actor, policy, note: body.reason })
      return { ok: true }
    },
  })
}
