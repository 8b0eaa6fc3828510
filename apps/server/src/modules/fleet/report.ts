import type { Scope } from '../../kernel/actor.ts'
import { Refusal } from '../../kernel/errors.ts'
import type { FleetDeps } from './door.ts'
import { endsKey, type Reported } from './fleet.ts'
import { endShift, lockedDevice, tellPhone } from './issue.ts'
import { markReported } from './store-devices.ts'

/**
 * Reports a device lost, stolen or revoked. One transaction: its shift ends, the report is stored, the key and its
 * sessions end (not of a lost one, which may still say where it is), entry, event. Late segments still arrive: into
 * quarantine when they were captured after this. The report ends with a new enrolment.
 */
export async function reportDevice(
  deps: FleetDeps,
  scope: Scope,
  device: string,
  given: { readonly as: Reported; readonly reason: string; readonly policy: string },
): Promise<void> {
  await deps.database.transaction(async (tx) => {
    const known = await lockedDevice(tx, scope, device)
    if (known.reported === given.as) {
      return
    }
    if (known.reported !== null && endsKey(known.reported)) {
      throw new Refusal('device.revoked')
    }
    if (known.shift !== null) {
      await endShift(deps, tx, scope, device, { kind: 'device.returned', policy: given.policy, reason: given.as })
    }
    const atMs = deps.clock.nowMs()
    await markReported(tx, scope, device, { as: given.as, reason: given.reason, atMs, endsKey: endsKey(given.as) })
    await deps.ledger.append(tx, {
      municipality: scope.municipality,
      kind: `device.${given.as}`,
      coarse: 'device',
      subjects: [`device:${device}`],
      actor: scope.actor,
      policy: given.policy,
      at: atMs,
      fields: {
        device,
        deviceCode: known.code,
        keyEpoch: String(known.key_epoch),
        keyId: known.key_id ?? '',
        keyEnded: String(endsKey(given.as)),
        reason: given.reason,
      },
    })
    await deps.events.publish(tx, 'device.revoked', scope.municipality, { device, reason: given.as })
    tellPhone(deps, tx, device)
  })
}
