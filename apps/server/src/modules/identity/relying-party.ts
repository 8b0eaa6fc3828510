import { isIP } from 'node:net'

/** To whom passkeys belong (WebAuthn §4 "relying party"): the host's name, and the origin browsers tell. */
export type RelyingParty = { readonly id: string; readonly origin: string }

/**
 * By the origin chosen at set-up. Browsers know no passkeys for an address in numbers; this machine's own is reached as
 * `localhost` too, and there they work. Null where they cannot.
 */
export function relyingParty(origin: string): RelyingParty | null {
  const url = URL.canParse(origin) ? new URL(origin) : null
  if (url === null) {
    return null
  }
  const { hostname } = url
  if (hostname === 'localhost' || hostname === '127.0.0.1' || hostname === '[::1]') {
    return { id: 'localhost', origin: `${url.protocol}//localhost${url.port === '' ? '' : `:${url.port}`}` }
  }
  const isName = isIP(hostname) === 0 && !hostname.startsWith('[')
  return isName && url.protocol === 'https:' ? { id: hostname, origin: url.origin } : null
}
