/**
 * Writes GoPro telemetry from the published layout alone (github.com/gopro/gpmf-parser, "GPMF Deeper Dive"): each item is
 * a FourCC, a type, the bytes of one element, how many elements there are (u16), and the values, padded to four bytes. All
 * is big-endian. Nothing of the reader is used.
 */

export type Gps5 = readonly [latitude: number, longitude: number, altitudeM: number, speed2d: number, speed3d: number]

export type Second = {
  readonly places: readonly Gps5[]
  /** Of the first of them. */
  readonly atMs: number
  /** Whether satellites were seen: not, without or with altitude. */
  readonly fix: 0 | 2 | 3
  /** Samples so far, these among them. */
  readonly sent: number
}

function item(key: string, type: string, elementBytes: number, value: Uint8Array): Buffer {
  const head = Buffer.alloc(8)
  head.write(key, 0, 4, 'latin1')
  head.write(type === '' ? '\0' : type, 4, 1, 'latin1')
  head.writeUInt8(elementBytes, 5)
  head.writeUInt16BE(value.length / elementBytes, 6)
  return Buffer.concat([head, value, Buffer.alloc((4 - (value.length % 4)) % 4)])
}

const text = (key: string, value: string): Buffer => item(key, 'c', 1, Buffer.from(value, 'latin1'))
/** A nest has no type, and counts its bytes. */
const nest = (key: string, ...items: readonly Buffer[]): Buffer => item(key, '', 1, Buffer.concat(items))

function u16(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2)
  for (const [place, value] of values.entries()) {
    bytes.writeUInt16BE(value, place * 2)
  }
  return bytes
}

function i32(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4)
  for (const [place, value] of values.entries()) {
    bytes.writeInt32BE(Math.round(value), place * 4)
  }
  return bytes
}

/** `yymmddhhmmss.sss`, as `GPSU` carries it. */
function utcText(atMs: number): string {
  return new Date(atMs).toISOString().slice(2, 23).replaceAll(/[-:T]/g, '')
}

/** A second of a HERO5 to HERO10. */
export function gps5Payload(model: string, given: Second): Uint8Array {
  const scale = [10_000_000, 10_000_000, 1_000, 1_000, 100]
  const values = given.places.flatMap((place) => place.map((value, part) => value * (scale[part] ?? 1)))
  return nest(
    'DEVC',
    item('DVID', 'L', 4, i32(1)),
    text('DVNM', model),
    // Another sensor before it, as the camera writes them.
    nest(
      'STRM',
      item('TSMP', 'L', 4, i32(200)),
      text('STNM', 'Accelerometer (up/down, right/left, forward/back)'),
      item('SCAL', 's', 2, u16(418)),
      item('ACCL', 's', 6, u16(4100, 12, 80, 4101, 11, 79)),
    ),
    nest(
      'STRM',
      item('TSMP', 'L', 4, i32(given.sent)),
      text('STNM', 'GPS (Lat., Long., Alt., 2D speed, 3D speed)'),
      item('GPSF', 'L', 4, i32(given.fix)),
      item('GPSU', 'U', 16, Buffer.from(utcText(given.atMs), 'latin1')),
      item('GPSP', 'S', 2, u16(141)),
      item('UNIT', 'c', 3, Buffer.from('degdegm\0\0m/sm/s', 'latin1')),
      item('SCAL', 'l', 4, i32(...scale)),
      item('GPS5', 'l', 20, i32(...values)),
    ),
  )
}

/** A second of a HERO11 or later: each sample has its own day since 2000, seconds of the day, precision and fix. */
export function gps9Payload(model: string, given: Second): Uint8Array {
  const days = Math.floor((given.atMs - Date.UTC(2000, 0, 1)) / 86_400_000)
  const seconds = (given.atMs - Date.UTC(2000, 0, 1)) / 1000 - days * 86_400
  const samples = given.places.map(([latitude, longitude, altitude, speed2d, speed3d], place) =>
    Buffer.concat([
      i32(latitude * 1e7, longitude * 1e7, altitude * 1e3, speed2d * 1e3, speed3d * 100),
      i32(days, (seconds + place / given.places.length) * 1000),
      u16(179, given.fix),
    ]),
  )
  return nest(
    'DEVC',
    item('DVID', 'L', 4, i32(1)),
    text('DVNM', model),
    nest(
      'STRM',
      item('TSMP', 'L', 4, i32(given.sent)),
      text('STNM', 'GPS (Lat., Long., Alt., 2D, 3D, days, secs, DOP, fix)'),
      text('TYPE', 'lllllllSS'),
      item('SCAL', 'l', 4, i32(1e7, 1e7, 1e3, 1e3, 100, 1, 1e3, 100, 1)),
      item('GPS9', '?', 32, Buffer.concat(samples)),
    ),
  )
}
