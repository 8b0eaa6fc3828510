import type { Fix, TrackPoint } from '@sereno/contracts'
import type { Static } from 'typebox'
import type { Checker, Cron } from '../../kernel/checker.ts'
import type { Db } from '../../kernel/database.ts'
import type { RouteTable } from '../../kernel/http.ts'
import type { Kernel } from '../../kernel/kernel.ts'
import type { Fleet } from '../fleet/index.ts'
import type { Ledger } from '../ledger/index.ts'

export type TracksDeps = Kernel & { readonly ledger: Ledger; readonly fleet: Fleet }

export type Circle = {
  readonly longitude: number
  readonly latitude: number
  readonly radiusM: number
  readonly fromMs: number
  readonly toMs: number
}
/** A stretch of time a device spent inside a circle; closed interval, epoch ms. */
export type Visit = { readonly device: string; readonly fromMs: number; readonly toMs: number }
export type Recorded = { readonly stored: number; readonly duplicates: number; readonly implausible: number }
export type StoredPoint = Static<typeof TrackPoint>
/** One element of the fan-out message on `positions.<municipality>`. */
export type MovedUnit = { readonly device: string; readonly fix: Fix }

export type Tracks = {
  readonly routes: RouteTable
  readonly timers: readonly Cron[]
  readonly check: Checker
  start(): Promise<void>
  /** Stores fixes; durable when it resolves. De-duplicated by (device, instant). */
  record(device: string, municipality: string, fixes: readonly Fix[]): Promise<Recorded>
  /**
   * Keeps a track that came later, with a whole file: under the recording's id instead of a device's, so that nothing moves
   * on the live map. Durable when it resolves; the same track again changes nothing.
   */
  keep(recording: string, municipality: string, fixes: readonly Fix[]): Promise<void>
  /** The track of a device between two instants (both included), oldest first. */
  track(db: Db, device: string, fromMs: number, toMs: number): Promise<readonly StoredPoint[]>
  /** Erases a device's positions between two instants (both included), when the recording they belong to ends. */
  erase(tx: Db, device: string, fromMs: number, toMs: number): Promise<void>
  /** Who was inside the circle, and when: by index, rechecked exactly. Ordered by device and time. */
  near(db: Db, municipality: string, circle: Circle): Promise<readonly Visit[]>
  /** The newest plausible fix of each device, from memory. */
  latest(municipality: string): ReadonlyMap<string, Fix>
}
