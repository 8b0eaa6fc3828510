import type { RoomMessage } from '@sereno/contracts'
import { systemActor } from '../../kernel/actor.ts'
import type { MovedUnit } from '../tracks/index.ts'
import type { Channels } from './channel-socket.ts'
import type { LiveDeps } from './door.ts'
import type { EntryTold, News } from './news.ts'
import type { Publishers } from './publish-socket.ts'
import type { Rooms } from './rooms.ts'
import { deleteSosCall, insertSosCall } from './store.ts'
import type { Units } from './units.ts'
import type { Watches } from './watches.ts'

/** What live listens to: events of the modules on its left, alarms by name, and the fan-out. */
export function listen(
  deps: Pick<LiveDeps, 'events' | 'fanout' | 'clock' | 'ledger'>,
  parts: {
    readonly units: Units
    readonly rooms: Rooms
    readonly channels: Channels
    readonly publishers: Publishers
    readonly watches: Watches
    readonly news: News
    /** The demand for a device's stream may have changed. */
    reconsider(device: string): void
  },
): void {
  const { events, fanout } = deps
  const { units, rooms, channels, publishers, watches, news } = parts
  const subscriber = 'live.units'

  events.on('shift.started', subscriber, async (_payload, { municipality }) => units.markStale(municipality))
  events.on('device.returned', subscriber, async ({ device }, { municipality }) => {
    units.markStale(municipality)
    await watches.closeAllOf(device, 'shift-ended')
    publishers.closeAllOf(device, 'shift-ended')
  })
  events.on('device.revoked', subscriber, async ({ device }, { municipality }) => {
    units.markStale(municipality)
    await watches.closeAllOf(device, 'device-revoked')
    publishers.closeAllOf(device, 'device.revoked')
    channels.closeAllOf(device, 'device.revoked')
  })
  events.on('recording.started', subscriber, async ({ recording, device }, { municipality }) => {
    units.recording(municipality, device, recording, deps.clock.nowMs(), false)
  })
  events.on('recording.stopped', subscriber, async ({ recording, device }, { municipality }) => {
    if (units.get(municipality, device)?.recording === recording) {
      units.recording(municipality, device, null, null, false)
    }
  })
  // The row first, in the delivery's transaction; memory after it, where a repeated delivery changes nothing.
  events.on('alarm.raised', subscriber, async ({ alarm, kind, device }, { municipality, db }) => {
    if (kind === 'sos' && typeof device === 'string') {
      const scope = { municipality, actor: systemActor(municipality) }
      await insertSosCall(db, scope, alarm, device, deps.clock.nowMs())
      units.called(municipality, alarm, device)
      parts.reconsider(device)
    }
  })
  events.on('alarm.closed', subscriber, async ({ alarm }, { municipality, db }) => {
    const device = await deleteSosCall(db, { municipality, actor: systemActor(municipality) }, alarm)
    units.answered(municipality, alarm)
    if (device !== null) {
      parts.reconsider(device)
    }
  })

  fanout.subscribe('positions.', (topic, message) => {
    const municipality = topic.slice('positions.'.length)
    const nowMs = deps.clock.nowMs()
    for (const { device, fix } of message as readonly MovedUnit[]) {
      units.heard(municipality, device, nowMs)
      if (units.moved(municipality, device, fix)) {
        rooms.moved(municipality, device, fix)
      }
    }
  })
  fanout.subscribe('room.', (topic, message) => {
    rooms.push(topic.slice('room.'.length), message as RoomMessage)
  })
  fanout.subscribe('entries.', (topic, message) => {
    news.entry(topic.slice('entries.'.length), message as EntryTold)
  })
  deps.ledger.onCheckpoint(({ size, root }) => {
    channels.sendAll({ type: 'checkpoint', size, root })
    for (const municipality of rooms.municipalities()) {
      news.add(municipality, ['ledger'])
    }
  })
}
