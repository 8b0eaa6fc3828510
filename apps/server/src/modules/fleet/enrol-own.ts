/**
 * The installation's own dock: what takes in files from systems that sign nothing (a vendor's docking station, a person's
 * browser). Its key is the signer's, so its enrolment needs no QR code; for the rest it is a device like any other.
 */
import type { PublicKey } from '@sereno/proof'
import type { Scope } from '../../kernel/actor.ts'
import type { FleetDeps } from './door.ts'
import { enrolKey } from './enrol.ts'
import type { OwnDock } from './fleet.ts'
import { allDevices, insertDevice, keyRow, lockRegister } from './store-devices.ts'

const ownCode = 'INGRESO'

/**
 * The dock, enrolled with this key: made at the first call, given a new epoch when the signer's key is another one. One
 * transaction with the register locked, so two calls at once make one dock.
 */
export async function enrolOwnDock(
  deps: FleetDeps,
  scope: Scope,
  given: PublicKey & { readonly keyId: string },
  changed: (device: string) => void,
): Promise<OwnDock> {
  const { municipality } = scope
  const made = await deps.database.transaction(async (tx) => {
    await lockRegister(tx, municipality)
    const known = (await allDevices(tx, scope)).find(({ code }) => code === ownCode)
    const id = known?.id ?? deps.ids.uuid()
    const epoch = known?.key_epoch ?? 0
    const key = epoch === 0 ? null : await keyRow(tx, id, epoch)
    if (key?.keyId === given.keyId) {
      return { id, code: ownCode, keyEpoch: epoch }
    }
    const nowMs = deps.clock.nowMs()
    if (known === undefined) {
      await insertDevice(tx, { municipality, id, code: ownCode, kind: 'dock' }, nowMs)
    }
    const raw = new Uint8Array(Buffer.from(given.publicKey, 'base64url'))
    const asked = {
      algorithm: 'ed25519',
      publicKey: given.publicKey,
      protection: 'software',
      appVersion: deps.config.version,
      build: null,
    } as const
    await enrolKey(deps, tx, { municipality, device: id, simulated: false }, asked, { raw, keyId: given.keyId }, nowMs)
    return { id, code: ownCode, keyEpoch: epoch + 1 }
  })
  changed(made.id)
  return made
}
