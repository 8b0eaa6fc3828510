import { completenessOperations } from '@sereno/contracts'
import { Unavailable } from '../../kernel/errors.ts'
import { type RouteTable, routes } from '../../kernel/http.ts'
import { explainDemand } from './demand.ts'
import type { CompletenessDeps, CompletenessSettings } from './door.ts'
import { setQuota } from './forecast.ts'
import { explainGap, takeGap } from './gaps.ts'
import { enterPurchase } from './purchases.ts'
import { demandView, gapView, newestReport, overview, purchaseView } from './read.ts'

export function completenessRoutes(
  deps: CompletenessDeps,
  settings: CompletenessSettings,
  reconcile: (municipality: string) => Promise<void>,
): RouteTable {
  return routes(completenessOperations, {
    'GET /completeness': ({ scope }) => overview(deps, settings, scope),
    'POST /completeness/gaps/:id/take': async ({ scope, params }) =>
      gapView(deps, scope, await takeGap(deps, scope, params.id)),
    'POST /completeness/gaps/:id/explain': async ({ scope, params, body }) =>
      gapView(deps, scope, await explainGap(deps, scope, params.id, body)),
    'POST /completeness/missing/:id/explain': async ({ scope, params, body }) =>
      demandView(deps, scope, await explainDemand(deps, scope, params.id, body)),
    'POST /completeness/purchases': async ({ scope, body }) => purchaseView(await enterPurchase(deps, scope, body)),
    'POST /completeness/quota': async ({ scope, body }) => {
      await setQuota(deps, scope, body.bytes)
      return { ok: true as const }
    },
    'POST /completeness/reconciliations': async ({ scope }) => {
      await reconcile(scope.municipality)
      const report = await newestReport(deps, scope)
      if (report === null) {
        throw new Unavailable('database')
      }
      return report
    },
  })
}
