import { territoryOperations } from '@sereno/contracts'
import type { Scope } from '../../kernel/actor.ts'
import { Refusal } from '../../kernel/errors.ts'
import { type RouteTable, routes } from '../../kernel/http.ts'
import type { TerritoryDeps } from './door.ts'
import type { InForce } from './in-force.ts'
import { judge } from './judge.ts'
import { putInForce } from './put-in-force.ts'
import { groundOf, versionsOf } from './store.ts'
import type { Ground } from './territory.ts'

export function territoryRoutes(deps: TerritoryDeps, inForce: InForce): RouteTable {
  const { db } = deps.database
  const resource = ({ municipality }: Scope) => ({ type: 'Territory', id: municipality, attributes: {} })
  const shown = ({ version, areas, places, zones, lines }: Ground) => ({
    version,
    areas: [...areas],
    places: [...places],
    zones: [...zones],
    lines: [...lines],
  })

  return routes(territoryOperations, {
    'GET /territory': async ({ scope }) => ({
      ...shown((await inForce.of(scope.municipality)).ground),
      may: deps.identity.may(scope.actor, resource(scope), ['territory.write']),
    }),
    'GET /territory/versions': async ({ scope }) => ({ versions: [...(await versionsOf(db, scope.municipality))] }),
    'GET /territory/versions/:version': async ({ scope, params }) => {
      const version = Number(params.version)
      const known = (await versionsOf(db, scope.municipality)).some((row) => row.version === version)
      if (!known) {
        throw new Refusal('territory.not-found')
      }
      return shown(await groundOf(db, scope.municipality, version))
    },
    'POST /territory/check': async ({ body }) => ({ findings: [...(await judge(body))] }),
    'POST /territory/versions': async ({ scope, body }) => {
      const { policy } = deps.identity.require(scope.actor, 'territory.write', resource(scope))
      const { base, note, accepted, ...ground } = body
      const version = await putInForce(deps, scope, { base, note, accepted, ground }, policy)
      inForce.forget(scope.municipality)
      return { version }
    },
  })
}
