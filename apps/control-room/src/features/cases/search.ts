export type CasesSearch = { readonly text?: string; readonly state?: 'open' | 'closed' | 'merged' }

const states = ['open', 'closed', 'merged'] as const

export function casesSearch(given: Record<string, unknown>): CasesSearch {
  const state = states.find((one) => one === given.state)
  const text = typeof given.text === 'string' && given.text !== '' ? given.text.slice(0, 200) : undefined
  return { ...(text === undefined ? {} : { text }), ...(state === undefined ? {} : { state }) }
}
