import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Browser, codeFor, openPlace, type Place } from './people.test-kit.ts'

const password = 'lámpara río tejado once'

describe('set-up of a real installation', () => {
  let empty: Place
  beforeAll(async () => {
    empty = await openPlace()
  })
  afterAll(() => empty.close())

  let secret = ''
  /** Each code works once: the clock goes on to the next. */
  const code = (): string => {
    empty.clock.advance(60_000)
    return codeFor(secret, empty.clock.nowMs())
  }
  const enter = async (): Promise<Browser> => {
    const browser = empty.browser()
    const { status } = await browser.call('POST /session', { signIn: 'hmedina', password, code: code() })
    expect(status).toBe(200)
    return browser
  }

  const request = (token: string) => ({
    token,
    municipality: 'Municipalidad de Prueba',
    timeZone: 'America/Lima',
    origin: 'https://sereno.example.pe/',
    administrator: { name: 'Hugo Medina', signIn: 'hmedina', password },
    accounts: [{ name: 'Luz Quispe', signIn: 'lquispe', roles: ['operator'] }],
    backupFolder: '/srv/backup',
    telephone: '01 411 5555',
  })

  test('nothing but the set-up is answered before it', async () => {
    expect(empty.identity.state()).toBe('set-up')
    await expect(empty.identity.gate('GET /me')).rejects.toMatchObject({ code: 'installation.not-set-up', status: 503 })
    await expect(empty.identity.gate('POST /installation')).resolves.toBeUndefined()
    expect((await empty.browser().call('GET /installation')).body).toMatchObject({
      state: 'set-up',
      municipality: null,
    })
    expect(await empty.identity.linkFor('administrator')).toBeNull()
  })

  test('takes the newest token once, makes people and log, and signs the administrator in', async () => {
    const older = (await empty.identity.setUpLink())?.split('#setup=')[1] ?? ''
    const token = (await empty.identity.setUpLink())?.split('#setup=')[1] ?? ''
    expect((await empty.browser().call('POST /installation', request(older))).code).toBe('access.link-expired')
    const wrong = { ...request(token), timeZone: 'America/Springfield' }
    expect((await empty.browser().call('POST /installation', wrong)).code).toBe('request.invalid')
    const weak = { ...request(token), administrator: { name: 'Hugo', signIn: 'h', password: 'contraseña1234' } }
    expect((await empty.browser().call('POST /installation', weak)).code).toBe('account.weak-password')

    const browser = empty.browser()
    const both = await Promise.all([
      browser.call('POST /installation', request(token)),
      empty.browser().call('POST /installation', request(token)),
    ])
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 409])
    const done = both.find(({ status }) => status === 200)
    expect(done?.body.me).toMatchObject({ account: { roles: ['administrator'] } })
    const [link] = (done?.body.links ?? []) as { signIn: string; link: string }[]
    const operator = await empty.browser().call('POST /session/link', { token: link?.link.split('#link=')[1] })
    expect(operator.body).toMatchObject({ account: { signIn: 'lquispe' } })

    await expect(empty.identity.gate('GET /me')).resolves.toBeUndefined()
    expect(await empty.identity.setUpLink()).toBeNull()
    expect((await empty.browser().call('GET /installation')).body).toMatchObject({
      state: 'ready',
      origin: 'https://sereno.example.pe',
      municipality: { name: 'Municipalidad de Prueba', fictitious: false },
    })
    expect(await empty.findings()).toEqual([])
  })

  test('whoever administers it proves a second factor before anything else is open', async () => {
    const browser = empty.browser()
    const signedIn = await browser.call('POST /session', { signIn: 'hmedina', password })
    expect(signedIn.body).toMatchObject({ permissions: ['self.read', 'self.write'], factor: { demanded: true } })
    expect((await browser.call('GET /accounts')).code).toBe('access.factor-demanded')
    const begun = await browser.call('POST /me/second-factor', { password })
    secret = String(begun.body.secret)
    expect((await browser.call('POST /me/second-factor/confirm', { code: code() })).status).toBe(200)
    expect((await browser.call('GET /accounts')).status).toBe(200)
    expect((await browser.call('GET /me')).body).toMatchObject({ factor: { demanded: false, code: true } })
    expect((await empty.browser().call('POST /session', { signIn: 'hmedina', password })).code).toBe(
      'access.second-factor-required',
    )
  })

  test('taking a role off the list is a weakening that everybody can count', async () => {
    const browser = await enter()
    const roles = ['administrator', 'custodian']
    expect((await browser.call('POST /installation/access/strong-roles', { roles, reason: 'Prueba' })).status).toBe(200)
    await empty.ledger.flush()
    const { body } = await browser.call('GET /ledger/entries?kind=installation.factors-changed')
    expect(body.entries).toMatchObject([
      { fields: { before: 'administrator custodian data-protection-officer', roles: 'administrator custodian' } },
    ])
    const leaves = await empty.owner`select coarse from leaf join leaf_opening on leaf.id = leaf_opening.leaf
      where kind = 'installation.factors-changed'`
    expect(leaves.map(({ coarse }) => coarse)).toEqual(['weakening'])
  })

  test('the control room’s number is the administrator’s to change, and anybody’s there to read', async () => {
    const browser = await enter()
    expect((await browser.call('GET /installation/contact')).body).toEqual({
      telephone: '01 411 5555',
      may: ['installation.write'],
    })
    expect((await browser.call('POST /installation/contact', { telephone: 'javascript:1' })).code).toBe(
      'request.invalid',
    )
    expect((await browser.call('POST /installation/contact', { telephone: '+51 1 411 5555' })).status).toBe(200)
    expect(empty.identity.municipality()?.telephone).toBe('+51 1 411 5555')
    await empty.ledger.flush()
    const { body } = await browser.call('GET /ledger/entries?kind=installation')
    expect(body.entries).toMatchObject([
      { kind: 'installation.contact-changed', fields: { telephone: '+51 1 411 5555', before: '01 411 5555' } },
      { kind: 'installation.founded', fields: { telephone: '01 411 5555' } },
    ])
    const operator = await empty.identity.linkFor('operator')
    const other = empty.browser()
    await other.call('POST /session/link', { token: operator?.url.split('#link=')[1] })
    expect((await other.call('GET /installation/contact')).body).toEqual({ telephone: '+51 1 411 5555', may: [] })
    expect((await other.call('POST /installation/contact', { telephone: null })).status).toBe(403)
  })

  test('and the log holds it, published', async () => {
    await empty.ledger.flush()
    const browser = await enter()
    const { body } = await browser.call('GET /ledger/entries?kind=installation')
    expect((body.entries as readonly unknown[]).at(-1)).toMatchObject({
      kind: 'installation.founded',
      fields: { name: 'Municipalidad de Prueba' },
    })
    const health = await browser.call('GET /health')
    expect(health.body).toMatchObject({
      signer: true,
      ingestOpen: expect.any(Boolean),
      ledger: { size: expect.any(Number) },
    })
  })
})
