import type { Alarm, Unit } from './live.ts'
import type { Fix } from './tracks.ts'

/**
 * Text messages on `GET /api/room` (control room; session cookie). The server sends one `snapshot`, then changes.
 * `positions` is batched at most four times a second.
 */
export type RoomMessage =
  | {
      readonly type: 'snapshot'
      readonly units: readonly Unit[]
      readonly alarms: readonly Alarm[]
      readonly nowMs: number
    }
  | {
      readonly type: 'positions'
      readonly nowMs: number
      readonly fixes: readonly { readonly device: string; readonly fix: Fix }[]
    }
  | { readonly type: 'unit'; readonly nowMs: number; readonly unit: Unit }
  | { readonly type: 'unit-gone'; readonly nowMs: number; readonly device: string }
  | { readonly type: 'alarm'; readonly nowMs: number; readonly alarm: Alarm }
  | { readonly type: 'changed'; readonly nowMs: number; readonly topics: readonly string[] }
  | { readonly type: 'tick'; readonly nowMs: number; readonly checkpointAt: number | null }
  | { readonly type: 'session-ended' }

/** Text messages on `GET /api/device/channel?token=…` (phone). Both directions. */
export type DeviceMessage =
  | {
      readonly type: 'hello'
      readonly nowMs: number
      readonly watchers: readonly Watcher[]
      readonly checkpoint: { readonly size: number; readonly root: string } | null
    }
  | { readonly type: 'watchers'; readonly nowMs: number; readonly watchers: readonly Watcher[] }
  | { readonly type: 'stream'; readonly wanted: boolean }
  | { readonly type: 'alarm'; readonly alarm: Alarm }
  | { readonly type: 'checkpoint'; readonly size: number; readonly root: string }
  | { readonly type: 'shift'; readonly changed: true }
  | { readonly type: 'pong'; readonly sentAtMs: number; readonly nowMs: number }
export type DeviceSays =
  | { readonly type: 'ping'; readonly sentAtMs: number }
  | { readonly type: 'recording'; readonly recording: string | null; readonly sinceMs: number | null }
/** Who watches, shown to the officer: name, role, why, since when. */
export type Watcher = {
  readonly name: string
  readonly role: string
  readonly purpose: string
  readonly reference: string | null
  readonly sinceMs: number
}

/**
 * The live leg (`GET /api/live/publish?token=…` for the phone, `GET /api/live/watch?grant=…` for a viewer), binary:
 * u8 version = 1, u8 flags, u64 timestamp µs, u32 duration µs, payload; integers big-endian (design §4).
 * A config message carries canonical JSON `{codec, description?: base64, width, height}` (video) or
 * `{codec, sampleRate, channels}` (audio). The publisher's first message is text: the answer to the server's
 * `{nonce}`: `{recording, connection, signature}` over `sereno-live-v1.<nonce>.<recording>.<connection>`.
 * Text towards the publisher: `{type:'key-frame'}`; towards the viewer: `{type:'live'|'stale'|'ended', reason?}`.
 */
export const liveFlags = { key: 1, config: 2, audio: 4 } as const
export const liveHeaderBytes = 14
