import { ed25519Key, importVerifier, type Verifier } from '@sereno/proof'
import type { Db } from '../../kernel/database.ts'
import type { DeviceKey } from './fleet.ts'
import { anyDevice, keyRow } from './store-devices.ts'

export type Keys = {
  readonly keyOf: (db: Db, device: string, epoch: number) => Promise<DeviceKey | null>
  readonly currentKey: (db: Db, device: string) => Promise<DeviceKey | null>
  readonly verify: (db: Db, device: string, message: string, signature: Uint8Array) => Promise<boolean>
  readonly forget: (device: string) => void
}

const mostKept = 20_000
const uuidPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** Keys in memory: every segment asks for one. A key never changes but for its ends, after which it is forgotten here. */
export function createKeys(): Keys {
  const kept = new Map<string, Map<number, DeviceKey>>()
  const verifiers = new WeakMap<DeviceKey, Verifier>()

  async function keyOf(db: Db, device: string, epoch: number): Promise<DeviceKey | null> {
    const found = kept.get(device)?.get(epoch)
    if (found !== undefined) {
      return found
    }
    // What a stranger writes into a statement must not become an error of the database.
    if (!uuidPattern.test(device) || !Number.isInteger(epoch) || epoch < 1 || epoch > 0x7fffffff) {
      return null
    }
    const key = await keyRow(db, device, epoch)
    if (key !== null) {
      if (kept.size >= mostKept) {
        kept.clear()
      }
      kept.set(device, (kept.get(device) ?? new Map<number, DeviceKey>()).set(epoch, key))
    }
    return key
  }

  async function currentKey(db: Db, device: string): Promise<DeviceKey | null> {
    const row = uuidPattern.test(device) ? await anyDevice(db, device) : null
    const key = row === null ? null : await keyOf(db, device, row.key_epoch)
    return key === null || key.revokedAtMs !== null ? null : key
  }

  return {
    keyOf,
    currentKey,
    async verify(db, device, message, signature) {
      const key = await currentKey(db, device)
      if (key === null) {
        return false
      }
      const verifier = verifiers.get(key) ?? (await verifierOf(key))
      if (verifier === null) {
        return false
      }
      verifiers.set(key, verifier)
      return verifier.verify(new TextEncoder().encode(message), signature)
    },
    forget: (device) => void kept.delete(device),
  }
}

async function verifierOf(key: DeviceKey): Promise<Verifier | null> {
  const made = await importVerifier(ed25519Key(key.publicKey))
  return made.ok ? made.value : null
}
