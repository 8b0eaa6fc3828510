import Fastify from 'fastify'
import { expect, test } from 'vitest'
import { serveWebApps } from './web-apps.ts'

test('pages may ask the hosts of the map that the settings name, and nobody else', async () => {
  const policyWith = async (tileSources: readonly string[]) => {
    const app = Fastify()
    await serveWebApps(app, { apps: [], strictTransport: false, tileSources, pmtilesFile: null, verifier: null })
    const { headers } = await app.inject('/')
    await app.close()
    return new Map(
      String(headers['content-security-policy'])
        .split(';')
        .map((directive) => [directive.split(' ')[0], directive.split(' ').slice(1).join(' ')]),
    )
  }
  const hosts = ['https://maps.example.pe', 'https://tiles.example.pe']
  const named = await policyWith(hosts)
  expect(named.get('connect-src')).toBe(`'self' ${hosts.join(' ')}`)
  expect(named.get('img-src')).toBe(`'self' data: blob: ${hosts.join(' ')}`)
  expect(named.get('script-src')).toBe("'self'")
  expect((await policyWith([])).get('connect-src')).toBe("'self'")
})
