import type { Role } from '@sereno/contracts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { scopeOf, systemActor } from '../../kernel/actor.ts'
import { type House, type Json, need, openHouse, type Person } from '../cases/cases.test-kit.ts'
import type { FakePhone, FakeRecording } from '../evidence/evidence.test-kit.ts'
import { codeFor } from '../identity/people.test-kit.ts'

const hourMs = 3_600_000
const reason = 'Un vecino denuncia ahora mismo una agresión en la plaza'

let house: House
let phone: FakePhone
let first: FakeRecording
let second: FakeRecording
let other: FakeRecording
let third: FakeRecording
let mine: FakeRecording
let officer: { readonly id: string; readonly name: string }
let affairs: Person
let dpo: Person
let overseer: Person
let office: Person
beforeAll(async () => {
  house = await openHouse()
  phone = await house.phone()
  first = await house.record(phone, 'first')
  second = await house.record(phone, 'second')
  other = await house.record(await house.phone(), 'other')
  third = await house.record(await house.phone(), 'third')
  mine = await house.record(await house.phone(), 'mine')
  affairs = await house.person('internal-affairs')
  dpo = await house.person('data-protection-officer')
  overseer = await house.person('overseer')
  office = await house.person('administrator')
  officer = (await need(affairs.call(`GET /recordings/${first.id}`))).recording.officer
}, 60_000)
afterAll(() => house.close())

/** Each code works once: the clock goes on to the next. */
function code(secret: string): string {
  house.clock.advance(60_000)
  return codeFor(secret, house.clock.nowMs())
}
async function setFactor(person: Person): Promise<string> {
  const { secret } = await need(person.call('POST /me/second-factor', {}))
  await need(person.call('POST /me/second-factor/confirm', { code: code(secret) }))
  return secret
}
/** Somebody new with a role, signed in; the demonstration has one person of each. */
async function another(role: Role, name: string, of?: string): Promise<Person & { readonly id: string }> {
  const scope = scopeOf(systemActor(phone.municipality))
  const { identity } = house.app
  const signIn = name.toLowerCase().replaceAll(' ', '')
  const [made, url] = await house.kernel.database.transaction(async (tx) => {
    const account = { name, signIn, roles: [role], ...(of === undefined ? {} : { officer: of }) }
    const { id } = await identity.createAccount(tx, scope, account)
    return [id, await identity.oneTimeLink(tx, scope, id)] as const
  })
  const entered = await house.enter(url.split('#link=')[1] ?? '')
  return { id: made, ...personOf(entered.cookie) }
}
function personOf(cookie: string): Person {
  const call: Person['call'] = async (operation, body) => {
    const [method, path] = operation.split(' ') as [string, string]
    const address = `${await listening()}/api${path}`
    const headers = { cookie: `sereno_session=${cookie}`, 'content-type': 'application/json' }
    const init = body === undefined ? {} : { body: JSON.stringify(body) }
    const answered = await fetch(address, { method, headers, ...init })
    const bytes = new Uint8Array(await answered.arrayBuffer())
    const json: Json = JSON.parse(new TextDecoder().decode(bytes))
    return { status: answered.status, code: String(json.code ?? ''), json, bytes }
  }
  return { cookie, call }
}
/** Into an account that is there, by a new link. */
async function signInAs(account: string): Promise<Person> {
  const scope = scopeOf(systemActor(phone.municipality))
  const url = await house.kernel.database.transaction((tx) => house.app.identity.oneTimeLink(tx, scope, account))
  return personOf((await house.enter(url.split('#link=')[1] ?? '')).cookie)
}
let origin: Promise<string> | null = null
function listening(): Promise<string> {
  origin ??= house.listen()
  return origin
}
const entriesOf = (subject: string) => house.app.ledger.entriesOf(scopeOf(systemActor(phone.municipality)), subject)
const glass = async (person: Person): Promise<Json[]> => (await need(person.call('GET /reviews'))).glass
const shatter = (person: Person, recording: string, words = reason) =>
  person.call(`POST /recordings/${recording}/break-glass`, { purpose: 'request', reason: words })

describe('breaking the glass', () => {
  let secret = ''
  test('needs a factor proven in this session within five minutes', async () => {
    expect((await affairs.call(`POST /recordings/${first.id}/looks`, { purpose: 'request' })).code).toBe(
      'access.denied',
    )
    expect((await shatter(affairs, first.id)).code).toBe('access.fresh-factor-required')
    secret = await setFactor(affairs)
    house.clock.advance(5 * 60_000 + 1)
    expect((await shatter(affairs, first.id)).code).toBe('access.fresh-factor-required')
    expect(await glass(dpo)).toEqual([])
  })

  test('needs a reason of some length', async () => {
    await need(affairs.call('POST /me/proof', { code: code(secret) }))
    expect(await shatter(affairs, first.id, 'porque sí')).toMatchObject({ status: 400, code: 'request.invalid' })
    expect((await shatter(affairs, first.id, `${' '.repeat(30)}sí`)).code).toBe('request.invalid')
    expect(await glass(dpo)).toEqual([])
  })

  test('opens one look, whose headline with the reason stands before it', async () => {
    const opened = await need(shatter(affairs, first.id))
    expect(opened.policy).toBe('vidrio-roto-con-razon')
    expect((await affairs.call(`GET ${opened.playlist.replace('/api', '')}`)).status).toBe(200)
    const entries = await entriesOf(`recording:${first.id}`)
    const places = ['recording.glass-broken', 'recording.viewed'].map((kind) =>
      entries.findIndex((entry) => entry.kind === kind && entry.allowed),
    )
    const [headline, look] = places.map((place) => entries[place])
    expect(look?.id).toBe(opened.entry)
    expect(headline?.details).toMatchObject({ reason })
    // Version 7 identifiers grow: what was written before is smaller.
    expect(String(headline?.id) < String(look?.id)).toBe(true)
    // One look, once: it is not gone on with without breaking the glass again.
    const renewed = await affairs.call(`POST /looks/${opened.look}/renew`, { purpose: 'request' })
    expect(renewed.code).toBe('access.denied')
    expect((await affairs.call(`POST /recordings/${second.id}/looks`, { purpose: 'request' })).code).toBe(
      'access.denied',
    )
    expect(await house.findings()).toEqual([])
  })

  test('is nothing for administration and overseers', async () => {
    await setFactor(office)
    await setFactor(overseer)
    for (const person of [office, overseer]) {
      expect((await shatter(person, first.id)).code).toBe('access.denied')
    }
  })
})

describe('the review of an opening', () => {
  let late = ''
  test('is due within 72 hours and done once', async () => {
    const [waiting] = await glass(dpo)
    expect(waiting).toMatchObject({ recording: first.id, purpose: 'request', reason, outcome: null, overdue: false })
    expect(waiting.dueAt - waiting.openedAt).toBe(72 * hourMs)
    expect(waiting.may).toEqual(['review.decide'])
    const [seen] = await glass(overseer)
    expect(seen.may).toEqual([])
    const outcome = { outcome: 'justified', note: 'Hubo denuncia' }
    expect((await overseer.call(`POST /reviews/glass/${waiting.id}`, outcome)).code).toBe('access.denied')
    await need(dpo.call(`POST /reviews/glass/${waiting.id}`, outcome))
    expect((await dpo.call(`POST /reviews/glass/${waiting.id}`, outcome)).code).toBe('review.already-done')
    expect(await glass(dpo)).toMatchObject([{ ...outcome, may: [] }])
    const entries = await entriesOf(`recording:${first.id}`)
    expect(entries.find(({ kind }) => kind === 'access.reviewed')?.details).toMatchObject({ ...outcome, late: 'false' })
  })

  test('is never by whoever opened', async () => {
    await setFactor(dpo)
    await need(shatter(dpo, second.id))
    const own = (await glass(dpo)).find(({ recording }) => recording === second.id)
    expect(own.may).toEqual([])
    late = own.id
    expect((await dpo.call(`POST /reviews/glass/${late}`, { outcome: 'justified', note: 'x' })).code).toBe('review.own')
  })

  test('is shown overdue, and says in its entry that it was late', async () => {
    house.clock.advance(72 * hourMs + 1)
    const other = await another('data-protection-officer', 'Otra Oficial')
    const row = async () => (await glass(other)).find(({ id }) => id === late)
    expect(await row()).toMatchObject({ overdue: true, may: ['review.decide'] })
    await need(other.call(`POST /reviews/glass/${late}`, { outcome: 'not-justified', note: 'Sin denuncia' }))
    expect(await row()).toMatchObject({ overdue: false, outcome: 'not-justified', reviewedBy: 'Otra Oficial' })
    const entries = await entriesOf(`recording:${second.id}`)
    expect(entries.find(({ kind }) => kind === 'access.reviewed')?.details).toMatchObject({ late: 'true' })
  })
})

describe('the review of privileges', () => {
  test('opens by the clock, is read without writing, keeps its report, and comes again in six months', async () => {
    const reader = await another('data-protection-officer', 'Lectora Primera')
    const read = async (person: Person): Promise<Json[]> => (await need(person.call('GET /reviews'))).privileges
    await house.tick()
    const count = async () => Number((await house.owner`select count(*) from privilege_review`)[0]?.count)
    const [open] = await read(reader)
    expect(await count()).toBe(1)
    expect(open).toMatchObject({ confirmedAt: null, overdue: expect.any(Boolean), may: ['review.decide'] })
    const names = open.accounts.map(({ name }: Json) => name)
    expect(names).toContain('Lectora Primera')
    await need(reader.call(`POST /reviews/privileges/${open.id}`, { note: 'Nadie de más' }))
    expect((await reader.call(`POST /reviews/privileges/${open.id}`, { note: 'x' })).code).toBe('review.already-done')
    const scope = scopeOf(systemActor(phone.municipality))
    const entries = await house.app.ledger.entriesOf(scope, `municipality:${phone.municipality}`)
    expect(entries.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['privileges.due', 'privileges.reviewed']))

    // Somebody who came later is not in a report that was confirmed before.
    const later = await another('data-protection-officer', 'Lectora Segunda')
    const [kept] = await read(later)
    expect(kept).toMatchObject({ note: 'Nadie de más', confirmedBy: 'Lectora Primera', may: [] })
    expect(kept.accounts.map(({ name }: Json) => name)).toEqual(names)
    house.clock.advance(182 * 24 * hourMs + 1)
    const after = await another('data-protection-officer', 'Lectora Tercera')
    expect(await read(after)).toHaveLength(1)
    await house.tick()
    house.clock.advance(14 * 24 * hourMs + 1)
    const last = await another('data-protection-officer', 'Lectora Cuarta')
    expect(await read(last)).toMatchObject([{ confirmedAt: null, overdue: true }, { id: open.id }])
  })
})

describe('the log of looks', () => {
  let reader: Person
  let rival: { readonly id: string; readonly name: string }
  beforeAll(async () => {
    const custodian = await another('custodian', 'Custodia Nueva')
    rival = (await need(custodian.call(`GET /recordings/${other.id}`))).recording.officer
    await need(custodian.call(`POST /recordings/${other.id}/looks`, { purpose: 'request' }))
    const made = await need(custodian.call('POST /cases', { title: 'Un clip', kind: 'crime', recordings: [other.id] }))
    const wish = { recording: other.id, fromMs: 2_500, toMs: 3_000, title: 'Lo visto' }
    const clip = await need(custodian.call(`POST /cases/${made.id}/clips`, wish))
    await need(custodian.call(`POST /cases/${made.id}/derivatives/${clip.id}/open`, { purpose: 'request' }))
    reader = await another('data-protection-officer', 'Lectora Quinta')
  }, 60_000)
  const views = async (query: string): Promise<Json[]> => (await need(reader.call(`GET /views?${query}`))).views

  test('is searched by person, recording, officer, purpose, time and what was refused', async () => {
    const byWho = await views('who=custodia%20nu')
    expect(byWho.map(({ kind }) => kind)).toEqual(['clip.viewed', 'recording.viewed'])
    expect(byWho.map((view) => view.officer)).toEqual([rival.name, rival.name])
    const byRecording = await views(`recording=${first.id}`)
    expect(new Set(byRecording.map(({ recording }) => recording))).toEqual(new Set([first.id]))
    expect(byRecording.map(({ kind }) => kind)).toContain('recording.glass-broken')
    const byOfficer = await views(`officer=${officer.id}`)
    expect(new Set(byOfficer.map((view) => view.officer))).toEqual(new Set([officer.name]))
    expect(new Set(byOfficer.map(({ recording }) => recording))).toEqual(new Set([first.id, second.id]))
    // Both together: what speaks of both, and of nothing else.
    expect(await views(`recording=${first.id}&officer=${rival.id}`)).toEqual([])
    expect(await views(`recording=${first.id}&officer=${officer.id}`)).toEqual(byRecording)
    const refused = await views('allowed=false')
    expect(refused.length).toBeGreaterThan(0)
    expect(refused.every(({ allowed }) => !allowed)).toBe(true)
    expect((await views('purpose=request')).every(({ purpose }) => purpose === 'request')).toBe(true)
    const at = byWho[0].at
    expect((await views(`from=${at + 1}`)).map(({ entry }) => entry)).not.toContain(byWho[0].entry)
    expect((await views(`to=${at - 1}`)).map(({ entry }) => entry)).not.toContain(byWho[0].entry)
    const one = await need(reader.call('GET /views?limit=1'))
    const two = await need(reader.call(`GET /views?limit=1&cursor=${one.next}`))
    expect(two.views[0].entry < one.views[0].entry).toBe(true)
  })

  test('is read with an entry, and by nobody else', async () => {
    const found = await house.owner`select count(*) from leaf_opening where kind = 'views.read'`
    await views('allowed=false')
    const after = await house.owner`select count(*) from leaf_opening where kind = 'views.read'`
    expect(Number(after[0]?.count)).toBe(Number(found[0]?.count) + 1)
    const watcher = await another('supervisor', 'Mando Nuevo')
    expect((await watcher.call('GET /views')).code).toBe('access.denied')
  })

  test('shows officers who looked at them, and at nobody else', async () => {
    const me = await another('officer', 'Agente Propio', officer.id)
    const { views: own } = await need(me.call('GET /me/views'))
    expect(own.length).toBeGreaterThan(0)
    expect(new Set(own.map(({ recording }: Json) => recording))).toEqual(new Set([first.id, second.id]))
    const colleague = await another('officer', 'Agente Ajeno', rival.id)
    const { views: theirs } = await need(colleague.call('GET /me/views'))
    expect(theirs.map(({ kind }: Json) => kind)).toEqual(['clip.viewed', 'recording.viewed'])
    expect((await need((await another('officer', 'Sin Registro')).call('GET /me/views'))).views).toEqual([])
    expect((await me.call('GET /views')).code).toBe('access.denied')
  })
})

describe('an account and the officer its holder is', () => {
  const join = (id: string, of: string | null, by: Person) =>
    by.call(`POST /accounts/${id}/officer`, { officer: of, reason: 'Es la misma persona' })

  test('are joined by administration: the page fills, one officer one account, the old sessions end', async () => {
    const head = await another('administrator', 'Jefa de Cuentas')
    const reader = await another('data-protection-officer', 'Datos Nueva')
    const own = (await need(reader.call(`GET /recordings/${third.id}`))).recording.officer.id
    await need(reader.call(`POST /recordings/${third.id}/looks`, { purpose: 'audit' }))

    const signedIn = await another('officer', 'Agente Sin Unir')
    expect((await need(signedIn.call('GET /me/views'))).views).toEqual([])
    expect((await join(signedIn.id, own, reader)).code).toBe('access.denied')
    expect((await join(signedIn.id, crypto.randomUUID(), head)).code).toBe('officer.not-found')
    const joined = await need(join(signedIn.id, own, head))
    expect(joined).toMatchObject({ officer: own, active: true })
    expect((await signedIn.call('GET /me/views')).code).toBe('access.not-signed-in')
    const again = await signInAs(signedIn.id)
    const { views: seen } = await need(again.call('GET /me/views'))
    expect(seen[0]).toMatchObject({ who: 'Datos Nueva', purpose: 'audit', recording: third.id, allowed: true })

    const rivals = await another('officer', 'Agente Doble')
    expect((await join(rivals.id, own, head)).code).toBe('account.officer-taken')
    const taken = { name: 'Otra', signIn: 'otra-agente', roles: ['officer'], officer: own }
    expect((await head.call('POST /accounts', taken)).code).toBe('account.officer-taken')
    expect((await join(head.id, rivals.id, head)).code).toBe('access.denied')
    // Closing frees the officer; the closed account keeps it for what it did.
    await need(head.call(`POST /accounts/${signedIn.id}/close`, { reason: 'Se fue' }))
    expect((await need(join(rivals.id, own, head))).officer).toBe(own)
  })

  test('keep one from one’s own recordings, whatever the role; parting them is a weakening in the ledger', async () => {
    const head = await another('administrator', 'Jefa de Registro')
    const { recording } = await need(
      (await another('data-protection-officer', 'Datos Otra')).call(`GET /recordings/${mine.id}`),
    )
    const custodian = await another('custodian', 'Custodia que Graba')
    const look = (person: Person) => person.call(`POST /recordings/${mine.id}/looks`, { purpose: 'audit' })
    await need(look(custodian))
    await need(join(custodian.id, recording.officer.id, head))
    const banned = await signInAs(custodian.id)
    expect((await look(banned)).code).toBe('access.own-recording')
    expect((await look(await another('custodian', 'Custodia sin Cámara'))).status).toBe(200)

    await need(join(custodian.id, null, head))
    expect((await look(await signInAs(custodian.id))).status).toBe(200)
    const told = await entriesOf(`officer:${recording.officer.id}`)
    const kinds = told.filter(({ kind }) => kind.startsWith('account.officer')).map(({ kind }) => kind)
    expect(kinds).toEqual(['account.officer-parted', 'account.officer-joined'])
    expect(told.find(({ kind }) => kind === 'account.officer-parted')?.details).toMatchObject({
      from: recording.officer.id,
      officerName: recording.officer.name,
      reason: 'Es la misma persona',
    })
    const coarse = await house.owner`select l.coarse, o.kind from leaf l join leaf_opening o on o.leaf = l.id
      join leaf_subject s on s.leaf = l.id where s.subject = ${`person:${custodian.id}`} and o.kind like 'account.officer%'
      order by l.id`
    expect(coarse.map(({ coarse: one }) => one)).toEqual(['person', 'weakening'])
    expect((await house.findings()).filter(({ code: one }) => one.startsWith('identity'))).toEqual([])
  })
})

describe('whoever watches over the others', () => {
  test('is sent away in public: role and account leave a weakening that everybody counts', async () => {
    const head = await another('administrator', 'Jefa Nueva')
    const moved = await another('overseer', 'Veedora Una')
    const closed = await another('overseer', 'Veedor Dos')
    const narrowed = await another('overseer', 'Veedora Tres')
    await need(head.call(`POST /accounts/${moved.id}/roles`, { roles: ['analyst'], reason: 'Rota' }))
    await need(head.call(`POST /accounts/${closed.id}/close`, { reason: 'Se fue' }))
    const roles = ['overseer', 'administrator']
    await need(head.call(`POST /accounts/${narrowed.id}/roles`, { roles, reason: 'También administra' }))
    await house.tick()
    const plain = await another('operator', 'Operadora Común')
    await need(head.call(`POST /accounts/${plain.id}/close`, { reason: 'Se fue' }))
    const of = async (account: string): Promise<unknown[]> => {
      const rows =
        await house.owner`select distinct l.id, l.coarse, o.kind from leaf l join leaf_opening o on o.leaf = l.id
        join leaf_subject s on s.leaf = l.id where s.subject = ${`person:${account}`}
        and o.kind in ('account.roles-changed', 'account.closed')`
      return rows.map(({ coarse, kind }) => [kind, coarse])
    }
    await expect.poll(() => of(moved.id), { timeout: 20_000 }).toEqual([['account.roles-changed', 'weakening']])
    await expect.poll(() => of(closed.id), { timeout: 20_000 }).toEqual([['account.closed', 'weakening']])
    await expect.poll(() => of(narrowed.id), { timeout: 20_000 }).toEqual([['account.roles-changed', 'weakening']])
    await expect.poll(() => of(plain.id), { timeout: 20_000 }).toEqual([['account.closed', 'person']])
  })
})
