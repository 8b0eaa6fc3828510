import { type DeviceMessage, Uuid } from '@sereno/contracts'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import type { Actor } from '../../kernel/actor.ts'
import type { WebSocket } from '../../kernel/http.ts'
import type { LiveDeps } from './door.ts'
import { closeCodes, jsonOf, send } from './socket.ts'
import type { Units } from './units.ts'

/** A channel that has said nothing for this long is dead, whatever TCP believes. Phones ping each 15 s. */
const silentAfterMs = 90_000

const Says = Compile(
  Type.Union([
    Type.Object({ type: Type.Literal('ping'), sentAtMs: Type.Number() }),
    Type.Object({
      type: Type.Literal('recording'),
      recording: Type.Union([Uuid, Type.Null()]),
      sinceMs: Type.Union([Type.Integer({ minimum: 0 }), Type.Null()]),
    }),
  ]),
)

type Channel = { readonly socket: WebSocket; readonly device: string; lastHeardAt: number }

export type Channels = ReturnType<typeof createChannels>

/** What a phone is greeted with when its channel opens, besides the clock. */
export type Greeting = {
  readonly hello: Omit<Extract<DeviceMessage, { type: 'hello' }>, 'type' | 'nowMs'>
  readonly streamWanted: boolean
}

/**
 * The phone's channel: who watches, whether to stream, checkpoints, alarms; and its signs of life. Whatever is
 * published on the fan-out topic `device.<id>` goes to the phone, whichever module says it.
 */
export function createChannels(
  deps: Pick<LiveDeps, 'fanout' | 'clock'>,
  units: Units,
  greet: (device: string) => Greeting,
  heard: (actor: Actor) => void,
) {
  const channels = new Set<Channel>()
  const isConnected = (device: string) => [...channels].some((channel) => channel.device === device)

  function listen(channel: Channel, actor: Actor, said: unknown): void {
    const nowMs = deps.clock.nowMs()
    channel.lastHeardAt = nowMs
    heard(actor)
    if (!Says.Check(said)) {
      channel.socket.close(closeCodes.badMessage, 'unknown message')
    } else if (said.type === 'ping') {
      say(channel.socket, { type: 'pong', sentAtMs: said.sentAtMs, nowMs })
    } else {
      units.recording(actor.municipality, channel.device, said.recording, said.sinceMs, true)
    }
  }

  return {
    open(socket: WebSocket, actor: Actor): void {
      const device = actor.id
      const channel: Channel = { socket, device, lastHeardAt: deps.clock.nowMs() }
      channels.add(channel)
      const unsubscribe = deps.fanout.subscribe(`device.${device}`, (_topic, message) => {
        send(socket, JSON.stringify(message))
      })
      socket.on('message', (data, isBinary) => listen(channel, actor, isBinary ? undefined : jsonOf(data)))
      socket.on('close', () => {
        channels.delete(channel)
        unsubscribe()
        if (!isConnected(device)) {
          units.silent(device)
        }
      })
      socket.on('error', () => socket.terminate())
      heard(actor)
      const { hello, streamWanted } = greet(device)
      say(socket, { type: 'hello', nowMs: deps.clock.nowMs(), ...hello })
      if (streamWanted) {
        say(socket, { type: 'stream', wanted: true })
      }
    },
    isConnected,
    /** One string for all phones. */
    sendAll(message: DeviceMessage): void {
      const text = JSON.stringify(message)
      for (const { socket } of channels) {
        send(socket, text)
      }
    },
    closeAllOf(device: string, reason: string): void {
      for (const channel of [...channels].filter((one) => one.device === device)) {
        channel.socket.close(closeCodes.notSigned, reason)
      }
    },
    sweep(): void {
      const nowMs = deps.clock.nowMs()
      for (const { socket, lastHeardAt } of channels) {
        if (nowMs - lastHeardAt > silentAfterMs) {
          socket.terminate()
        }
      }
    },
  }
}

function say(socket: WebSocket, message: DeviceMessage): void {
  send(socket, JSON.stringify(message))
}
