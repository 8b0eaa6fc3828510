import type { Me } from '@sereno/contracts'
import { utf8 } from '@sereno/proof'
import type { Static } from 'typebox'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { codeFor, openPlace, type Place } from './people.test-kit.ts'

const minuteMs = 60_000
const password = 'lámpara río tejado once'

let place: Place
beforeAll(async () => {
  place = await openPlace()
  await place.identity.seedDemonstration()
})
afterAll(() => place.close())

describe('the demonstration', () => {
  test('is a fictitious municipality with a person for every role that has a link', async () => {
    expect(place.identity.municipality()).toMatchObject({ fictitious: true, timeZone: 'America/Lima' })
    expect(await place.identity.seedDemonstration()).toEqual(place.identity.municipality())
    const links = await place.identity.demonstrationLinks()
    expect(links.map(({ role }) => role)).toContain('overseer')
    for (const { url, role } of links) {
      const { status, body } = await place.browser().call('POST /session/link', { token: url.split('#link=')[1] })
      expect([status, (body as Static<typeof Me>).account.roles]).toEqual([200, [role]])
    }
    expect(await place.findings()).toEqual([])
  })
})

describe('a one-time link', () => {
  test('works once, and not after its time', async () => {
    const link = await place.identity.linkFor('operator')
    const token = link?.url.split('#link=')[1]
    const first = await place.browser().call('POST /session/link', { token })
    expect(first.status).toBe(200)
    expect(first.response.headers['set-cookie']).toMatch(/HttpOnly; SameSite=Strict/)
    expect(await place.browser().call('POST /session/link', { token })).toMatchObject({
      status: 410,
      code: 'access.link-used',
    })

    const late = (await place.identity.linkFor('operator'))?.url.split('#link=')[1]
    place.clock.advance(15 * minuteMs)
    expect(await place.browser().call('POST /session/link', { token: late })).toMatchObject({
      code: 'access.link-expired',
    })
    expect(await place.browser().call('POST /session/link', { token: 'x'.repeat(43) })).toMatchObject({ status: 410 })
  })

  test('is void once a newer one was made; two at once open one session', async () => {
    const older = (await place.identity.linkFor('custodian'))?.url.split('#link=')[1]
    const newer = (await place.identity.linkFor('custodian'))?.url.split('#link=')[1]
    expect((await place.browser().call('POST /session/link', { token: older })).code).toBe('access.link-expired')
    const both = await Promise.all([1, 2, 3].map(() => place.browser().call('POST /session/link', { token: newer })))
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 410, 410])
  })
})

describe('a session', () => {
  test('tells who I am, what I may, until when', async () => {
    const browser = place.browser()
    const me = await browser.signIn('overseer')
    const nowMs = place.clock.nowMs()
    expect(me.permissions.toSorted()).toEqual([
      'completeness.read',
      'installation.read',
      'ledger.read',
      'recording.custody',
      'retention.read',
      'review.read',
      'self.read',
      'self.write',
      'territory.read',
      'witness.approve',
      'witness.refuse',
    ])
    expect(me.session).toEqual({ startedAt: nowMs, idleAt: nowMs + 30 * minuteMs, endsAt: nowMs + 12 * 60 * minuteMs })
    expect((await browser.call('GET /accounts')).code).toBe('access.denied')
    expect((await place.browser().call('GET /me')).code).toBe('access.not-signed-in')
  })

  test('ends when idle, work keeps it, an abandoned screen does not', async () => {
    const browser = place.browser()
    await browser.signIn('administrator')
    for (let count = 0; count < 4; count += 1) {
      place.clock.advance(20 * minuteMs)
      expect((await browser.call('GET /accounts')).status).toBe(200)
    }
    for (let count = 0; count < 2; count += 1) {
      place.clock.advance(14 * minuteMs)
      expect((await browser.call('GET /me')).status).toBe(200)
    }
    place.clock.advance(2 * minuteMs)
    expect((await browser.call('GET /me')).code).toBe('access.not-signed-in')
  })

  test('of an operator lasts a shift and not longer', async () => {
    const browser = place.browser()
    await browser.signIn('operator')
    place.clock.advance(12 * 60 * minuteMs)
    expect((await browser.call('GET /me')).status).toBe(200)
    await place.tick()
    const ended: string[] = []
    const stop = place.identity.onSessionEnded((session) => ended.push(session))
    place.clock.advance(61 * minuteMs)
    expect((await browser.call('GET /me')).status).toBe(401)
    // Whoever holds a socket of it hears of its end.
    await place.tick()
    await place.tick()
    stop()
    expect(ended.length).toBe(1)
  })

  test('gets a new token every quarter of an hour; the old one serves until the new one is used, and then not', async () => {
    const browser = place.browser()
    await browser.signIn('supervisor')
    const first = browser.cookie()
    await browser.call('GET /me')
    expect(browser.cookie()).toBe(first)
    place.clock.advance(15 * minuteMs)
    await browser.call('GET /me')
    const second = browser.cookie()
    expect(second).not.toBe(first)

    // The answer with the new token was lost: the old one still works, and after a while gets another.
    browser.keep(first)
    expect((await browser.call('GET /me')).status).toBe(200)
    expect(browser.cookie()).toBe(first)
    place.clock.advance(30_000)
    await browser.call('GET /me')
    const third = browser.cookie()
    expect([first, second]).not.toContain(third)
    expect((await browser.call('GET /me')).status).toBe(200)

    // The new one was used; a request that was under way may still finish.
    const stale = place.browser()
    stale.keep(first)
    expect((await stale.call('GET /me')).status).toBe(200)
    expect(stale.cookie()).toBe(first)
    place.clock.advance(31_000)
    // Whoever brings the old token now holds a copy: the session ends for both.
    expect((await stale.call('GET /me')).status).toBe(401)
    expect((await browser.call('GET /me')).status).toBe(401)
  })

  test('asked by many tabs at once changes its token once', async () => {
    const browser = place.browser()
    await browser.signIn('supervisor')
    place.clock.advance(15 * minuteMs)
    const tabs = Array.from({ length: 6 }, () => place.browser())
    for (const tab of tabs) {
      tab.keep(browser.cookie())
    }
    expect((await Promise.all(tabs.map((tab) => tab.call('GET /me')))).map(({ status }) => status)).toEqual(
      Array<number>(6).fill(200),
    )
    const renewed = tabs.filter((tab) => tab.cookie() !== browser.cookie())
    expect(renewed.length).toBe(1)
    expect((await renewed[0]?.call('GET /me'))?.status).toBe(200)
  })

  test('ends at sign-out, and listeners hear of it', async () => {
    const ended: string[] = []
    const stop = place.identity.onSessionEnded((session) => ended.push(session))
    const browser = place.browser()
    const { account } = await browser.signIn('supervisor')
    const copy = browser.cookie()
    expect((await browser.call('DELETE /session')).status).toBe(200)
    browser.keep(copy)
    expect((await browser.call('GET /me')).status).toBe(401)
    stop()
    expect(ended.length).toBe(1)
    expect((await place.recorded(account.id)).slice(-3)).toEqual([
      'account.link-made',
      'session.opened',
      'session.closed',
    ])
  })
})

describe('password and second factor', () => {
  test('from link to password to code; each step recorded, a code never twice', async () => {
    const browser = place.browser('192.0.2.10')
    const { account } = await browser.signIn('data-protection-officer')
    expect((await browser.call('POST /me/password', { next: 'sereno sereno sereno' })).code).toBe(
      'account.weak-password',
    )
    expect((await browser.call('POST /me/password', { next: password })).status).toBe(200)
    expect((await browser.call('POST /me/password', { next: `${password}!` })).code).toBe('access.wrong-credentials')

    // A session alone sets no second factor: whoever finds it open could lock its owner out.
    expect((await browser.call('POST /me/second-factor', {})).code).toBe('access.wrong-credentials')
    const begun = await browser.call('POST /me/second-factor', { password })
    const secret = String(begun.body.secret)
    expect(begun.body.uri).toContain(secret)
    expect((await browser.call('POST /me/second-factor/confirm', { code: '000000' })).code).toBe('access.wrong-code')
    const confirmed = await browser.call('POST /me/second-factor/confirm', {
      code: codeFor(secret, place.clock.nowMs()),
    })
    expect(confirmed.status).toBe(200)
    const stored = await place.owner<{ second_factor: Uint8Array; password: string }[]>`
      select second_factor, password from account where id = ${account.id}`
    expect(Buffer.from(stored[0]?.second_factor ?? utf8('')).includes(Buffer.from(secret))).toBe(false)
    expect(stored[0]?.password).toMatch(/^\$argon2id\$/)

    const other = place.browser('192.0.2.10')
    const given = { signIn: account.signIn.toUpperCase(), password }
    expect((await other.call('POST /session', given)).code).toBe('access.second-factor-required')
    const code = codeFor(secret, place.clock.nowMs())
    expect((await other.call('POST /session', { ...given, code })).code).toBe('access.wrong-code')
    place.clock.advance(30_000)
    const next = codeFor(secret, place.clock.nowMs())
    const twice = await Promise.all(
      [1, 2].map(() => place.browser('192.0.2.10').call('POST /session', { ...given, code: next })),
    )
    expect(twice.map(({ status }) => status).toSorted()).toEqual([200, 401])

    // Neither password nor factor changes without a code of the factor in use; wrong ones are counted.
    const change = { current: password, next: `${password}!` }
    const otherPhone = place.browser('192.0.2.11')
    otherPhone.keep(browser.cookie())
    expect((await otherPhone.call('POST /me/password', change)).code).toBe('access.second-factor-required')
    expect((await otherPhone.call('POST /me/second-factor', { password })).code).toBe('access.second-factor-required')
    const guesses: string[] = []
    for (let count = 0; count < 6; count += 1) {
      guesses.push((await otherPhone.call('POST /me/second-factor', { password, code: '000000' })).code)
    }
    expect(guesses).toEqual([...Array<string>(5).fill('access.wrong-code'), 'access.locked'])
    place.clock.advance(minuteMs)
    const codeNow = codeFor(secret, place.clock.nowMs())
    expect((await otherPhone.call('POST /me/second-factor', { password, code: codeNow })).status).toBe(200)

    // A link does not get around the second factor.
    const link = (await place.identity.linkFor('data-protection-officer'))?.url.split('#link=')[1]
    expect((await other.call('POST /session/link', { token: link })).code).toBe('access.second-factor-required')
    place.clock.advance(30_000)
    const third = codeFor(secret, place.clock.nowMs())
    expect((await other.call('POST /session/link', { token: link, code: third })).status).toBe(200)

    // Lost phone: an administrator removes it; the sessions end.
    const administrator = place.browser()
    await administrator.signIn('administrator')
    const removed = await administrator.call(`POST /accounts/${account.id}/second-factor/remove`, {
      reason: 'teléfono perdido',
    })
    expect(removed.body).toMatchObject({ secondFactor: false })
    expect((await other.call('GET /me')).status).toBe(401)
    expect((await place.browser().call('POST /session', given)).status).toBe(200)
    expect(await place.recorded(account.id)).toEqual(
      expect.arrayContaining([
        'account.created',
        'account.password-changed',
        'account.second-factor-added',
        'account.second-factor-removed',
      ]),
    )
  })

  test('a changed password ends the other sessions and renews this one', async () => {
    const [first, second] = [place.browser(), place.browser()]
    await first.signIn('custodian')
    await second.signIn('custodian')
    const before = first.cookie()
    await first.call('POST /me/password', { next: password })
    expect(first.cookie()).not.toBe(before)
    expect((await first.call('GET /me')).status).toBe(200)
    expect((await second.call('GET /me')).status).toBe(401)
  })

  test('a wrong password, an unknown name and a closed account have one answer', async () => {
    const wrong = await place
      .browser('192.0.2.20')
      .call('POST /session', { signIn: 'msalas', password: 'no es esta de hoy' })
    const unknown = await place
      .browser('192.0.2.21')
      .call('POST /session', { signIn: 'nadie', password: 'no es esta de hoy' })
    expect([wrong.status, wrong.body]).toEqual([401, unknown.body])
    expect(wrong.code).toBe('access.wrong-credentials')
  })

  test('five failures pause the name at that place, even for the right password, and only there', async () => {
    const given = { signIn: 'msalas', password: 'no es esta de hoy' }
    const codes: string[] = []
    for (let count = 0; count < 6; count += 1) {
      codes.push((await place.browser('192.0.2.30').call('POST /session', given)).code)
    }
    expect(codes).toEqual([...Array<string>(5).fill('access.wrong-credentials'), 'access.locked'])
    const right = { signIn: 'msalas', password }
    const locked = await place.browser('192.0.2.30').call('POST /session', right)
    expect([locked.code, locked.response.headers['retry-after']]).toEqual(['access.locked', '60'])
    expect((await place.browser('192.0.2.31').call('POST /session', right)).status).toBe(200)
    place.clock.advance(minuteMs)
    expect((await place.browser('192.0.2.30').call('POST /session', right)).status).toBe(200)
  })

  test('an unknown name pauses like a known one; a hundred guesses at once are a hundred', async () => {
    const guess = () =>
      place.browser('192.0.2.40').call('POST /session', { signIn: 'nadie', password: 'no es esta de hoy' })
    const codes = (await Promise.all(Array.from({ length: 30 }, guess))).map(({ code }) => code)
    expect(codes.filter((code) => code === 'access.wrong-credentials').length).toBe(5)
    expect(codes.filter((code) => code === 'access.locked').length).toBe(25)
  })

  test('a second factor cannot be guessed between two right passwords', async () => {
    const browser = place.browser('192.0.2.50')
    const { account } = await browser.signIn('internal-affairs')
    await browser.call('POST /me/password', { next: password })
    const { body } = await browser.call('POST /me/second-factor', { password })
    await browser.call('POST /me/second-factor/confirm', { code: codeFor(String(body.secret), place.clock.nowMs()) })
    const codes: string[] = []
    for (let count = 0; count < 6; count += 1) {
      await place.browser('192.0.2.50').call('POST /session', { signIn: account.signIn, password })
      const wrong = { signIn: account.signIn, password, code: '123456' }
      codes.push((await place.browser('192.0.2.50').call('POST /session', wrong)).code)
    }
    expect(codes).toEqual([...Array<string>(5).fill('access.wrong-code'), 'access.locked'])
    expect(await place.recorded(account.id)).toContain('account.locked')
  })
})
