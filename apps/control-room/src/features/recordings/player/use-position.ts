import { useSyncExternalStore } from 'react'
import type { Playback } from './playback.ts'

/** The position in whole steps (seconds, say): renders when the step turns, not with every frame. */
export const usePosition = (playback: Playback, stepMs: number): number =>
  useSyncExternalStore(playback.positionMs.subscribe, () => Math.floor(playback.positionMs.get() / stepMs))
