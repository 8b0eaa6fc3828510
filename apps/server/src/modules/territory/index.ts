export type { Territory, TerritoryDeps } from './door.ts'
export type { Ground, Line, Quadrant } from './territory.ts'
export const territoryMigrations = { module: 'territory', folder: new URL('./migrations/', import.meta.url) }
