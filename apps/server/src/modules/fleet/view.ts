import type { Device, DeviceSelf, Permission } from '@sereno/contracts'
import type { Static } from 'typebox'
import type { Scope } from '../../kernel/actor.ts'
import { Refusal } from '../../kernel/errors.ts'
import type { FleetDeps } from './door.ts'
import {
  type Duty,
  type IssueAt,
  type QuadrantName,
  type RegisteredDevice,
  type ShiftView,
  stateOf,
  whyNotIssuable,
} from './fleet.ts'
import { anyDevice, type DeviceRow } from './store-devices.ts'
import { openShift, type ShiftRow } from './store-shifts.ts'

/** How the phone captures. Two seconds are one group of pictures and one segment (design §3). */
const captureSettings: DeviceSelf['settings'] = {
  preEventSeconds: 30,
  segmentSeconds: 2,
  videoBitsPerSecond: 2_000_000,
  width: 1280,
  height: 720,
  framesPerSecond: 30,
}

export function registered(row: DeviceRow, seenAt: number | null): RegisteredDevice {
  const hasShift = row.shift !== null
  return {
    id: row.id,
    code: row.code,
    kind: row.kind,
    state: stateOf({ reported: row.reported, hasShift, keyEpoch: row.key_epoch }),
    simulated: row.simulated,
    keyEpoch: row.key_epoch,
    keyId: row.key_id,
    enrolledAt: row.enrolled_at,
    enrolmentEntry: row.enrolment_entry,
    officer: row.officer,
    shift: row.shift,
    health: row.health,
    healthAt: row.health_at,
    seenAt: later(row.seen_at, seenAt),
  }
}

const deviceActions = ['device.enrol', 'device.issue', 'device.revoke'] as const satisfies readonly Permission[]

/**
 * What a reader may do with each device: the decision of identity, asked once, narrowed by the device's state.
 * `device.return` stands beside `device.issue`: the same permission, the other direction.
 */
export function mayWith(deps: FleetDeps, scope: Scope): (device: RegisteredDevice) => Static<typeof Device> {
  const resource = { type: 'Device', id: 'any', attributes: {} }
  const granted = deps.identity.may(scope.actor, resource, deviceActions)
  return (device) => {
    const may: string[] = []
    if (granted.includes('device.enrol')) {
      may.push('device.enrol')
    }
    if (granted.includes('device.issue') && device.state === 'issued') {
      may.push('device.return')
    }
    if (granted.includes('device.issue') && whyNotIssuable(device.state) === null) {
      may.push('device.issue')
    }
    const { state } = device
    const isReported = state === 'stolen' || state === 'revoked' || state === 'retired'
    if (granted.includes('device.revoke') && !isReported) {
      may.push('device.revoke')
    }
    return { ...device, may }
  }
}

export async function quadrantName(
  deps: Pick<FleetDeps, 'territory'>,
  municipality: string,
  id: string | null,
): Promise<QuadrantName | null> {
  const quadrant = id === null ? null : await deps.territory.quadrant(municipality, id)
  return quadrant === null ? null : { id: quadrant.id, code: quadrant.code, name: quadrant.name }
}

export async function shiftView(deps: FleetDeps, row: ShiftRow): Promise<ShiftView> {
  return {
    id: row.id,
    device: row.device,
    officer: row.officer,
    issuedAt: row.issued_at,
    startedAt: row.started_at,
    returnedAt: row.returned_at,
    quadrant: await quadrantName(deps, row.municipality, row.quadrant),
    check: row.check_items,
  }
}

export async function issueView(deps: FleetDeps, row: ShiftRow): Promise<IssueAt & { readonly device: string }> {
  return {
    shift: row.id,
    device: row.device,
    officer: row.officer,
    quadrant: await quadrantName(deps, row.municipality, row.quadrant),
    issuedAt: row.issued_at,
    startedAt: row.started_at,
    returnedAt: row.returned_at,
  }
}

export async function duty(deps: FleetDeps, row: DeviceRow, seenAt: number | null): Promise<Duty | null> {
  return row.shift === null || row.started_at === null || row.officer === null
    ? null
    : {
        device: row.id,
        deviceCode: row.code,
        simulated: row.simulated,
        shift: row.shift,
        officer: row.officer,
        quadrant: await quadrantName(deps, row.municipality, row.quadrant),
        startedAt: row.started_at,
        health: row.health,
        healthAt: row.health_at,
        seenAt: later(row.seen_at, seenAt),
      }
}

/** What a phone must know about itself; it can rebuild its whole state from it. */
export async function selfOf(deps: FleetDeps, device: string): Promise<DeviceSelf> {
  const [row, shift, keys] = await Promise.all([
    anyDevice(deps.database.db, device),
    openShift(deps.database.db, device),
    deps.signer.publicKeys(),
  ])
  const municipality = deps.identity.municipality()
  if (municipality === null) {
    throw new Refusal('installation.not-set-up')
  }
  if (row === null) {
    throw new Refusal('device.not-found')
  }
  const checkpoint = deps.ledger.newestCheckpoint()
  const { keyId, algorithm, publicKey } = keys.receipt
  return {
    device: {
      id: row.id,
      code: row.code,
      keyEpoch: row.key_epoch,
      state: stateOf({ reported: row.reported, hasShift: shift !== null, keyEpoch: row.key_epoch }),
      simulated: row.simulated,
    },
    installation: deps.config.installation,
    municipality: {
      id: row.municipality,
      name: municipality.name,
      timeZone: municipality.timeZone,
      fictitious: municipality.fictitious,
      telephone: municipality.telephone,
    },
    shift: shift === null ? null : await shiftView(deps, shift),
    lastCounter: row.last_counter,
    lastHead: row.last_head,
    lastRecording: row.last_recording,
    log: { origin: deps.ledger.originUuid, vkey: await deps.ledger.vkey() },
    queueKey: keys.queue,
    receiptKeys: [{ keyId, algorithm, publicKey }],
    settings: captureSettings,
    checkpoint: checkpoint === null ? null : { size: checkpoint.size, root: checkpoint.root },
    nowMs: deps.clock.nowMs(),
  }
}

function later(left: number | null, right: number | null): number | null {
  return left === null || right === null ? (left ?? right) : Math.max(left, right)
}
