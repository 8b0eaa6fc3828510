import type { Me } from '@sereno/contracts'
import type { Static } from 'typebox'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { systemActor } from '../../kernel/actor.ts'
import { openPlace, type Place } from './people.test-kit.ts'

let place: Place
beforeAll(async () => {
  place = await openPlace()
  await place.identity.seedDemonstration()
})
afterAll(() => place.close())

describe('accounts', () => {
  test('are made, changed and closed by an administrator, each an entry with its policy', async () => {
    const administrator = place.browser()
    const me = await administrator.signIn('administrator')
    const made = await administrator.call('POST /accounts', {
      name: 'Ana Prueba',
      signIn: 'aprueba',
      roles: ['operator'],
    })
    expect(made.status).toBe(200)
    const account = made.body.account as Static<typeof Me>['account']
    expect(account.may).toContain('account.roles')
    const again = await administrator.call('POST /accounts', { name: 'Otra', signIn: 'APRUEBA', roles: ['operator'] })
    expect(again).toMatchObject({ status: 409, code: 'account.name-taken' })

    const browser = place.browser()
    await browser.call('POST /session/link', { token: String(made.body.link).split('#link=')[1] })
    const ended: string[] = []
    const stop = place.identity.onSessionEnded((session) => ended.push(session))
    const change = { roles: ['custodian'], reason: 'cambio de puesto' }
    expect((await administrator.call(`POST /accounts/${account.id}/roles`, change)).body).toMatchObject({
      roles: ['custodian'],
    })
    // Whatever the old roles had opened ends with their sessions.
    stop()
    expect(ended).toHaveLength(1)
    expect((await browser.call('GET /me')).status).toBe(401)
    const { link } = (await administrator.call(`POST /accounts/${account.id}/link`)).body
    await browser.call('POST /session/link', { token: String(link).split('#link=')[1] })
    expect((await browser.call('GET /me')).body).toMatchObject({ account: { roles: ['custodian'] } })

    expect((await administrator.call(`POST /accounts/${me.account.id}/roles`, change)).code).toBe('access.denied')
    expect((await administrator.call(`POST /accounts/${me.account.id}/close`, { reason: 'me voy' })).code).toBe(
      'account.last-administrator',
    )

    // whoever made the link could have used it: what is done in its session names its maker; the machine's own do not
    const scope = { municipality: place.identity.municipality()?.id ?? '', actor: systemActor('') }
    const through = async (person: string): Promise<unknown> =>
      (await place.ledger.entriesOf(scope, `person:${person}`)).find(({ kind }) => kind === 'session.opened')?.details
    expect(await through(account.id)).toMatchObject({ enteredBy: me.account.name })
    expect(await through(me.account.id)).not.toHaveProperty('enteredBy')

    const closed = await administrator.call(`POST /accounts/${account.id}/close`, { reason: 'cese' })
    expect(closed.body).toMatchObject({ active: false, may: [] })
    expect((await browser.call('GET /me')).status).toBe(401)
    expect((await administrator.call(`POST /accounts/${account.id}/link`)).code).toBe('account.not-found')
    expect(await place.recorded(account.id)).toEqual([
      'account.created',
      'account.link-made',
      'session.opened',
      'account.roles-changed',
      'account.link-made',
      'session.opened',
      'account.closed',
    ])
    expect(await place.findings()).toEqual([])
  })

  test('change with their entry or not at all', async () => {
    const administrator = place.browser()
    await administrator.signIn('administrator')
    const names = async () => (await place.owner`select sign_in from account`).length
    const before = await names()
    await place.owner`revoke insert on leaf from sereno_app`
    const made = await administrator.call('POST /accounts', {
      name: 'Sin Asiento',
      signIn: 'sinasiento',
      roles: ['operator'],
    })
    await place.owner`grant insert on leaf to sereno_app`
    expect([made.status, await names()]).toEqual([500, before])
  })

  test('nobody else changes them', async () => {
    for (const role of ['operator', 'supervisor', 'overseer'] as const) {
      const browser = place.browser()
      const { account } = await browser.signIn(role)
      for (const path of ['roles', 'close', 'link']) {
        const answer = await browser.call(`POST /accounts/${account.id}/${path}`, { roles: [role], reason: 'x' })
        expect(answer.code).toBe('access.denied')
      }
    }
  })

  test('roles written into the table by hand are found by the checker', async () => {
    const [row] = await place.owner<
      { id: string; roles: string[] }[]
    >`select id, roles from account where sign_in = 'kvilchez'`
    await place.owner`update account set roles = '{custodian}' where id = ${row?.id ?? ''}`
    expect(await place.findings()).toEqual([{ code: 'identity.roles-unrecorded', detail: row?.id }])
    await place.owner`update account set roles = ${row?.roles ?? []} where id = ${row?.id ?? ''}`
    expect(await place.findings()).toEqual([])
  })

  test('a language is remembered', async () => {
    const browser = place.browser()
    expect((await browser.signIn('supervisor')).language).toBe('es')
    await browser.call('POST /me/language', { language: 'en' })
    expect((await browser.call('GET /me')).body.language).toBe('en')
    await browser.call('POST /me/language', { language: 'es' })
  })
})
