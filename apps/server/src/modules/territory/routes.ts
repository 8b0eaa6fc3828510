import { territoryOperations } from '@sereno/contracts'
import { type RouteTable, routes } from '../../kernel/http.ts'
import type { Ground } from './territory.ts'

export function territoryRoutes(groundInForce: (municipality: string) => Promise<Ground>): RouteTable {
  return routes(territoryOperations, {
    'GET /territory': async ({ scope }) => {
      const ground = await groundInForce(scope.municipality)
      return { version: ground.version, areas: [...ground.areas], places: [...ground.places], lines: [...ground.lines] }
    },
  })
}
