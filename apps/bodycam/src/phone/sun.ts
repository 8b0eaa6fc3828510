/**
 * Height of the sun over the horizon in degrees, good to half a degree (Astronomical Almanac's low-precision formula).
 * Only for choosing a theme.
 */
export function sunHeightDeg(atMs: number, latitude: number, longitude: number): number {
  const days = atMs / 86_400_000 - 10_957.5
  const meanLongitude = 280.46 + 0.9856474 * days
  const anomaly = rad(357.528 + 0.9856003 * days)
  const eclipticLongitude = rad(meanLongitude + 1.915 * Math.sin(anomaly) + 0.02 * Math.sin(2 * anomaly))
  const obliquity = rad(23.439)
  const declination = Math.asin(Math.sin(obliquity) * Math.sin(eclipticLongitude))
  const ascension = Math.atan2(Math.cos(obliquity) * Math.sin(eclipticLongitude), Math.cos(eclipticLongitude))
  const siderealDeg = 280.46061837 + 360.98564736629 * days + longitude
  const hourAngle = rad(siderealDeg) - ascension
  const height = Math.asin(
    Math.sin(rad(latitude)) * Math.sin(declination) +
      Math.cos(rad(latitude)) * Math.cos(declination) * Math.cos(hourAngle),
  )
  return (height * 180) / Math.PI
}

export type Theme = 'day' | 'night'

/** Day while the sun is up. Without a position: by the clock on the wall, six to six. */
export function themeBySun(
  atMs: number,
  position: { readonly latitude: number; readonly longitude: number } | null,
): Theme {
  if (position !== null) {
    return sunHeightDeg(atMs, position.latitude, position.longitude) > 0 ? 'day' : 'night'
  }
  const hour = new Date(atMs).getHours()
  return hour >= 6 && hour < 18 ? 'day' : 'night'
}

/** By the light sensor, with a wide band in which nothing changes, so that a street lamp does not make it flicker. */
export function themeByLight(lux: number, now: Theme): Theme {
  return lux > 800 ? 'day' : lux < 100 ? 'night' : now
}

function rad(degrees: number): number {
  return (degrees * Math.PI) / 180
}
