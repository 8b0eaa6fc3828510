import type { Fix } from '@sereno/contracts'
import type { Position } from '@sereno/proof'

/** The contract's fix as a signed position: integers, so that it signs the same everywhere. */
export function positionOf(fix: Fix): Position {
  return {
    wallClockMs: fix.atMs,
    latitudeE7: Math.round(fix.latitude * 1e7),
    longitudeE7: Math.round(fix.longitude * 1e7),
    accuracyCm: Math.round(fix.accuracyM * 100),
    altitudeCm: null,
    speedCmPerSecond: fix.speedMps === null ? null : Math.round(fix.speedMps * 100),
    headingCentidegrees: fix.headingDeg === null ? null : Math.round(fix.headingDeg * 100) % 36_000,
  }
}

/** A browser's position as a fix; null when the browser gave numbers that are none. */
export function fixOf(position: GeolocationPosition): Fix | null {
  const { latitude, longitude, accuracy, heading, speed } = position.coords
  if (![latitude, longitude, accuracy].every(Number.isFinite)) {
    return null
  }
  return {
    atMs: Math.round(position.timestamp),
    latitude,
    longitude,
    accuracyM: Math.min(100_000, Math.max(0, accuracy)),
    headingDeg: heading === null || Number.isNaN(heading) ? null : heading,
    speedMps: speed === null || Number.isNaN(speed) ? null : Math.min(1_000, Math.max(0, speed)),
  }
}
