import { checkTerritory } from './check.ts'
import { demonstrationGround } from './demonstration.ts'
import type { Territory, TerritoryDeps } from './door.ts'
import { keepInForce } from './in-force.ts'
import { territoryRoutes } from './routes.ts'
import { insertGround, versionInForce } from './store.ts'
import { nameOf, quadrantOf } from './territory.ts'

export type { Territory, TerritoryDeps } from './door.ts'
export const territoryMigrations = { module: 'territory', folder: new URL('./migrations/', import.meta.url) }

export function createTerritory(deps: TerritoryDeps): Territory {
  const { database, clock, ids, ledger } = deps
  const inForce = keepInForce(database.db, clock)

  return {
    routes: territoryRoutes(deps, inForce),
    check: checkTerritory(database.db, ledger),
    quadrantAt: async (municipality, longitude, latitude) =>
      quadrantOf(await inForce.of(municipality), [longitude, latitude]),
    quadrant: async (municipality, id) =>
      (await inForce.of(municipality)).quadrants.find((quadrant) => quadrant.id === id)?.quadrant ?? null,
    hasSector: async (municipality, id) =>
      (await inForce.of(municipality)).ground.areas.some((area) => area.id === id && area.kind === 'sector'),
    quadrants: async (municipality) => (await inForce.of(municipality)).quadrants.map(({ quadrant }) => quadrant),
    lines: async (municipality) => (await inForce.of(municipality)).ground.lines,
    all: async (scope) => (await inForce.of(scope.municipality)).ground,
    placeName: async (municipality, longitude, latitude) =>
      nameOf(await inForce.of(municipality), [longitude, latitude]),
    async seedDemonstration(municipality) {
      if ((await versionInForce(database.db, municipality)) > 0) {
        return
      }
      await database.transaction((tx) =>
        insertGround(tx, municipality, demonstrationGround(ids.uuid), {
          inForceAt: clock.nowMs(),
          putBy: null,
          note: '',
          accepted: [],
        }),
      )
      inForce.forget(municipality)
    },
  }
}
