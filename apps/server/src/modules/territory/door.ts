import type { Scope } from '../../kernel/actor.ts'
import type { Checker } from '../../kernel/checker.ts'
import type { RouteTable } from '../../kernel/http.ts'
import type { Kernel } from '../../kernel/kernel.ts'
import type { Identity } from '../identity/index.ts'
import type { Ledger } from '../ledger/index.ts'
import type { Ground, Line, Quadrant } from './territory.ts'

export type TerritoryDeps = Kernel & { readonly ledger: Ledger; readonly identity: Identity }

export type Territory = {
  readonly routes: RouteTable
  readonly check: Checker
  /** The quadrant a point lies in, in the version in force; null outside the district. */
  quadrantAt(municipality: string, longitude: number, latitude: number): Promise<Quadrant | null>
  quadrant(municipality: string, id: string): Promise<Quadrant | null>
  /** Whether a sector with this id is in force. */
  hasSector(municipality: string, id: string): Promise<boolean>
  quadrants(municipality: string): Promise<readonly Quadrant[]>
  lines(municipality: string): Promise<readonly Line[]>
  all(scope: Scope): Promise<Ground>
  /** Words for a point: nearest street and the quadrant's code, e.g. `Av. Los Faroles · C-32`; null outside. */
  placeName(municipality: string, longitude: number, latitude: number): Promise<string | null>
  /** The fictitious district; does nothing when a territory is there. */
  seedDemonstration(municipality: string): Promise<void>
}
