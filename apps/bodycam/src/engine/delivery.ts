import type { DeviceSelf } from '@sereno/contracts'
import { type Tile, tilePath } from '@sereno/proof'
import type { Folder } from '../journal/folder.ts'
import { type Journal, openJournal } from '../journal/journal.ts'
import { type SealBody, sealTo } from '../journal/seal.ts'
import type { DeviceKeys } from '../keys/device-keys.ts'
import { type FixQueue, openFixQueue } from '../position/fix-queue.ts'
import type { Server } from '../session/server.ts'
import { createSession, type Session } from '../session/session.ts'
import type { CoverProblem } from '../upload/cover.ts'
import { tidy } from '../upload/tidy.ts'
import { createUploader, type Uploader } from '../upload/uploader.ts'
import { openPinned, type Pinned } from './pinned.ts'
import type { Surroundings } from './surroundings.ts'

/** What lies on the phone under one device's name, and its way to the server. */
export type Delivery = {
  readonly folder: Folder
  readonly journal: Journal
  readonly session: Session
  readonly uploader: Uploader
  readonly fixes: FixQueue
  /** Why a copy stays although the server says that it is covered. */
  readonly doubt: (recording: string) => CoverProblem | null
  /** Seals to the installation what has ended; needs no network. */
  readonly sealEnded: () => Promise<void>
  /** One round: seal what has ended, send notes, erase what is proven safe. Rounds follow one another. */
  readonly tidy: () => Promise<void>
  readonly dispose: () => void
}
export type DeliveryDeps = {
  readonly root: Folder
  readonly keys: DeviceKeys
  readonly server: Server
  readonly around: Surroundings
  readonly device: string
  /** What the server said last of this device. */
  readonly latestSelf: () => DeviceSelf
  readonly onSelf: (self: DeviceSelf) => void
  readonly onReached: (reached: boolean) => void
  readonly onChange: () => void
  /** The device was enrolled just now: what it pins is pinned anew. */
  readonly fresh: boolean
}

export async function openDelivery(deps: DeliveryDeps): Promise<Delivery> {
  const { root, keys, server, around, device } = deps
  const { vault } = keys
  const folder = await (await root.folder('devices')).folder(device)
  const journal = await openJournal(folder, vault)
  const doubts = new Map<string, CoverProblem>()
  const session = createSession({
    server,
    signer: keys.signer,
    device,
    nowMs: around.monotonicMs,
    onSelf: deps.onSelf,
  })
  const uploader = createUploader({
    journal,
    server,
    device,
    receiptKeys: () => deps.latestSelf().receiptKeys,
    nowMs: around.nowMs,
    random: around.random,
    schedule: around.schedule,
    parallel: 3,
    onChange: (reached) => {
      deps.onReached(reached)
      deps.onChange()
    },
  })
  const fixes = await openFixQueue(folder, vault, { server, session })

  let pinning: Promise<Pinned> | null = null
  const pinned = async (): Promise<Pinned | null> => {
    const self: Partial<DeviceSelf> = deps.latestSelf()
    if (self.log !== undefined) {
      pinning ??= openPinned(folder, vault, deps.latestSelf(), deps.fresh)
    }
    return pinning
  }
  if (deps.fresh) {
    await pinned()
  }
  let sealer: { readonly keyId: string; readonly seal: SealBody | null } | null = null
  const currentSealer = async (): Promise<SealBody | null> => {
    const { queueKey }: Partial<DeviceSelf> = deps.latestSelf()
    if (queueKey !== undefined && sealer?.keyId !== queueKey.keyId) {
      sealer = { keyId: queueKey.keyId, seal: await sealTo(queueKey) }
    }
    return sealer?.seal ?? null
  }
  const sealAll = async (): Promise<void> => {
    const seal = await currentSealer()
    if (seal === null) {
      return
    }
    for (const { id } of journal.recordings()) {
      await journal.sealAway(id, seal)
    }
  }
  let sealing: Promise<void> | null = null
  const sealEnded = (): Promise<void> => {
    // a disk without room for one more box: the next round tries again
    sealing ??= sealAll()
      .catch(() => undefined)
      .finally(() => {
        sealing = null
      })
    return sealing
  }
  const round = async (): Promise<void> => {
    await sealEnded()
    await tidy({
      journal,
      server,
      session,
      nowMs: around.nowMs,
      onMissing: (recording, sequence) => uploader.add(recording, sequence),
      pinned,
      readTile: (tile: Tile) => server.file(`/log/${tilePath(tile)}`),
      onDoubt: (recording, problem) => {
        doubts.delete(recording)
        if (problem !== null) {
          doubts.set(recording, problem)
        }
      },
    })
  }
  let running: Promise<void> | null = null
  return {
    folder,
    journal,
    session,
    uploader,
    fixes,
    sealEnded,
    doubt: (recording) => doubts.get(recording) ?? null,
    tidy: () => {
      running ??= round().finally(() => {
        running = null
      })
      return running
    },
    dispose: () => {
      uploader.dispose()
      fixes.close()
      journal.close()
    },
  }
}
