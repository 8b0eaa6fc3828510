import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Provider as OidcProvider } from 'oidc-provider'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Browser, openPlace, type Place } from './people.test-kit.ts'

/** A municipal identity provider: whoever comes is the person last named, without a question. */
async function openProvider(redirectUri: string) {
  let person = { sub: '', preferred_username: '' }
  const server: Server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const provider = new OidcProvider(issuer, {
    clients: [{ client_id: 'sereno', client_secret: 's'.repeat(40), redirect_uris: [redirectUri] }],
    claims: { openid: ['sub'], profile: ['preferred_username', 'name'] },
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ ...person, sub }) }),
    cookies: { keys: ['only for this test'] },
  })
  const serve = provider.callback()
  server.on('request', async (request, response) => {
    if (request.url?.startsWith('/interaction/') !== true) {
      serve(request, response)
      return
    }
    const { params, session } = await provider.interactionDetails(request, response)
    const grant = new provider.Grant({
      accountId: session?.accountId ?? person.sub,
      clientId: String(params.client_id),
    })
    grant.addOIDCScope('openid profile email')
    const grantId = await grant.save()
    await provider.interactionFinished(request, response, {
      login: { accountId: person.sub },
      consent: { grantId },
    })
  })
  /** Walks as a browser that has never been there; answers the query it is sent back with. */
  async function walk(url: string, who: typeof person): Promise<string> {
    person = who
    const jar = new Map<string, string>()
    let next = url
    while (!next.startsWith(redirectUri)) {
      const answer = await fetch(next, {
        redirect: 'manual',
        headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') },
      })
      for (const cookie of answer.headers.getSetCookie()) {
        const [name = '', value = ''] = cookie.split(';')[0]?.split(/=(.*)/) ?? []
        jar.set(name, value)
      }
      const to = answer.headers.get('location')
      if (to === null) {
        throw new Error(`the provider stopped at ${next}: ${answer.status} ${await answer.text()}`)
      }
      next = new URL(to, next).href
    }
    return new URL(next).search.slice(1)
  }
  return { issuer, walk, close: () => new Promise<void>((resolve) => server.close(() => resolve())) }
}

let place: Place
let provider: Awaited<ReturnType<typeof openProvider>>
let administrator: Browser
beforeAll(async () => {
  place = await openPlace()
  await place.identity.seedDemonstration()
  administrator = place.browser()
  await administrator.signIn('administrator')
  const { body } = await administrator.call('GET /installation/access')
  provider = await openProvider(String(body.redirectUri))
})
afterAll(async () => {
  await provider?.close()
  await place?.close()
})

const setting = (change: object = {}) => ({
  provider: {
    name: 'Municipalidad',
    issuer: provider.issuer,
    clientId: 'sereno',
    clientSecret: 's'.repeat(40),
    claim: 'preferred_username',
    createsAccounts: false,
    ...change,
  },
})

async function come(who: { sub: string; preferred_username: string }, browser = place.browser()) {
  const begun = await browser.call('POST /session/provider/begin')
  expect(begun.status).toBe(200)
  const cookie = begun.response.cookies.find(({ name }) => name === 'sereno_provider')
  browser.also(`sereno_provider=${cookie?.value ?? ''}`)
  return { browser, query: await provider.walk(String(begun.body.url), who) }
}

test('whoever has an account comes in by the identity provider, with the roles given here', async () => {
  expect((await administrator.call('POST /installation/access/provider', setting())).status).toBe(200)
  const { body } = await administrator.call('GET /accounts')
  const operator = (body.accounts as { signIn: string; roles: string[] }[]).find(({ roles }) =>
    roles.includes('operator'),
  )
  const { browser, query } = await come({ sub: 'op-1', preferred_username: operator?.signIn ?? '' })
  const entered = await browser.call('POST /session/provider', { query })
  expect(entered).toMatchObject({ status: 200, body: { account: { roles: ['operator'] } } })
  // once
  expect((await browser.call('POST /session/provider', { query })).code).toBe('access.provider-refused')
  // the same name given to somebody else there is not the same person here
  const other = await come({ sub: 'op-2', preferred_username: operator?.signIn ?? '' })
  expect((await other.browser.call('POST /session/provider', { query: other.query })).code).toBe('access.no-account')
})

test('a browser that did not leave does not come back', async () => {
  const { query } = await come({ sub: 'op-1', preferred_username: 'x' })
  expect((await place.browser().call('POST /session/provider', { query })).code).toBe('access.provider-refused')
})

test('an unknown person is refused, or waits for a role where accounts may be made', async () => {
  const first = await come({ sub: 'new-1', preferred_username: 'nadie' })
  expect((await first.browser.call('POST /session/provider', { query: first.query })).code).toBe('access.no-account')
  await administrator.call('POST /installation/access/provider', setting({ createsAccounts: true }))
  const again = await come({ sub: 'new-1', preferred_username: 'nadie' })
  expect((await again.browser.call('POST /session/provider', { query: again.query })).code).toBe('access.awaits-roles')
  const { body } = await administrator.call('GET /accounts')
  expect(body.accounts).toContainEqual(expect.objectContaining({ signIn: 'nadie', roles: [] }))
  expect(await place.findings()).toEqual([])
})
