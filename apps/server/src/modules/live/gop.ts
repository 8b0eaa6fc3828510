import type { LiveMessage } from './message.ts'

/** More than this since the last key frame is not kept: 30 s of 2 Mbit/s. Memory stays bounded per stream. */
export const maximumGopBytes = 8 * 1024 * 1024

/** What a stream remembers for who joins it: its decoder configurations and the current group of pictures. */
export type Gop = {
  readonly video: LiveMessage | null
  readonly audio: LiveMessage | null
  /** Frames since the newest key frame, that frame first, audio between; empty before the first key frame. */
  readonly frames: readonly LiveMessage[]
  readonly sizeBytes: number
}

export const emptyGop: Gop = { video: null, audio: null, frames: [], sizeBytes: 0 }

/**
 * The stream's memory after `message`. A key frame starts anew; a new video configuration makes the frames before it
 * undecodable, so it forgets them; a group that outgrows `limitBytes` is forgotten until the next key frame.
 * The frames array is appended to in place while a group grows: copying it at 80 messages a second would be waste,
 * and a `Gop` is replayed at once or not at all.
 */
export function remember(gop: Gop, message: LiveMessage, limitBytes: number = maximumGopBytes): Gop {
  if (message.kind === 'config') {
    return message.track === 'audio' ? { ...gop, audio: message } : { ...emptyGop, audio: gop.audio, video: message }
  }
  if (message.track === 'video' && message.key) {
    return { ...gop, frames: [message], sizeBytes: message.bytes.length }
  }
  if (gop.frames.length === 0) {
    return gop
  }
  const sizeBytes = gop.sizeBytes + message.bytes.length
  if (sizeBytes > limitBytes) {
    return { ...gop, frames: [], sizeBytes: 0 }
  }
  const frames = gop.frames as LiveMessage[]
  frames.push(message)
  return { ...gop, frames, sizeBytes }
}

/**
 * What a viewer who joins now is sent, in order: configurations, then the current group so that the picture is there
 * at once. Audio of the past is left out: it would only have to be skipped.
 */
export function replay(gop: Gop): readonly LiveMessage[] {
  const configurations = [gop.video, gop.audio].filter((message) => message !== null)
  return [...configurations, ...gop.frames.filter((message) => message.track === 'video')]
}
