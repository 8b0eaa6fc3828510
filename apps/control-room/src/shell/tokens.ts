/** Secrets that arrived in the address (`#link=`, `#setup=`). */
export type Tokens = { readonly link: string | null; readonly setUp: string | null; readonly provider: string | null }

/** Takes them out of the address at once, so that no history, bookmark or screenshot keeps them. */
export function takeTokens(): Tokens {
  const given = new URLSearchParams(location.hash.slice(1))
  const provider = location.pathname === '/sign-in' ? location.search.slice(1) : null
  const tokens = { link: given.get('link'), setUp: given.get('setup'), provider }
  if (provider !== null) {
    history.replaceState(null, '', '/')
    return tokens
  }
  if (tokens.link !== null || tokens.setUp !== null) {
    history.replaceState(null, '', location.pathname + location.search)
  }
  return tokens
}
