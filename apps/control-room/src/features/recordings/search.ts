/** What one looks for, in the address: a search can be sent to a colleague. */
export type RecordingsSearch = {
  readonly officer?: string
  readonly device?: string
  readonly quadrant?: string
  readonly category?: string
  readonly state?: string
  readonly from?: string
  readonly to?: string
  readonly near?: string
  readonly radius?: number
  readonly text?: string
}

const words = ['officer', 'device', 'quadrant', 'category', 'state', 'from', 'to', 'near', 'text'] as const

export function recordingsSearch(given: Record<string, unknown>): RecordingsSearch {
  const search: Record<string, string | number> = {}
  for (const name of words) {
    const value = given[name]
    if (typeof value === 'string' && value !== '') {
      search[name] = value
    }
  }
  const radius = Number(given.radius)
  return { ...search, ...(radius >= 1 && radius <= 20_000 ? { radius } : {}) }
}

/** `-12.13,-76.98` as a point; null when it is none. */
export function nearPoint(near: string | undefined): { readonly latitude: number; readonly longitude: number } | null {
  // a number half typed is no place: `-12,` is not on the equator's meridian
  const [latitude = Number.NaN, longitude = Number.NaN, ...more] = (near ?? '')
    .split(',')
    .map((part) => (/^\s*-?\d+(\.\d+)?\s*$/.test(part) ? Number(part) : Number.NaN))
  if (more.length > 0) {
    return null
  }
  return Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 ? { latitude, longitude } : null
}

/** A recording's page: from which case one came, by its code. */
export function recordingSearch(raw: Record<string, unknown>): { readonly case?: string } {
  return typeof raw.case === 'string' && raw.case !== '' ? { case: raw.case } : {}
}
