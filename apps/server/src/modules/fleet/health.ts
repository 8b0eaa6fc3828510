import type { Actor } from '../../kernel/actor.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Db } from '../../kernel/database.ts'
import { Refusal } from '../../kernel/errors.ts'
import { judgeHealth } from './concern.ts'
import type { FleetDeps } from './door.ts'
import type { DeviceHealth } from './fleet.ts'
import { allSeen, anyDevice, saveHealth, saveSeen } from './store-devices.ts'

/** Stores a phone's report of itself; tells the modules to the right when the concern it raises has changed. */
export async function noteHealth(
  deps: FleetDeps,
  actor: Actor & { readonly device: string },
  health: DeviceHealth,
): Promise<void> {
  await deps.database.transaction(async (tx) => {
    const device = await anyDevice(tx, actor.device, true)
    if (device === null) {
      throw new Refusal('device.not-found')
    }
    const atMs = deps.clock.nowMs()
    const before = { concern: device.concern, queueLowest: device.queue_lowest, queueSince: device.queue_since }
    const { memory, detail } = judgeHealth(health, before, atMs)
    await saveHealth(tx, device.id, { health, atMs, ...memory })
    if (memory.concern !== before.concern) {
      await deps.events.publish(tx, 'device.health', device.municipality, {
        device: device.id,
        concern: memory.concern,
        detail,
      })
    }
  })
}

export type Seen = {
  readonly touch: (device: string, atMs: number) => void
  readonly at: (device: string) => number | null
  readonly load: (db: Db) => Promise<void>
  readonly flush: (db: Db) => Promise<void>
}

/** When each device was last heard. In memory, because every request says it; a kill loses at most one flush of it. */
export function createSeen(clock: Clock): Seen {
  const heard = new Map<string, number>()
  let unsaved = new Map<string, number>()

  return {
    touch(device, atMs) {
      // A device cannot be heard later than now, whatever its clock says.
      const at = Math.min(atMs, clock.nowMs())
      if (at > (heard.get(device) ?? 0)) {
        heard.set(device, at)
        unsaved.set(device, at)
      }
    },
    at: (device) => heard.get(device) ?? null,
    async load(db) {
      for (const { id, seen_at } of await allSeen(db)) {
        heard.set(id, Math.max(seen_at, heard.get(id) ?? 0))
      }
    },
    async flush(db) {
      const taken = unsaved
      if (taken.size === 0) {
        return
      }
      unsaved = new Map()
      try {
        await saveSeen(db, [...taken])
      } catch (error) {
        unsaved = new Map([...taken, ...unsaved])
        throw error
      }
    },
  }
}
