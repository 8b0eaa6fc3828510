/** Which entries: by kind, or about one thing (`recording:…`, `device:…`, `person:…`). */
export type LedgerSearch = { readonly kind?: string; readonly subject?: string; readonly entry?: string }

export function ledgerSearch(given: Record<string, unknown>): LedgerSearch {
  const search: Record<string, string> = {}
  for (const name of ['kind', 'subject', 'entry'] as const) {
    const value = given[name]
    if (typeof value === 'string' && value !== '') {
      search[name] = value
    }
  }
  return search
}
