/** What the live leg may still do for a viewer. Recording never asks it (I-7). */
export type Congestion = {
  readonly admit: (message: Offer, bufferedBytes: number) => boolean
  readonly dropped: () => number
}
export type Offer = { readonly key: boolean; readonly audio: boolean }

/** A second of 2 Mbit/s waiting means that the picture is old already. */
const fullBytes = 256 * 1024
const calmBytes = 64 * 1024

/**
 * Drops whole groups of pictures: once the socket holds too much, nothing of the group is of use any more, and the
 * next thing sent is a key frame, when the socket has calmed down. Begins by waiting for a key frame.
 */
export function createCongestion(): Congestion {
  let waitsForKey = true
  let dropped = 0
  return {
    admit: ({ key, audio }, bufferedBytes) => {
      if (!waitsForKey && bufferedBytes > fullBytes) {
        waitsForKey = true
      }
      if (waitsForKey && key && !audio && bufferedBytes <= calmBytes) {
        waitsForKey = false
      }
      if (waitsForKey) {
        dropped += 1
      }
      return !waitsForKey
    },
    dropped: () => dropped,
  }
}
