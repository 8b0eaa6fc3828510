/** Positions that are written as text: ISO 6709 and NMEA 0183. Pure; anything that is not one is left out. */
import type { FoundPosition } from './facts.ts'

/** `+12.1234-077.0123+010/` (ISO 6709 annex H, degrees as decimals, or degrees and minutes, or with seconds), or null. */
export function parseIso6709(text: string): { readonly latitude: number; readonly longitude: number } | null {
  const match = /^([+-]\d+(?:\.\d+)?)([+-]\d+(?:\.\d+)?)/.exec(text.trim())
  const latitude = match?.[1] === undefined ? null : degreesOf(match[1], 2)
  const longitude = match?.[2] === undefined ? null : degreesOf(match[2], 3)
  return latitude === null || longitude === null || Math.abs(latitude) > 90 || Math.abs(longitude) > 180
    ? null
    : { latitude, longitude }
}

// The count of digits before the point tells the form: DD, DDMM or DDMMSS (one digit more for longitudes).
function degreesOf(text: string, degreeDigits: number): number | null {
  const sign = text.startsWith('-') ? -1 : 1
  const [whole = '', fraction = ''] = text.slice(1).split('.')
  const tail = Number(`0.${fraction || '0'}`)
  const part = (from: number): number => Number(whole.slice(from, from + 2))
  const degrees = Number(whole.slice(0, degreeDigits))
  switch (whole.length - degreeDigits) {
    case 0:
      return sign * (degrees + tail)
    case 2:
      return sign * (degrees + (part(degreeDigits) + tail) / 60)
    case 4:
      return sign * (degrees + part(degreeDigits) / 60 + (part(degreeDigits + 2) + tail) / 3600)
    default:
      return null
  }
}

const knot = 1852 / 3600

/** A valid RMC sentence of any talker (NMEA 0183), with its checksum right where it has one; else null. */
export function parseNmea(line: string): Omit<FoundPosition, 'offsetMs'> | null {
  const match = /\$(([A-Z]{2}RMC),[^*\r\n]*)(?:\*([0-9A-Fa-f]{2}))?/.exec(line)
  if (match?.[1] === undefined || (match[3] !== undefined && checksumOf(match[1]) !== Number.parseInt(match[3], 16))) {
    return null
  }
  const [, time = '', status, lat = '', north, lon = '', east, speed = '', heading = '', date = ''] =
    match[1].split(',')
  if (status !== 'A' || !/^\d{4}(\.\d+)?$/.test(lat) || !/^\d{5}(\.\d+)?$/.test(lon)) {
    return null
  }
  const latitude = (Number(lat.slice(0, 2)) + Number(lat.slice(2)) / 60) * (north === 'S' ? -1 : 1)
  const longitude = (Number(lon.slice(0, 3)) + Number(lon.slice(3)) / 60) * (east === 'W' ? -1 : 1)
  return {
    atMs: instantOf(date, time),
    latitude,
    longitude,
    accuracyM: null,
    speedMps: speed === '' ? null : Number(speed) * knot,
    headingDeg: heading === '' ? null : Number(heading) % 360,
  }
}

function instantOf(date: string, time: string): number | null {
  const day = /^(\d\d)(\d\d)(\d\d)$/.exec(date)
  const clock = /^(\d\d)(\d\d)(\d\d)(\.\d+)?$/.exec(time)
  if (day === null || clock === null) {
    return null
  }
  const [, d, m, y] = day
  const [, hours, minutes, seconds, fraction] = clock
  const ms = Math.round(Number(fraction ?? 0) * 1000)
  return Date.UTC(2000 + Number(y), Number(m) - 1, Number(d), Number(hours), Number(minutes), Number(seconds), ms)
}

function checksumOf(sentence: string): number {
  let sum = 0
  for (const character of sentence) {
    sum ^= character.charCodeAt(0)
  }
  return sum
}
