import type { LiveMessage } from './message.ts'

/** Above this many unsent bytes a viewer is too slow: two seconds of 2 Mbit/s, room for one replayed group. */
export const slowAboveBytes = 512 * 1024
/** A viewer who was too slow takes part again at a key frame, once nearly everything before it has left. */
export const caughtUpBelowBytes = 32 * 1024

/** `waiting`: pictures are being dropped until the next key frame that finds the way clear. */
export type Flow = { readonly waiting: boolean }
export const flowing: Flow = { waiting: false }

/**
 * Whether `message` goes to a viewer with `unsentBytes` in its socket, and the flow afterwards. Frames of one group
 * depend on each other, so what is dropped is the rest of the group, down to the newest key frame (design §3.5):
 * the picture jumps forward, never smears, and never lags by more than the limit. Sound is dropped packet by packet.
 * Configurations always go: they are small, and without them nothing that follows can be decoded.
 */
export function admit(flow: Flow, message: LiveMessage, unsentBytes: number): { send: boolean; flow: Flow } {
  if (message.kind === 'config') {
    return { send: true, flow }
  }
  if (message.track === 'audio') {
    return { send: !flow.waiting && unsentBytes <= slowAboveBytes, flow }
  }
  if (flow.waiting) {
    const resumes = message.key && unsentBytes <= caughtUpBelowBytes
    return { send: resumes, flow: resumes ? flowing : flow }
  }
  return unsentBytes <= slowAboveBytes ? { send: true, flow } : { send: false, flow: { waiting: true } }
}
