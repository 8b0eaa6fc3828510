/** Names and metadata of the Axis body-worn content-destination interface (Apache-2.0, AxisCommunications). Pure. */

export type Metadata = Readonly<Record<string, string>>

/** Keys are compared without regard to case, as headers are; values are URL-encoded UTF-8. */
export function metadataOf(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
  of: 'container' | 'object',
): Metadata {
  const prefix = `x-${of}-meta-`
  const found: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (name.toLowerCase().startsWith(prefix) && typeof value === 'string') {
      found[name.slice(prefix.length).toLowerCase()] = decoded(value)
    }
  }
  return found
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value).replaceAll(/\p{Cc}/gu, ' ')
  } catch {
    return value.replaceAll(/\p{Cc}/gu, ' ')
  }
}

export type ContainerName = {
  readonly kind: 'recording' | 'rejected' | 'system' | 'users' | 'devices'
  readonly user: string | null
  readonly serial: string | null
  readonly at: number | null
}

/** `<UserID>_<Serial>_<YYYYMMDDTHHMMSSZ>`, `RejectedContent_…`, or one of the three that the protocol names. */
export function readContainerName(name: string): ContainerName {
  const fixed = { System: 'system', Users: 'users', Devices: 'devices' } as const
  const known = Object.entries(fixed).find(([word]) => word === name)?.[1]
  if (known !== undefined) {
    return { kind: known, user: null, serial: null, at: null }
  }
  if (name.startsWith('RejectedContent_')) {
    return { kind: 'rejected', user: null, serial: null, at: instantOf(name.split('_')[1] ?? '') }
  }
  const match = /^(.*)_([^_]+)_(\d{8}T\d{6}Z)$/.exec(name)
  return { kind: 'recording', user: match?.[1] ?? null, serial: match?.[2] ?? null, at: instantOf(match?.[3] ?? '') }
}

export type ObjectKind = 'clip' | 'key' | 'bookmark' | 'track' | 'other'

export function objectKind(name: string): ObjectKind {
  if (/^bookmark_/i.test(name)) {
    return 'bookmark'
  }
  if (/_gpstrail\.json$/i.test(name)) {
    return 'track'
  }
  if (/\.key$/i.test(name)) {
    return 'key'
  }
  return /\.(mkv|mp4)$/i.test(name) ? 'clip' : 'other'
}

/** `20220823T114810Z`, RFC 3339, or seconds since 1970 with or without a fraction; epoch ms or null. */
export function instantOf(text: string | undefined): number | null {
  const compact = /^(\d{4})(\d\d)(\d\d)[T_](\d\d)(\d\d)(\d\d)(\.\d+)?Z?/.exec(text ?? '')
  if (compact !== null) {
    const [, y, m, d, H, M, S, fraction] = compact
    return Date.UTC(
      Number(y),
      Number(m) - 1,
      Number(d),
      Number(H),
      Number(M),
      Number(S),
      Math.round(Number(fraction ?? 0) * 1000),
    )
  }
  if (/^\d{9,11}(\.\d+)?$/.test(text ?? '')) {
    return Math.round(Number(text) * 1000)
  }
  const ms = Date.parse(text ?? '')
  return Number.isFinite(ms) ? ms : null
}

/** Start and stop of a clip or a recording, by whichever of its keys is there. */
export function timeIn(
  metadata: Metadata,
  name: 'StartTime' | 'StopTime' | 'TriggerOnTime' | 'EndTime',
): number | null {
  const key = name.toLowerCase()
  return instantOf(metadata[`${key}iso`]) ?? instantOf(metadata[key])
}

export type TrackPoint = { readonly atMs: number; readonly latitude: number; readonly longitude: number }

/** A GNSS trail (`CoordinateEntries`); entries that are not places are left out. Null when it is no trail. */
export function readTrail(text: string): readonly TrackPoint[] | null {
  let read: unknown
  try {
    read = JSON.parse(text)
  } catch {
    return null
  }
  const entries = (read as { readonly CoordinateEntries?: unknown } | null)?.CoordinateEntries
  if (!Array.isArray(entries)) {
    return null
  }
  return entries
    .slice(0, 200_000)
    .flatMap((entry: { readonly LocationWKT?: unknown; readonly Timestamp?: unknown } | null) => {
      const match = /^POINT\s*\(\s*(-?\d+(?:\.\d+)?)\s+(-?\d+(?:\.\d+)?)/i.exec(String(entry?.LocationWKT ?? ''))
      const atMs = instantOf(String(entry?.Timestamp ?? ''))
      const longitude = Number(match?.[1])
      const latitude = Number(match?.[2])
      return match === null || atMs === null || Math.abs(latitude) > 90 || Math.abs(longitude) > 180
        ? []
        : [{ atMs, latitude, longitude }]
    })
}

/** `lat, long, accuracy, epoch` of a TriggerOnLocation, or null. */
export function readLocation(
  text: string | undefined,
): { readonly latitude: number; readonly longitude: number } | null {
  const [latitude, longitude] = (text ?? '')
    .split(/[,;\s]+/)
    .filter((part) => part !== '')
    .map(Number)
  return latitude === undefined ||
    longitude === undefined ||
    !(Math.abs(latitude) <= 90) ||
    !(Math.abs(longitude) <= 180)
    ? null
    : { latitude, longitude }
}

/** What we can do with what a controller has; once declared, for ever. */
export const capabilities = {
  Read: { ReadCategories: true },
  Store: {
    StoreReadSystemID: true,
    StoreUserIDKey: true,
    StoreBookmarks: true,
    StoreSignedVideo: true,
    StoreGNSSTrackRecording: true,
    StoreRejectedContent: true,
  },
  StoreAndRead: {},
} as const
