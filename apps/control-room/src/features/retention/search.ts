/** Which view, and what is open in it. */
export type RetentionSearch = {
  readonly view?: 'rules' | 'holds' | 'batches'
  readonly hold?: string
  readonly batch?: string
}

const views = ['rules', 'holds', 'batches'] as const

export function retentionSearch(given: Record<string, unknown>): RetentionSearch {
  const view = views.find((one) => one === given.view)
  const text = (name: string): string | undefined => {
    const value = given[name]
    return typeof value === 'string' && value !== '' ? value : undefined
  }
  const hold = text('hold')
  const batch = text('batch')
  return {
    ...(view === undefined ? {} : { view }),
    ...(hold === undefined ? {} : { hold }),
    ...(batch === undefined ? {} : { batch }),
  }
}
