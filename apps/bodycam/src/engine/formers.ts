import type { DeviceSelf } from '@sereno/contracts'
import type { Folder } from '../journal/folder.ts'
import { createKeeper, readJson, type VaultKey } from '../journal/vault.ts'
import { type DeviceKeys, forgetFormerKeys, openFormerKeys } from '../keys/device-keys.ts'
import type { Server } from '../session/server.ts'
import { isFinished } from '../upload/tidy.ts'
import { type Delivery, openDelivery } from './delivery.ts'
import type { Surroundings } from './surroundings.ts'

/**
 * What a phone was before it was enrolled as another device: as long as something of that time lies here, it goes on
 * delivering it under the old name and the old key. A phone that changes hands must not strand a recording.
 */
export type Formers = {
  /** Opens whatever waits under another name than the present one. */
  readonly open: (current: string) => Promise<void>
  readonly all: () => readonly Delivery[]
  /** Sends, erases what is proven safe, and forgets a name under which nothing waits any more. */
  readonly round: () => Promise<void>
  readonly hurry: () => void
}
export type FormersDeps = {
  readonly root: Folder
  readonly keyDatabase: IDBDatabase
  readonly vault: VaultKey
  readonly server: Server
  readonly around: Surroundings
  readonly onChange: () => void
}
type Former = { readonly self: DeviceSelf; readonly keys: DeviceKeys; readonly delivery: Delivery }

const fileName = 'self'

/** Remembers who the phone was, beside what it recorded as that. Before the new name is taken. */
export async function keepFormerSelf(root: Folder, vault: VaultKey, self: DeviceSelf): Promise<void> {
  const folder = await (await root.folder('devices')).folder(self.device.id)
  await createKeeper<DeviceSelf>(vault, folder, fileName).keep(self)
}

export function createFormers(deps: FormersDeps): Formers {
  const { root, keyDatabase, vault } = deps
  const formers = new Map<string, Former>()

  const openOne = async (self: DeviceSelf): Promise<void> => {
    const { id } = self.device
    const keys = await openFormerKeys(keyDatabase, id)
    if (keys === null) {
      return
    }
    let latest = self
    const delivery = await openDelivery({
      ...deps,
      keys,
      device: id,
      fresh: false,
      latestSelf: () => latest,
      onSelf: (next) => {
        latest = next
      },
      onReached: () => undefined,
    })
    formers.set(id, { self, keys, delivery })
  }
  /** In this order: a kill in between leaves keys without a folder, which nobody asks for. */
  const forget = async (id: string, former: Former): Promise<void> => {
    former.delivery.dispose()
    formers.delete(id)
    await (await root.folder('devices')).remove(id)
    await forgetFormerKeys(keyDatabase, id)
  }

  return {
    open: async (current) => {
      const shelf = await root.folder('devices')
      for (const id of await shelf.names()) {
        const isOther = id !== current && !formers.has(id)
        const self = isOther ? await readJson<DeviceSelf>(vault, await shelf.folder(id), fileName, fileName) : null
        if (self !== null) {
          await openOne(self)
        }
      }
    },
    all: () => [...formers.values()].map(({ delivery }) => delivery),
    round: async () => {
      for (const [id, former] of [...formers]) {
        const { fixes, journal, tidy } = former.delivery
        await fixes.flush()
        await tidy()
        if (fixes.waiting() === 0 && journal.recordings().every(isFinished)) {
          await forget(id, former)
          deps.onChange()
        }
      }
    },
    hurry: () => {
      for (const { delivery } of formers.values()) {
        delivery.uploader.hurry()
      }
    },
  }
}
