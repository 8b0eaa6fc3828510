import type { BodyOf, DeviceSelf, fleetOperations, RefusalCode } from '@sereno/contracts'
import { fromBase64Url, importVerifier, type PublicKey, utf8 } from '@sereno/proof'
import { type Actor, type Scope, systemActor } from '../../kernel/actor.ts'
import type { Db } from '../../kernel/database.ts'
import { Refusal } from '../../kernel/errors.ts'
import type { FleetDeps } from './door.ts'
import { type DeviceKey, type DeviceKind, enrolmentValidMs, nextCode } from './fleet.ts'
import { hashToken } from './secrets.ts'
import { allDevices, anyDevice, deviceById, insertDevice, insertKey, keyRow, lockRegister } from './store-devices.ts'
import { deleteSessions, insertEnrolment, markUsed, takeEnrolment } from './store-enrolments.ts'

export type Opened = {
  readonly id: string
  readonly token: string
  readonly device: string
  readonly code: string
  readonly expiresAt: number
}
type Asked = {
  readonly code?: string | undefined
  readonly kind?: DeviceKind | undefined
  readonly device?: string | undefined
  readonly simulated?: boolean | undefined
}
export type Redemption = BodyOf<(typeof fleetOperations)['POST /device/enrol']>

/** Opens an enrolment for a new device or, with its id or its unenrolled code, for a known one. Nothing is enrolled yet. */
export async function openEnrolment(deps: FleetDeps, tx: Db, scope: Scope, asked: Asked): Promise<Opened> {
  if (asked.simulated === true) {
    refuseSimulated(deps)
  }
  const device = await deviceFor(deps, tx, scope, asked)
  const openedAt = deps.clock.nowMs()
  const opened = { id: deps.ids.uuid(), token: deps.ids.token(), expiresAt: openedAt + enrolmentValidMs }
  await insertEnrolment(tx, scope, {
    id: opened.id,
    tokenHash: hashToken(opened.token),
    device: device.id,
    simulated: asked.simulated ?? false,
    openedAt,
    expiresAt: opened.expiresAt,
  })
  return { ...opened, device: device.id, code: device.code }
}

async function deviceFor(
  deps: FleetDeps,
  tx: Db,
  scope: Scope,
  asked: Asked,
): Promise<{ readonly id: string; readonly code: string }> {
  if (asked.device !== undefined) {
    const known = await deviceById(tx, scope, asked.device)
    if (known === null) {
      throw new Refusal('device.not-found')
    }
    return known
  }
  await lockRegister(tx, scope.municipality)
  const taken = await allDevices(tx, scope)
  const kind = asked.kind ?? 'phone'
  const code =
    asked.code?.trim() ||
    nextCode(
      kind,
      taken.map((each) => each.code),
    )
  const known = taken.find((each) => each.code === code)
  if (known !== undefined) {
    // A QR code that nobody used in its ten minutes left the device registered: the next one is for it.
    if (known.key_epoch === 0) {
      return known
    }
    throw new Refusal('device.code-taken', { code })
  }
  const device = { municipality: scope.municipality, id: deps.ids.uuid(), code, kind }
  await insertDevice(tx, device, deps.clock.nowMs())
  return device
}

/**
 * A phone redeems its QR code with a public key and proves that it holds the private one.
 *
 * 1. Key and proof are judged: no database yet, so a stranger costs one verification.
 * 2. In one transaction, the token's row and the device's row locked: token judged, ledger entry (its leaf opens device,
 *    key, epoch, protection, simulated, build), key stored, earlier key superseded, sessions of it ended, token used,
 *    event. A crash before the commit leaves an unused token and no key; after it, both.
 * 3. The answer. Lost on its way, the same phone asks again with the same key and is answered as the first time.
 */
export async function redeemEnrolment(
  deps: FleetDeps,
  asked: Redemption,
  self: (device: string) => Promise<DeviceSelf>,
  changed: (device: string) => void,
): Promise<DeviceSelf> {
  const key: PublicKey = { algorithm: asked.algorithm, publicKey: asked.publicKey }
  const proven = await provenKey(key, asked)
  const device = await deps.database.transaction(async (tx) => {
    const enrolment = await takeEnrolment(tx, hashToken(asked.token))
    if (enrolment === null) {
      throw new Refusal('device.enrolment-expired')
    }
    if (enrolment.used_at !== null) {
      const used = await keyRow(tx, enrolment.device, enrolment.key_epoch ?? 0)
      if (used === null || Buffer.compare(used.publicKey, proven.raw) !== 0) {
        throw new Refusal('device.enrolment-used')
      }
      return enrolment.device
    }
    const nowMs = deps.clock.nowMs()
    if (enrolment.expires_at < nowMs) {
      throw new Refusal('device.enrolment-expired')
    }
    const simulated = enrolment.simulated || asked.simulated
    if (simulated) {
      refuseSimulated(deps)
    }
    const epoch = await enrolKey(deps, tx, { ...enrolment, simulated }, asked, proven, nowMs)
    await deleteSessions(tx, enrolment.device)
    await markUsed(tx, enrolment.id, nowMs, epoch)
    return enrolment.device
  })
  changed(device)
  return self(device)
}

type Proven = { readonly raw: Uint8Array; readonly keyId: string }

/** The device's next key, with its entry and event, in the caller's transaction. Answers its epoch. */
export async function enrolKey(
  deps: FleetDeps,
  tx: Db,
  enrolment: {
    readonly municipality: string
    readonly device: string
    readonly simulated: boolean
  },
  asked: Pick<Redemption, 'algorithm' | 'publicKey' | 'protection' | 'build' | 'appVersion'>,
  proven: Proven,
  nowMs: number,
): Promise<number> {
  const device = await anyDevice(tx, enrolment.device, true)
  if (device === null) {
    throw new Refusal('device.not-found')
  }
  const { municipality, simulated } = enrolment
  const epoch = device.key_epoch + 1
  const actor: Actor = {
    ...systemActor(municipality),
    kind: 'device',
    id: device.id,
    name: device.code,
    device: device.id,
  }
  const entry = await deps.ledger.append(tx, {
    municipality,
    kind: 'device.enrolled',
    coarse: 'device',
    subjects: [`device:${device.id}`],
    actor,
    at: nowMs,
    fields: {
      device: device.id,
      deviceCode: device.code,
      deviceKind: device.kind,
      algorithm: asked.algorithm,
      publicKey: asked.publicKey,
      keyId: proven.keyId,
      keyEpoch: String(epoch),
      protection: asked.protection,
      simulated: String(simulated),
      build: asked.build ?? '',
      appVersion: asked.appVersion,
    },
  })
  const key: DeviceKey = {
    municipality,
    device: device.id,
    deviceCode: device.code,
    epoch,
    algorithm: asked.algorithm,
    publicKey: proven.raw,
    keyId: proven.keyId,
    protection: asked.protection,
    build: asked.build,
    simulated,
    validFromMs: nowMs,
    supersededAtMs: null,
    revokedAtMs: null,
    enrolmentEntry: entry.id,
    enrolmentLeaf: entry.leafHash,
  }
  await insertKey(tx, key, asked.appVersion)
  await deps.events.publish(tx, 'device.enrolled', municipality, { device: device.id, simulated })
  return epoch
}

async function provenKey(key: PublicKey, asked: Redemption): Promise<Proven> {
  const verifier = await importVerifier(key)
  if (!verifier.ok) {
    throw new Refusal(weakKey)
  }
  const signature = fromBase64Url(asked.signature)
  const message = utf8(`sereno-enrol-v1.${asked.token}.${asked.publicKey}`)
  if (signature === null || !(await verifier.value.verify(message, signature))) {
    throw new Refusal('device.wrong-signature')
  }
  return { raw: fromBase64Url(key.publicKey) ?? new Uint8Array(), keyId: verifier.value.keyId }
}

const weakKey: RefusalCode = 'device.weak-key'

/** Simulated devices exist in fictitious municipalities only: elsewhere footage of nothing could pass for evidence. */
function refuseSimulated(deps: FleetDeps): void {
  if (deps.identity.municipality()?.fictitious !== true) {
    throw new Refusal('device.simulated-refused')
  }
}
