import type { DeviceMessage, DeviceSelf, Watcher } from '@sereno/contracts'
import type { SeenCheckpoint, Signer } from '@sereno/proof'
import { type Channel, createChannel } from '../channel/channel.ts'
import { createLiveLeg, type LiveLeg } from '../live/leg.ts'
import type { ServerClock } from '../session/server-clock.ts'
import type { Session } from '../session/session.ts'
import type { Surroundings } from './surroundings.ts'

/** The phone's two sockets: the line that tells it things, and the live leg that the line asks for. */
export type Line = {
  readonly channel: Channel
  readonly leg: LiveLeg
  /** Null while nobody can say: the line is not open, or has not said it yet. */
  readonly watchers: () => readonly Watcher[] | null
  /** The recording that runs, or null; and whether it must stream although nobody asked yet (SOS). */
  readonly recording: (id: string | null, sinceMs: number | null) => void
  readonly insist: (streams: boolean) => void
  readonly dispose: () => void
}
export type LineDeps = {
  readonly around: Surroundings
  readonly session: Session
  readonly signer: Signer
  readonly clock: ServerClock
  readonly onReached: (reached: boolean) => void
  readonly onCheckpoint: (checkpoint: SeenCheckpoint) => void
  readonly onAlarm: (message: Extract<DeviceMessage, { type: 'alarm' }>) => void
  readonly onOpen: () => void
  readonly onShift: () => void
  readonly onChange: () => void
  readonly requestKeyFrame: () => void
}

export function openLine(deps: LineDeps, self: DeviceSelf): Line {
  const { around, session } = deps
  let watchers: readonly Watcher[] | null = null
  let wanted = false
  let insisted = false
  let current: { readonly id: string; readonly sinceMs: number | null } | null = null
  const seen = (checkpoint: SeenCheckpoint | null): void => {
    // only what a statement can carry is kept: nothing the network says may stop the pen (I-7)
    if (checkpoint !== null && Number.isSafeInteger(checkpoint.size) && /^[0-9a-f]{64}$/.test(checkpoint.root)) {
      deps.onCheckpoint({ size: checkpoint.size, root: checkpoint.root })
    }
  }
  seen(self.checkpoint)

  const leg = createLiveLeg({
    connect: async () => around.openSocket(`/api/live/publish?token=${encodeURIComponent(await session.token())}`),
    signer: deps.signer,
    uuid: around.uuid,
    schedule: around.schedule,
    requestKeyFrame: deps.requestKeyFrame,
    onChange: deps.onChange,
  })
  const aim = (): void => leg.want((wanted || insisted) && current !== null ? current.id : null)
  const tell = (): void =>
    channel.say({ type: 'recording', recording: current?.id ?? null, sinceMs: current?.sinceMs ?? null })

  const hear = (message: DeviceMessage): void => {
    deps.onReached(true)
    switch (message.type) {
      case 'hello':
        watchers = message.watchers
        seen(message.checkpoint)
        break
      case 'watchers':
        watchers = message.watchers
        break
      case 'stream':
        wanted = message.wanted
        aim()
        break
      case 'checkpoint':
        seen(message)
        break
      case 'alarm':
        deps.onAlarm(message)
        break
      case 'shift':
        deps.onShift()
        break
      case 'pong':
        deps.clock.note({
          serverMs: message.nowMs,
          sentMonotonicMs: message.sentAtMs,
          receivedMonotonicMs: around.monotonicMs(),
          receivedWallMs: around.nowMs(),
        })
        break
      default:
        break
    }
    deps.onChange()
  }
  const channel = createChannel({
    connect: async () => around.openSocket(`/api/device/channel?token=${encodeURIComponent(await session.token())}`),
    // pings carry the monotonic clock, so that a wall clock that is set meanwhile does not bend the round trip
    nowMs: around.monotonicMs,
    schedule: around.schedule,
    random: around.random,
    onMessage: hear,
    onOpen: () => {
      deps.onReached(true)
      tell()
      deps.onOpen()
    },
    onClose: () => {
      // who watches is not known any more: what is not known is not said
      watchers = null
      wanted = false
      aim()
      deps.onReached(false)
    },
  })
  return {
    channel,
    leg,
    watchers: () => watchers,
    recording: (id, sinceMs) => {
      current = id === null ? null : { id, sinceMs }
      tell()
      aim()
    },
    insist: (streams) => {
      insisted = streams
      aim()
    },
    dispose: () => {
      leg.dispose()
      channel.dispose()
    },
  }
}
