import type { Fix } from '@sereno/contracts'
import { fixOf } from '../position/position.ts'

export type Battery = { readonly percent: number; readonly charging: boolean }
export type Storage = { readonly freeBytes: number; readonly usedBytes: number; readonly persisted: boolean }

/** GPS at one fix a second at most. Replies with how to end it. */
export function watchPosition(onFix: (fix: Fix) => void): () => void {
  let lastAtMs = 0
  const watch = navigator.geolocation.watchPosition(
    (position) => {
      const fix = fixOf(position)
      if (fix !== null && fix.atMs - lastAtMs >= 900) {
        lastAtMs = fix.atMs
        onFix(fix)
      }
    },
    () => undefined,
    { enableHighAccuracy: true, maximumAge: 0, timeout: 20_000 },
  )
  return () => navigator.geolocation.clearWatch(watch)
}

export async function readBattery(): Promise<Battery | null> {
  const battery = await navigator.getBattery?.().catch(() => null)
  return battery === null || battery === undefined
    ? null
    : { percent: Math.round(battery.level * 100), charging: battery.charging }
}

export async function readStorage(): Promise<Storage> {
  const { quota = 0, usage = 0 } = await navigator.storage.estimate()
  return { freeBytes: Math.max(0, quota - usage), usedBytes: usage, persisted: await navigator.storage.persisted() }
}

/** How many minutes of recording fit; the number an officer uses. */
export function minutesOfRoom(freeBytes: number, bitsPerSecond: number): number {
  return Math.floor(Math.max(0, freeBytes - reserveBytes) / ((bitsPerSecond / 8) * 60))
}
/** Left for the last segment, its statement and the stop. */
const reserveBytes = 24 * 1024 * 1024

/** Which of the three warnings applies, or null with room enough. */
export function roomWarning(minutes: number): 30 | 10 | 3 | null {
  return minutes <= 3 ? 3 : minutes <= 10 ? 10 : minutes <= 30 ? 30 : null
}

/** `4g`, `wifi` …, or null when the browser does not say. */
export function networkKind(): string | null {
  const { connection } = navigator
  return connection?.type === 'wifi' || connection?.type === 'ethernet' ? 'wifi' : (connection?.effectiveType ?? null)
}

/** The screen stays on while the page is seen; the lock is lost with each hiding and taken again. */
export function keepAwake(): () => void {
  let lock: WakeLockSentinel | null = null
  let ended = false
  const take = async (): Promise<void> => {
    if (!ended && document.visibilityState === 'visible') {
      lock = await navigator.wakeLock.request('screen').catch(() => null)
    }
  }
  const onVisible = (): void => void take()
  document.addEventListener('visibilitychange', onVisible)
  void take()
  return () => {
    ended = true
    document.removeEventListener('visibilitychange', onVisible)
    void lock?.release()
  }
}
