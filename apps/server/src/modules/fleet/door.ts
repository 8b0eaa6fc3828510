import type { DeviceSelf } from '@sereno/contracts'
import type { PublicKey } from '@sereno/proof'
import type { Actor, Scope } from '../../kernel/actor.ts'
import type { Checker, Cron } from '../../kernel/checker.ts'
import type { Db } from '../../kernel/database.ts'
import type { RouteTable } from '../../kernel/http.ts'
import type { Kernel } from '../../kernel/kernel.ts'
import type { Identity } from '../identity/index.ts'
import type { Ledger } from '../ledger/index.ts'
import type { Territory } from '../territory/index.ts'
import type { DeviceKey, Duty, IssueAt, OfficerName, OwnDock, RegisteredDevice } from './fleet.ts'

export type FleetDeps = Kernel & {
  readonly ledger: Ledger
  readonly identity: Identity
  readonly territory: Territory
}

/** What the simulator needs to bring one camera of the demonstration to life through the public API. */
export type DemonstrationEnrolment = {
  readonly device: string
  readonly code: string
  /** Null when the camera was enrolled in an earlier run: its key is with the simulator. */
  readonly token: string | null
  /** Starts the officer's shift (`POST /device/shift`); null when it has started already. */
  readonly pin: string | null
  readonly officer: OfficerName
  readonly shift: string
  readonly quadrant: { readonly id: string; readonly code: string }
  /** Outline of the quadrant, [longitude, latitude], closed. */
  readonly ring: readonly (readonly [number, number])[]
}

/** What fleet offers to app.ts and to the modules on its right. */
export type Fleet = {
  readonly routes: RouteTable
  readonly timers: readonly Cron[]
  readonly check: Checker
  start(): Promise<void>
  /** The actor of `authorization: Device <token>`, or null. Cached for at most two seconds. */
  authenticateDevice(token: string): Promise<Actor | null>
  /** Whoever ever was validly enrolled; cached. Null for a key that never was. */
  keyOf(db: Db, device: string, keyEpoch: number): Promise<DeviceKey | null>
  /** The key in use, or null (never enrolled, revoked or reported stolen). */
  currentKey(db: Db, device: string): Promise<DeviceKey | null>
  /** Whether the signature over the UTF-8 message is by the key in use. Never throws. */
  verifyByDevice(device: string, message: string, signature: Uint8Array): Promise<boolean>
  /** Who had the device at this instant (epoch ms, server time): judged at capture time. */
  issueAt(db: Db, device: string, atMs: number): Promise<IssueAt | null>
  /** A shift by id, open or over. */
  shift(db: Db, scope: Scope, id: string): Promise<(IssueAt & { readonly device: string }) | null>
  device(scope: Scope, id: string): Promise<RegisteredDevice | null>
  devices(scope: Scope): Promise<readonly RegisteredDevice[]>
  officer(scope: Scope, id: string): Promise<OfficerName | null>
  /** Devices with a started, unreturned shift. */
  onDuty(scope: Scope): Promise<readonly Duty[]>
  /** Remembers when a device was last heard; written to the database in batches. */
  touch(device: string, seenAtMs: number): void
  /** Newest instant the device was heard in this process or the database's, or null. */
  seenAt(device: string): number | null
  /** Remembers the last counter and head of a stored statement, so that a phone that lost its journal can go on. */
  noteStatement(tx: Db, device: string, counter: number, head: string, recording: string): Promise<void>
  /** The same for a batch, at most one for each device. */
  noteStatements(
    tx: Db,
    lasts: readonly {
      readonly device: string
      readonly counter: number
      readonly head: string
      readonly recording: string
    }[],
  ): Promise<void>
  self(device: string): Promise<DeviceSelf>
  /** The dock that is the installation itself, enrolled with a key of the signer (see enrol-own.ts). */
  ownDock(scope: Scope, key: PublicKey & { readonly keyId: string }): Promise<OwnDock>
  /** Officers, cameras and quadrants of the fictitious municipality, unless they are there. Answers the officers. */
  seedDemonstration(municipality: string): Promise<readonly OfficerName[]>
  /** Fresh one-use tokens and PINs for the cameras of the demonstration, handed to the simulator at each start. */
  demonstrationEnrolments(municipality: string): Promise<readonly DemonstrationEnrolment[]>
}
