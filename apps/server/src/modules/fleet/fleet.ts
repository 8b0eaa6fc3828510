import type { Device, Health, Shift } from '@sereno/contracts'
import type { Static } from 'typebox'

export type DeviceKind = 'phone' | 'body-camera' | 'fixed-camera' | 'drone' | 'dock'
export type Reported = 'lost' | 'stolen' | 'revoked' | 'retired'
export type DeviceState = 'registered' | 'enrolled' | 'issued' | Reported
export type DeviceHealth = Static<typeof Health>
/** A device as the register shows it (contract `Device`), without what this reader may do. */
export type RegisteredDevice = Omit<Static<typeof Device>, 'may'>
export type ShiftView = Static<typeof Shift>

export type OfficerName = { readonly id: string; readonly code: string; readonly name: string }
export type QuadrantName = { readonly id: string; readonly code: string; readonly name: string }

/** A key that was validly enrolled once: it may always deliver; what happened to it since is for the reader to judge. */
export type DeviceKey = {
  readonly municipality: string
  readonly device: string
  readonly deviceCode: string
  readonly epoch: number
  readonly algorithm: string
  /** Raw bytes. */
  readonly publicKey: Uint8Array
  readonly keyId: string
  readonly protection: 'software' | 'hardware'
  readonly build: string | null
  readonly simulated: boolean
  readonly validFromMs: number
  /** When a later epoch replaced it; null for the key in use. */
  readonly supersededAtMs: number | null
  /** When it was revoked or its device reported stolen. */
  readonly revokedAtMs: number | null
  readonly enrolmentEntry: string
}

/** To whom a device was issued at an instant. */
export type IssueAt = {
  readonly shift: string
  readonly officer: OfficerName
  readonly quadrant: QuadrantName | null
  readonly issuedAt: number
  readonly startedAt: number | null
  readonly returnedAt: number | null
}

/** A device whose shift has started: a unit on duty. */
export type Duty = {
  readonly device: string
  readonly deviceCode: string
  readonly simulated: boolean
  readonly shift: string
  readonly officer: OfficerName
  readonly quadrant: QuadrantName | null
  readonly startedAt: number
  readonly health: DeviceHealth | null
  readonly healthAt: number | null
  readonly seenAt: number | null
}
