import type { Check, CheckItem, Device, Health, RefusalCode, Shift } from '@sereno/contracts'
import type { Static } from 'typebox'

export type DeviceKind = 'phone' | 'body-camera' | 'fixed-camera' | 'drone' | 'dock'
export type Reported = 'lost' | 'stolen' | 'revoked' | 'retired'
export type DeviceState = 'registered' | 'enrolled' | 'issued' | Reported
export type DeviceHealth = Static<typeof Health>
/** A device as the register shows it (contract `Device`), without what this reader may do. */
export type RegisteredDevice = Omit<Static<typeof Device>, 'may'>
export type ShiftView = Static<typeof Shift>
export type CheckResult = Static<typeof Check>

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
  /** Ledger entry of its enrolment, and that entry's RFC 6962 leaf hash. */
  readonly enrolmentEntry: string
  readonly enrolmentLeaf: Uint8Array
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

/** What people see of a device, from what is known of it. A report outranks a shift, a shift outranks a key. */
export function stateOf(known: {
  readonly reported: Reported | null
  readonly hasShift: boolean
  readonly keyEpoch: number
}): DeviceState {
  return known.reported ?? (known.hasShift ? 'issued' : known.keyEpoch > 0 ? 'enrolled' : 'registered')
}

/** Why a device in this state cannot be handed to an officer; null when it can. */
export function whyNotIssuable(state: DeviceState): RefusalCode | null {
  switch (state) {
    case 'enrolled':
      return null
    case 'registered':
      return 'device.not-enrolled'
    case 'issued':
      return 'device.already-issued'
    default:
      return 'device.revoked'
  }
}

/** Reports after which the key no longer counts and its sessions end. A lost phone keeps its own: it may say where it is. */
export function endsKey(reported: Reported): boolean {
  return reported !== 'lost'
}

export const enrolmentValidMs = 10 * 60_000
export const sessionValidMs = 60 * 60_000
export const challengeValidMs = 60_000
export const pinAttempts = 5
/** Officers type it with gloves, once a shift; five attempts in a million are enough against guessing. */
export const pinDigits = 6

export type CheckVerdict =
  | { readonly ok: true }
  | { readonly ok: false; readonly failed: readonly string[]; readonly canBeOverridden: boolean }

const items = ['battery', 'storage', 'persist', 'clock', 'gps', 'lens'] as const satisfies readonly Static<
  typeof CheckItem
>[]
// Without room nothing is recorded, and with a wrong clock what is recorded proves less: no reason outweighs either.
const unyielding: readonly string[] = ['storage', 'clock']

/** The pre-shift check: every item passed, or a reason for going out despite those that yield. A missing item failed. */
export function judgeCheck(check: CheckResult, despite: string | undefined): CheckVerdict {
  const failed = items.filter((item) => !check.some((each) => each.item === item && each.passed))
  // An item told twice passes only when it passed both times.
  const contradicted = check.filter(({ item, passed }) => !passed && !failed.includes(item)).map(({ item }) => item)
  const all = [...failed, ...contradicted]
  if (all.length === 0) {
    return { ok: true }
  }
  const canBeOverridden = !all.some((item) => unyielding.includes(item))
  return canBeOverridden && despite !== undefined && despite.trim() !== ''
    ? { ok: true }
    : { ok: false, failed: all, canBeOverridden }
}

const codePrefix: Readonly<Record<DeviceKind, string>> = {
  phone: 'BC',
  'body-camera': 'BC',
  'fixed-camera': 'CF',
  drone: 'DR',
  dock: 'ES',
}

/** The next free code of a kind, e.g. BC-0241: one above the highest number in use. */
export function nextCode(kind: DeviceKind, taken: readonly string[]): string {
  const prefix = codePrefix[kind]
  const numbers = taken.map((code) => (code.startsWith(`${prefix}-`) ? Number(code.slice(prefix.length + 1)) : 0))
  const highest = Math.max(0, ...numbers.filter((number) => Number.isSafeInteger(number)))
  return `${prefix}-${String(highest + 1).padStart(4, '0')}`
}

/** The dock that is the installation itself, under the key in use. */
export type OwnDock = { readonly id: string; readonly code: string; readonly keyEpoch: number }
