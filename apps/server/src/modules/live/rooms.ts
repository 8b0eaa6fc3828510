import type { Alarm, Fix, Permission, RoomMessage, Unit } from '@sereno/contracts'
import { type Actor, scopeOf } from '../../kernel/actor.ts'
import type { WebSocket } from '../../kernel/http.ts'
import type { LiveDeps, SnapshotPart } from './door.ts'
import { closeCodes, send } from './socket.ts'

/** A room this far behind is not sent positions, only, once it has caught up, where everybody is now. */
const behindAboveBytes = 1024 * 1024
/** A room this far behind is lost; it reconnects and gets a snapshot. */
const lostAboveBytes = 8 * 1024 * 1024

type Room = {
  readonly socket: WebSocket
  readonly actor: Actor
  /** Whoever works elsewhere than in the room still has a line to the server; units and alarms are not on it. */
  readonly sees: { readonly units: boolean; readonly alarms: boolean }
  ready: boolean
  behind: boolean
  waiting: string[]
}
/** What moved since the last flush, by municipality. */
type Pending = { readonly fixes: Map<string, Fix>; readonly units: Set<string>; readonly gone: Set<string> }

export type Rooms = ReturnType<typeof createRooms>

/**
 * The control room's sockets. Everything that moves is collected and sent in batches; each message is encoded once
 * for all who may read the same, whatever their number.
 */
export function createRooms(
  deps: Pick<LiveDeps, 'clock' | 'identity' | 'ledger' | 'log'>,
  view: {
    /** Every unit, as this actor sees it. */
    units(actor: Actor): Promise<readonly Unit[]>
    unit(municipality: string, device: string, may: readonly string[]): Unit | null
    fixes(municipality: string): ReadonlyMap<string, Fix>
  },
) {
  const rooms = new Set<Room>()
  const pending = new Map<string, Pending>()
  let part: SnapshotPart = async () => []

  function pendingOf(municipality: string): Pending {
    const known = pending.get(municipality)
    if (known !== undefined) {
      return known
    }
    const fresh = { fixes: new Map<string, Fix>(), units: new Set<string>(), gone: new Set<string>() }
    pending.set(municipality, fresh)
    return fresh
  }

  const inMunicipality = (municipality: string) => [...rooms].filter((room) => room.actor.municipality === municipality)

  function deliver(room: Room, text: string): void {
    if (!room.ready) {
      // The snapshot is being read: what changes meanwhile follows it.
      room.waiting.push(text)
    } else if (room.socket.bufferedAmount > lostAboveBytes) {
      room.socket.terminate()
    } else {
      send(room.socket, text)
    }
  }

  /** Encodes once for each set of actions that readers may take, mostly one. */
  function deliverByMay(to: readonly Room[], asked: readonly Permission[], encode: (may: string[]) => string): void {
    const texts = new Map<string, string>()
    for (const room of to) {
      const may = asked.filter((permission) => deps.identity.permits(room.actor, permission))
      const key = may.join(' ')
      const text = texts.get(key) ?? encode(may)
      texts.set(key, text)
      deliver(room, text)
    }
  }

  function flushPositions(to: readonly Room[], municipality: string, fixes: Map<string, Fix>): void {
    const nowMs = deps.clock.nowMs()
    const encode = (all: ReadonlyMap<string, Fix>) =>
      JSON.stringify({
        type: 'positions',
        nowMs,
        fixes: [...all].map(([device, fix]) => ({ device, fix })),
      } satisfies RoomMessage)
    let batch: string | null = null
    let everybody: string | null = null
    for (const room of to) {
      if (room.socket.bufferedAmount > behindAboveBytes) {
        room.behind = true
      } else if (room.behind) {
        room.behind = false
        everybody ??= encode(view.fixes(municipality))
        deliver(room, everybody)
      } else if (fixes.size > 0) {
        batch ??= encode(fixes)
        deliver(room, batch)
      }
    }
  }

  async function greet(room: Room): Promise<void> {
    const [units, alarms] = await Promise.all([
      room.sees.units ? view.units(room.actor) : [],
      room.sees.alarms ? part(scopeOf(room.actor)) : [],
    ])
    const snapshot: RoomMessage = { type: 'snapshot', units, alarms, nowMs: deps.clock.nowMs() }
    send(room.socket, JSON.stringify(snapshot))
    tick(room)
    room.ready = true
    for (const text of room.waiting.splice(0)) {
      deliver(room, text)
    }
  }

  function tick(room: Room): void {
    const message: RoomMessage = {
      type: 'tick',
      nowMs: deps.clock.nowMs(),
      checkpointAt: deps.ledger.newestCheckpoint()?.publishedAt ?? null,
    }
    send(room.socket, JSON.stringify(message))
  }

  return {
    open(socket: WebSocket, actor: Actor): void {
      const permits = (permission: Permission) => deps.identity.permits(actor, permission)
      const sees = { units: permits('unit.read'), alarms: permits('alarm.read') }
      const room: Room = { socket, actor, sees, ready: false, behind: false, waiting: [] }
      rooms.add(room)
      socket.on('message', () => undefined)
      socket.on('close', () => rooms.delete(room))
      socket.on('error', () => socket.terminate())
      greet(room).catch((error: unknown) => {
        deps.log.warn({ err: error }, 'live: a room could not be greeted')
        socket.close(1013, 'try again')
      })
    },
    registerSnapshot(next: SnapshotPart): void {
      part = next
    },
    municipalities: () => new Set([...rooms].map((room) => room.actor.municipality)),
    moved: (municipality: string, device: string, fix: Fix) => void pendingOf(municipality).fixes.set(device, fix),
    changed(municipality: string, device: string): void {
      pendingOf(municipality).units.add(device)
    },
    gone(municipality: string, device: string): void {
      const { units, gone } = pendingOf(municipality)
      units.delete(device)
      gone.add(device)
    },
    /** From the fan-out topic `room.<municipality>`. An alarm's actions are cut down to what each reader may do. */
    push(municipality: string, message: RoomMessage): void {
      const to = inMunicipality(municipality)
      if (message.type === 'alarm') {
        const { alarm, nowMs } = message
        const readers = to.filter(({ sees }) => sees.alarms)
        deliverByMay(readers, alarm.may as readonly Permission[], (may) => {
          const own: Alarm = { ...alarm, may }
          return JSON.stringify({ type: 'alarm', nowMs, alarm: own } satisfies RoomMessage)
        })
      } else {
        const text = JSON.stringify(message)
        for (const room of to) {
          deliver(room, text)
        }
      }
    },
    /** Something that lists show changed: whoever may read them asks again. */
    changedFor(municipality: string, permission: Permission, topics: readonly string[]): void {
      const message: RoomMessage = { type: 'changed', nowMs: deps.clock.nowMs(), topics }
      const text = JSON.stringify(message)
      for (const room of inMunicipality(municipality)) {
        if (deps.identity.permits(room.actor, permission)) {
          deliver(room, text)
        }
      }
    },
    /** Four times a second: what moved and changed since. */
    flush(): void {
      for (const [municipality, { fixes, units, gone }] of pending) {
        const to = inMunicipality(municipality).filter(({ sees }) => sees.units)
        pending.delete(municipality)
        if (to.length === 0) {
          continue
        }
        const nowMs = deps.clock.nowMs()
        for (const device of gone) {
          const text = JSON.stringify({ type: 'unit-gone', nowMs, device } satisfies RoomMessage)
          for (const room of to) {
            deliver(room, text)
          }
        }
        for (const device of units) {
          deliverByMay(to, ['live.watch', 'live.revoke'], (may) => {
            const unit = view.unit(municipality, device, may)
            return unit === null
              ? JSON.stringify({ type: 'unit-gone', nowMs, device } satisfies RoomMessage)
              : JSON.stringify({ type: 'unit', nowMs, unit } satisfies RoomMessage)
          })
        }
        flushPositions(to, municipality, fixes)
      }
    },
    tick(): void {
      for (const room of rooms) {
        if (room.ready) {
          tick(room)
        }
      }
    },
    endSession(session: string): void {
      for (const room of [...rooms].filter((one) => one.actor.session === session)) {
        send(room.socket, JSON.stringify({ type: 'session-ended' } satisfies RoomMessage))
        room.socket.close(closeCodes.notSigned, 'session-ended')
      }
    },
  }
}
