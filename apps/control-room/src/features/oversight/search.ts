/** What of «Control» one is looking at; dates as wall clocks there. */
export type OversightSearch = {
  readonly part?: 'views'
  readonly who?: string
  readonly recording?: string
  readonly officer?: string
  readonly purpose?: string
  readonly from?: string
  readonly to?: string
  readonly result?: 'allowed' | 'refused'
}
export const filterNames = ['who', 'recording', 'officer', 'purpose', 'from', 'to'] as const

const uuid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/i

export function oversightSearch(given: Record<string, unknown>): OversightSearch {
  const found: Record<string, string> = {}
  for (const name of filterNames) {
    const value = given[name]
    if (typeof value === 'string' && value.trim() !== '') {
      found[name] = value.trim().slice(0, 120)
    }
  }
  // A pasted address names its recording.
  const { recording, ...rest } = found
  const id = recording === undefined ? null : uuid.exec(recording)
  const result = (['allowed', 'refused'] as const).find((one) => one === given.result)
  return {
    ...rest,
    ...(id === null ? {} : { recording: id[0].toLowerCase() }),
    ...(result === undefined ? {} : { result }),
    ...(given.part === 'views' ? { part: 'views' } : {}),
  }
}
