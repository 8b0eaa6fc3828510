import type { Actor, Scope } from '../../kernel/actor.ts'
import { afterCommit, type Db } from '../../kernel/database.ts'
import { Refusal } from '../../kernel/errors.ts'
import type { FleetDeps } from './door.ts'
import { type CheckResult, judgeCheck, pinAttempts, stateOf, whyNotIssuable } from './fleet.ts'
import { hashPin, isPin, makePin } from './secrets.ts'
import { anyDevice, deviceById } from './store-devices.ts'
import {
  forgetPinAttempts,
  insertShift,
  markReturned,
  markStarted,
  officerById,
  openShift,
  type ShiftRow,
  takePinAttempt,
} from './store-shifts.ts'

export type Issued = { readonly shift: string; readonly pin: string }
type Asked = { readonly device: string; readonly officer: string; readonly quadrant: string | null }

/** Hands a device to an officer for a shift: entry, row and event in the caller's transaction. The PIN is told once. */
export async function issueDevice(
  deps: FleetDeps,
  tx: Db,
  scope: Scope,
  asked: Asked,
  options: { readonly policy?: string; readonly beforeEnrolment?: boolean } = {},
): Promise<Issued> {
  const device = await lockedDevice(tx, scope, asked.device)
  const state = stateOf({ reported: device.reported, hasShift: device.shift !== null, keyEpoch: device.key_epoch })
  const refusal = whyNotIssuable(state)
  if (refusal !== null && !(state === 'registered' && options.beforeEnrolment === true)) {
    throw new Refusal(refusal)
  }
  const officer = await officerById(tx, scope, asked.officer)
  if (officer === null || !officer.active) {
    throw new Refusal('officer.not-found')
  }
  const quadrant = asked.quadrant === null ? null : await deps.territory.quadrant(scope.municipality, asked.quadrant)
  if (asked.quadrant !== null && quadrant === null) {
    throw new Refusal('request.invalid', { field: 'quadrant' })
  }
  const [shift, pin, issuedAt] = [deps.ids.uuid(), makePin(deps.ids.bytes), deps.clock.nowMs()]
  await insertShift(tx, scope, {
    id: shift,
    device: device.id,
    officer: officer.id,
    quadrant: quadrant?.id ?? null,
    issuedAt,
    pinHash: await hashPin(pin, deps.ids.bytes(16)),
  })
  await deps.ledger.append(tx, {
    municipality: scope.municipality,
    kind: 'device.issued',
    coarse: 'device',
    subjects: [`device:${device.id}`, `person:${officer.id}`, `shift:${shift}`],
    actor: scope.actor,
    policy: options.policy,
    at: issuedAt,
    fields: {
      device: device.id,
      deviceCode: device.code,
      shift,
      officer: officer.id,
      officerCode: officer.code,
      officerName: officer.name,
      quadrant: quadrant?.code ?? '',
    },
  })
  await deps.events.publish(tx, 'device.issued', scope.municipality, {
    device: device.id,
    officer: officer.id,
    shift,
  })
  tellPhone(deps, tx, device.id)
  return { shift, pin }
}

/** Ends the open shift of a device, by the room (`device.returned`) or by the officer (`shift.ended`). */
export async function endShift(
  deps: FleetDeps,
  tx: Db,
  scope: Scope,
  device: string,
  options: { readonly kind: 'device.returned' | 'shift.ended'; readonly policy?: string; readonly reason?: string },
): Promise<void> {
  const { code } = await lockedDevice(tx, scope, device)
  const shift = await openShift(tx, device, true)
  if (shift === null) {
    throw new Refusal('device.not-issued')
  }
  const returnedAt = Math.max(deps.clock.nowMs(), shift.started_at ?? shift.issued_at)
  await markReturned(tx, shift.id, returnedAt)
  await deps.ledger.append(tx, {
    municipality: scope.municipality,
    kind: options.kind,
    coarse: 'device',
    subjects: [`device:${device}`, `person:${shift.officer.id}`, `shift:${shift.id}`],
    actor: scope.actor,
    policy: options.policy,
    at: returnedAt,
    fields: {
      device,
      deviceCode: code,
      shift: shift.id,
      officer: shift.officer.id,
      officerCode: shift.officer.code,
      ...(options.reason === undefined ? {} : { reason: options.reason }),
    },
  })
  await deps.events.publish(tx, 'device.returned', scope.municipality, { device, shift: shift.id })
  tellPhone(deps, tx, device)
}

/**
 * The officer starts the shift with its PIN and the pre-shift check.
 *
 * 1. The attempt is counted, committed, before the PIN is looked at: guessing in parallel gains nothing.
 * 2. The PIN is compared; the right one forgets the attempts. The check is judged. A started shift and the right PIN answer as before (the first answer was lost).
 * 3. In one transaction: shift started, entry, event.
 */
export async function startShift(
  deps: FleetDeps,
  actor: Actor & { readonly device: string },
  asked: { readonly pin: string; readonly check: CheckResult; readonly despite?: string | undefined },
): Promise<ShiftRow> {
  const { database } = deps
  const open = await openShift(database.db, actor.device)
  if (open === null) {
    throw new Refusal('device.not-issued')
  }
  const attempt = await takePinAttempt(database.db, open.id, pinAttempts)
  if (attempt === null) {
    throw new Refusal('access.locked')
  }
  if (!(await isPin(asked.pin, open.pin_hash))) {
    throw new Refusal('device.wrong-pin', { left: pinAttempts - attempt })
  }
  await forgetPinAttempts(database.db, open.id)
  const verdict = judgeCheck(asked.check, asked.despite)
  return database.transaction(async (tx) => {
    const shift = await openShift(tx, actor.device, true)
    if (shift === null || shift.id !== open.id) {
      throw new Refusal('device.not-issued')
    }
    if (shift.started_at !== null) {
      return shift
    }
    if (!verdict.ok) {
      throw new Refusal('shift.check-failed', {
        failed: verdict.failed.join(', '),
        override: verdict.canBeOverridden ? 'yes' : 'no',
      })
    }
    const startedAt = Math.max(deps.clock.nowMs(), shift.issued_at)
    const despite = asked.despite?.trim() || null
    await markStarted(tx, shift.id, { atMs: startedAt, check: asked.check, despite })
    await deps.ledger.append(tx, {
      municipality: shift.municipality,
      kind: 'shift.started',
      coarse: 'device',
      subjects: [`device:${actor.device}`, `person:${shift.officer.id}`, `shift:${shift.id}`],
      actor,
      at: startedAt,
      fields: {
        device: actor.device,
        deviceCode: actor.name,
        shift: shift.id,
        officer: shift.officer.id,
        officerCode: shift.officer.code,
        check: asked.check.map(({ item, passed, value }) => `${item}:${passed ? 'ok' : 'failed'}:${value}`).join('; '),
        ...(despite === null ? {} : { despite }),
      },
    })
    await deps.events.publish(tx, 'shift.started', shift.municipality, {
      shift: shift.id,
      device: actor.device,
      officer: shift.officer.id,
    })
    return { ...shift, started_at: startedAt, check_items: asked.check }
  })
}

/** Locks the device's row, then reads it with its shift: issue, return, report and enrolment come one by one. */
export async function lockedDevice(tx: Db, scope: Scope, id: string) {
  const known = await deviceById(tx, scope, id)
  const device = known === null ? null : await anyDevice(tx, id, true)
  // Read again after the lock was gained: what was joined before may be over.
  const fresh = device === null ? null : await deviceById(tx, scope, id)
  if (fresh === null) {
    throw new Refusal('device.not-found')
  }
  return fresh
}

/** The phone reads its state again. Lost when it is away: then it reads it at its next session. */
export function tellPhone(deps: FleetDeps, tx: Db, device: string): void {
  afterCommit(tx, () => deps.fanout.publish(`device.${device}`, { type: 'shift', changed: true }))
}
