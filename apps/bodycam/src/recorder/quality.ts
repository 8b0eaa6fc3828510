import type { VideoSettings } from './video.ts'

/** `low` is the officer's decision when room runs out; nothing lowers it by itself. */
export type Quality = 'full' | 'low'

/** About a third of the room for each minute; faces at arm's length stay readable. */
const lowWidth = 640
const lowHeight = 360
const lowShare = 0.3

export function settingsFor<S extends VideoSettings>(settings: S, quality: Quality): S {
  return quality === 'full'
    ? settings
    : {
        ...settings,
        width: Math.min(settings.width, lowWidth),
        height: Math.min(settings.height, lowHeight),
        videoBitsPerSecond: Math.round(settings.videoBitsPerSecond * lowShare),
      }
}
