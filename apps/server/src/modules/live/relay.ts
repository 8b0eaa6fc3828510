import { admit, type Flow, flowing } from './backpressure.ts'
import { emptyGop, type Gop, remember, replay } from './gop.ts'
import type { LiveMessage } from './message.ts'

/** Without a frame for this long a stream is stale: the viewer greys the last one and shows its age. */
export const staleAfterMs = 2_000
/** Everybody who joins asks for a key frame; the publisher is asked at most this often. */
const keyFrameEveryMs = 1_000

export type ViewerText = {
  readonly type: 'live' | 'stale' | 'ended'
  readonly reason?: string
  /** When the newest frame arrived, for the age shown over a greyed picture. */
  readonly lastFrameAt?: number
}
/** A viewer's connection as the relay needs it; the socket behind it is `watch-socket.ts`'s. */
export type ViewerLink = {
  send(bytes: Uint8Array): void
  tell(text: ViewerText): void
  unsentBytes(): number
}
export type Counts = { readonly sent: number; readonly dropped: number }
export type Viewing = {
  /** Pictures sent and dropped so far (sound is not counted). */
  counts(): Counts
  leave(): Counts
}
export type PublisherLink = { askKeyFrame(): void; close(reason: string): void }
export type Publication = {
  readonly recording: string
  accept(message: LiveMessage, nowMs: number): void
  end(): void
}

type Viewer = { readonly link: ViewerLink; flow: Flow; sent: number; dropped: number }
type Stream = {
  publisher: { readonly link: PublisherLink; readonly recording: string } | null
  gop: Gop
  readonly viewers: Set<Viewer>
  lastFrameAt: number | null
  keyFrameAskedAt: number
  told: 'live' | 'stale'
}

export type Relay = {
  /** A publisher takes over the device's stream; an older connection of the same device is closed. */
  publish(device: string, recording: string, link: PublisherLink, nowMs: number): Publication
  /** A viewer joins: configurations and the current group at once, then everything new. */
  view(device: string, link: ViewerLink, nowMs: number): Viewing
  isStreaming(device: string): boolean
  lastFrameAt(device: string): number | null
  /** Tells viewers of streams that fell silent. Called every second. */
  sweep(nowMs: number): void
}

/** In-process fan-out of live streams: one buffer per message, however many viewers. Owns no socket and no clock. */
export function createRelay(changed: (device: string) => void): Relay {
  const streams = new Map<string, Stream>()

  function streamOf(device: string): Stream {
    const known = streams.get(device)
    if (known !== undefined) {
      return known
    }
    const stream: Stream = {
      publisher: null,
      gop: emptyGop,
      viewers: new Set(),
      lastFrameAt: null,
      keyFrameAskedAt: 0,
      told: 'stale',
    }
    streams.set(device, stream)
    return stream
  }

  function forgetIfIdle(device: string, stream: Stream): void {
    if (stream.publisher === null && stream.viewers.size === 0) {
      streams.delete(device)
    }
  }

  return {
    publish(device, recording, link, nowMs) {
      const stream = streamOf(device)
      stream.publisher?.link.close('replaced')
      const publisher = { link, recording }
      stream.publisher = publisher
      // Nothing of the old connection can be continued: its encoder is gone.
      stream.gop = emptyGop
      stream.keyFrameAskedAt = nowMs
      link.askKeyFrame()
      changed(device)
      return {
        recording,
        accept(message, atMs) {
          if (stream.publisher === publisher) {
            accept(stream, message, atMs)
          }
        },
        end() {
          if (stream.publisher === publisher) {
            stream.publisher = null
            tellAll(stream, 'stale')
            forgetIfIdle(device, stream)
            changed(device)
          }
        },
      }
    },
    view(device, link, nowMs) {
      const stream = streamOf(device)
      const viewer: Viewer = { link, flow: flowing, sent: 0, dropped: 0 }
      stream.viewers.add(viewer)
      join(stream, viewer, nowMs)
      let left = false
      return {
        counts: () => ({ sent: viewer.sent, dropped: viewer.dropped }),
        leave() {
          if (!left) {
            left = true
            stream.viewers.delete(viewer)
            forgetIfIdle(device, stream)
          }
          return { sent: viewer.sent, dropped: viewer.dropped }
        },
      }
    },
    isStreaming: (device) => (streams.get(device)?.publisher ?? null) !== null,
    lastFrameAt: (device) => streams.get(device)?.lastFrameAt ?? null,
    sweep(nowMs) {
      for (const stream of streams.values()) {
        if (stream.told === 'live' && nowMs - (stream.lastFrameAt ?? 0) > staleAfterMs) {
          tellAll(stream, 'stale')
        }
      }
    },
  }
}

function accept(stream: Stream, message: LiveMessage, nowMs: number): void {
  stream.gop = remember(stream.gop, message)
  if (message.kind === 'frame') {
    stream.lastFrameAt = nowMs
    if (stream.told === 'stale') {
      tellAll(stream, 'live')
    }
  }
  for (const viewer of stream.viewers) {
    deliver(viewer, message)
  }
}

function deliver(viewer: Viewer, message: LiveMessage): void {
  const { send, flow } = admit(viewer.flow, message, viewer.link.unsentBytes())
  viewer.flow = flow
  const isPicture = message.kind === 'frame' && message.track === 'video'
  if (send) {
    viewer.link.send(message.bytes)
    viewer.sent += isPicture ? 1 : 0
  } else {
    viewer.dropped += isPicture ? 1 : 0
  }
}

function join(stream: Stream, viewer: Viewer, nowMs: number): void {
  for (const message of replay(stream.gop)) {
    viewer.link.send(message.bytes)
    viewer.sent += message.kind === 'frame' ? 1 : 0
  }
  // Without a group to start from, pictures wait for the next key frame: the ones before it cannot be decoded.
  viewer.flow = { waiting: stream.gop.frames.length === 0 }
  viewer.link.tell({ type: stream.told, ...(stream.lastFrameAt === null ? {} : { lastFrameAt: stream.lastFrameAt }) })
  if (stream.publisher !== null && nowMs - stream.keyFrameAskedAt >= keyFrameEveryMs) {
    stream.keyFrameAskedAt = nowMs
    stream.publisher.link.askKeyFrame()
  }
}

function tellAll(stream: Stream, type: 'live' | 'stale'): void {
  stream.told = type
  const text: ViewerText = { type, ...(stream.lastFrameAt === null ? {} : { lastFrameAt: stream.lastFrameAt }) }
  for (const viewer of stream.viewers) {
    viewer.link.tell(text)
  }
}
