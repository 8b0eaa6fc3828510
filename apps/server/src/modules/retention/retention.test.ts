import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import type {
  destructionOperations,
  holdOperations,
  ReplyOf,
  retentionOperations,
  termOperations,
} from '@sereno/contracts'
import * as contracts from '@sereno/contracts'
import { openEnvelope } from '@sereno/proof'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { jsonOf } from '../evidence/evidence.test-kit.ts'
import { proposeDue } from './batch.ts'
import { retentionDefaults } from './door.ts'
import { dayMs, type House, need, openHouse, whileUncommitted } from './retention.test-kit.ts'
import { isTrue, logKeys, type Tombstone } from './tombstones.ts'

type Operations = typeof retentionOperations &
  typeof termOperations &
  typeof holdOperations &
  typeof destructionOperations
type Reply<K extends keyof Operations> = ReplyOf<Operations[K]>
type OfRecording = Reply<'GET /recordings/:id/retention'>
type Batches = Reply<'GET /retention/batches'>
type Change = Reply<'POST /retention/changes'>
type Hold = Reply<'POST /recordings/:id/holds'>

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

const iso = (ms: number | null): string => (ms === null ? 'open' : new Date(ms).toISOString())

describe('deadlines', () => {
  test('each category has the term of the profile, in days of Lima; crimes are held at once', async () => {
    const phone = await house.phone()
    const [plain, force, crime] = [
      await house.record(phone),
      await house.record(phone, 'force'),
      await house.record(phone, 'crime'),
    ]
    const custodian = await house.person('custodian')
    const of = (id: string) => need(custodian.call<OfRecording>(`GET /recordings/${id}/retention`))
    // The clock stands at 22:00 of 21 November in Lima; 60 whole days later it is 21 January.
    expect(iso((await of(plain)).leavesAt)).toBe('2027-01-21T05:00:00.000Z')
    expect(iso((await of(force)).leavesAt)).toBe('2029-11-22T05:00:00.000Z')
    const held = await of(crime)
    expect(held.leavesAt).toBeNull()
    expect(held.holds).toMatchObject([{ basis: 'crime', state: 'held', mustNotify: true, notification: null }])
    expect((await custodian.call<{ unnotified: number }>('GET /retention')).json.unnotified).toBe(1)
    const listed = await custodian.call<{ recordings: { id: string; held: boolean }[] }>('GET /recordings')
    expect(listed.json.recordings.find(({ id }) => id === crime)?.held).toBe(true)
  })

  test('a clock set back shortens nothing: the term counts from the seal', async () => {
    const recording = await house.record(await house.phone())
    const shift = (days: number) =>
      house.owner`update recording set started_at = started_at + ${days * dayMs}::bigint,
        ended_at = ended_at + ${days * dayMs}::bigint where id = ${recording}`
    await shift(-100)
    await house.owner`delete from retained where recording = ${recording}`
    const custodian = await house.person('custodian')
    await need(custodian.call(`POST /recordings/${recording}/category`, { category: 'no-incident' }))
    await house.tick()
    const found = await need(custodian.call<OfRecording>(`GET /recordings/${recording}/retention`))
    expect(iso(found.leavesAt)).toBe('2027-01-21T05:00:00.000Z')
    await shift(100)
  })

  test('another category makes the deadline later, never earlier', async () => {
    const phone = await house.phone()
    const recording = await house.record(phone, 'no-incident')
    const custodian = await house.person('custodian')
    for (const [category, expected] of [
      ['force', '2029-11-22T05:00:00.000Z'],
      ['no-incident', '2029-11-22T05:00:00.000Z'],
    ] as const) {
      await need(custodian.call(`POST /recordings/${recording}/category`, { category }))
      await house.tick()
      const found = await need(custodian.call<OfRecording>(`GET /recordings/${recording}/retention`))
      expect(iso(found.leavesAt)).toBe(expected)
      expect(found.category).toBe(category)
    }
  })
})

describe('changes of a rule', () => {
  test('are counted exactly, approved by somebody else, wait, and never reach back by themselves', async () => {
    const phone = await house.phone()
    const before = await house.record(phone, 'complaint')
    const custodian = await house.person('custodian')
    const wish = { kind: 'term', category: 'complaint', keep: { unit: 'day', count: 881 } }
    const simulated = await need(custodian.call<Change['simulation']>('POST /retention/simulations', wish))
    expect(simulated).toMatchObject({
      recordings: 1,
      earlier: 1,
      later: 0,
      weakening: true,
      dueAtOnce: 0,
      lastMonth: 1,
    })
    expect(simulated.groups).toEqual([{ days: -215, recordings: 1 }])

    const low = { ...wish, keep: { unit: 'day', count: 44 } }
    expect((await custodian.call('POST /retention/changes', { wish: low, reason: 'x' })).code).toBe(
      'retention.below-floor',
    )
    const change = await need(custodian.call<Change>('POST /retention/changes', { wish, reason: 'Menos espacio.' }))
    expect(change.may).not.toContain('retention.approve')
    expect((await custodian.call(`POST /retention/changes/${change.id}/approve`)).code).toBe('retention.second-person')
    const supervisor = await house.person('supervisor')
    expect((await supervisor.call(`POST /retention/changes/${change.id}/approve`)).code).toBe('access.denied')
    const officer = await house.person('data-protection-officer')
    const approved = await need(officer.call<Change>(`POST /retention/changes/${change.id}/approve`))
    expect(approved.takesEffectAt).toBe(house.clock.nowMs() + 7 * dayMs)
    expect((await officer.call(`POST /retention/changes/${change.id}/approve`)).code).toBe('retention.already-decided')

    await house.tick()
    house.clock.advance(7 * dayMs - 1000)
    await house.tick()
    const again = await house.person('custodian')
    const rule = async () => {
      const { rules } = await need(again.call<Reply<'GET /retention/rules'>>('GET /retention/rules'))
      return rules.find(({ category }) => category === 'complaint')
    }
    expect((await rule())?.keep).toEqual({ unit: 'year', count: 3 })
    house.clock.advance(2000)
    await house.tick()
    expect(await rule()).toMatchObject({ keep: { unit: 'day', count: 881 }, weakened: true })
    // What was sealed before keeps what it was sealed with.
    const kept = await need(again.call<OfRecording>(`GET /recordings/${before}/retention`))
    expect(iso(kept.leavesAt)).toBe('2029-11-22T05:00:00.000Z')

    const figures = await house.call({ method: 'GET', url: '/api/public/retention' })
    const shown = JSON.parse(new TextDecoder().decode(figures.body)) as Reply<'GET /public/retention'>
    expect(shown.weakenings).toBe(1)
    expect(shown.lastWeakenings[0]?.reason).toBe('Menos espacio.')
    const counted = await house.owner<{ n: number }[]>`select count(*)::int as n from leaf where coarse = 'weakening'`
    expect(counted[0]?.n).toBe(1)

    // Reaching back is a decision of its own, which says what it does.
    const back = { kind: 'existing', category: 'complaint' }
    const decision = await need(
      again.call<Change>('POST /retention/changes', { wish: back, reason: 'También las de antes.' }),
    )
    expect(decision.simulation).toMatchObject({ earlier: 1, weakening: true })
    await need((await house.person('data-protection-officer')).call(`POST /retention/changes/${decision.id}/approve`))
    house.clock.advance(7 * dayMs + 1)
    await house.tick()
    await house.tick()
    const moved = await need((await house.person('custodian')).call<OfRecording>(`GET /recordings/${before}/retention`))
    expect(iso(moved.leavesAt)).toBe('2029-04-21T05:00:00.000Z')
  })

  test('what is kept goes by the term two people saw counted, not by one that came into force meanwhile', async () => {
    const recording = await house.record(await house.phone(), 'force')
    const custodian = await house.person('custodian')
    const officer = await house.person('data-protection-officer')
    const change = async (wish: unknown) => {
      const made = await need(custodian.call<Change>('POST /retention/changes', { wish, reason: 'Orden.' }))
      await need(officer.call(`POST /retention/changes/${made.id}/approve`))
      return made
    }
    const until = async () =>
      (await need((await house.person('custodian')).call<OfRecording>(`GET /recordings/${recording}/retention`)))
        .leavesAt
    const before = await until()
    await change({ kind: 'term', category: 'force', keep: { unit: 'day', count: 60 } })
    const reaching = await change({ kind: 'existing', category: 'force' })
    expect(reaching.simulation).toMatchObject({ earlier: 0, weakening: false })
    await house.tick()
    house.clock.advance(7 * dayMs + 1)
    await house.tick()
    await house.tick()
    const again = await house.person('custodian')
    const { rules, changes } = await need(again.call<Reply<'GET /retention/rules'>>('GET /retention/rules'))
    expect(rules.find(({ category }) => category === 'force')?.keep).toEqual({ unit: 'day', count: 60 })
    expect(changes.find(({ id }) => id === reaching.id)?.state).toBe('refused')
    expect(await until()).toBe(before)
  })

  test('a category that is being given while a rule reaches what is kept is not overwritten', async () => {
    const recording = await house.record(await house.phone(), 'force')
    const supervisor = await house.person('supervisor')
    const wish = { kind: 'term', category: 'force', keep: { unit: 'year', count: 9 } }
    const change = await need(supervisor.call<Change>('POST /retention/changes', { wish, reason: 'Norma interna.' }))
    await need((await house.person('custodian')).call(`POST /retention/changes/${change.id}/approve`))
    house.clock.advance(7 * dayMs + 1)
    await whileUncommitted(
      house,
      async (sql) => {
        await sql`update recording set category = 'crime' where id = ${recording}`
        await sql`update retained set category = 'crime', leaves_at = null where recording = ${recording}`
      },
      () => house.tick(),
    )
    const custodian = await house.person('custodian')
    expect((await need(custodian.call<OfRecording>(`GET /recordings/${recording}/retention`))).leavesAt).toBeNull()
    const { rules } = await need(custodian.call<Reply<'GET /retention/rules'>>('GET /retention/rules'))
    expect(rules.find(({ category }) => category === 'force')?.keep).toEqual({ unit: 'year', count: 9 })
  })

  test('a longer term reaches what is kept already', async () => {
    const recording = await house.record(await house.phone(), 'test')
    const supervisor = await house.person('supervisor')
    const wish = { kind: 'term', category: 'test', keep: { unit: 'day', count: 90 } }
    const change = await need(supervisor.call<Change>('POST /retention/changes', { wish, reason: 'Pruebas de lente.' }))
    expect(change.simulation).toMatchObject({ later: 1, earlier: 0, weakening: false, aboveAdvised: true })
    await need((await house.person('custodian')).call(`POST /retention/changes/${change.id}/approve`))
    const find = async () => {
      const custodian = await house.person('custodian')
      return (await need(custodian.call<OfRecording>(`GET /recordings/${recording}/retention`))).leavesAt ?? 0
    }
    const was = await find()
    house.clock.advance(7 * dayMs + 1)
    await house.tick()
    expect((await find()) - was).toBe(30 * dayMs)
  })
})

describe('holds', () => {
  test('one person places, two let go, and only once the second entry is witnessed', async () => {
    const recording = await house.record(await house.phone())
    const custodian = await house.person('custodian')
    const officer = await house.person('data-protection-officer')
    const hold = await need(
      custodian.call<Hold>(`POST /recordings/${recording}/holds`, { reason: 'Carpeta 12', basis: 'investigation' }),
    )
    const notice = {
      number: 'OF-221-2026',
      date: '2026-11-22',
      channel: 'mesa de partes',
      fileName: 'cargo.pdf',
      fileSha256: 'a'.repeat(64),
    }
    const notified = await need(custodian.call<Hold>(`POST /retention/holds/${hold.id}/notification`, notice))
    expect(notified.notification).toMatchObject({ number: 'OF-221-2026', noted: { name: 'Marta Salas Bravo' } })
    expect((await officer.call(`POST /retention/holds/${hold.id}/release/approve`)).code).toBe(
      'retention.already-decided',
    )
    await need(custodian.call(`POST /retention/holds/${hold.id}/release`, { reason: 'Archivada por la fiscalía.' }))
    expect((await custodian.call(`POST /retention/holds/${hold.id}/release/approve`)).code).toBe(
      'retention.second-person',
    )
    await need(officer.call(`POST /retention/holds/${hold.id}/release/approve`))
    const state = async () =>
      (await need(custodian.call<OfRecording>(`GET /recordings/${recording}/retention`))).holds[0]?.state
    // The timer comes before anything is published: it stays.
    await house.app.timers.find(({ name }) => name === 'retention.releases')?.run()
    expect(await state()).toBe('release-approved')
    await house.app.ledger.flush()
    await house.tick()
    expect(await state()).toBe('released')
    expect(await house.findings()).toEqual([])
  })

  test('proceedings freeze while they are open, and a request until nobody can appeal', async () => {
    const recording = await house.record(await house.phone())
    const officer = await house.person('data-protection-officer')
    const placed = { kind: 'request', reference: 'SAIP-77' }
    const freeze = await need(officer.call<{ id: string }>(`POST /recordings/${recording}/freezes`, placed))
    const again = await need(officer.call<{ id: string }>(`POST /recordings/${recording}/freezes`, placed))
    expect(again.id).toBe(freeze.id)
    await need(officer.call(`POST /retention/freezes/${freeze.id}/close`, { reason: 'Entregada.' }))
    expect((await officer.call(`POST /retention/freezes/${freeze.id}/close/approve`)).code).toBe(
      'retention.second-person',
    )
    const custodian = await house.person('custodian')
    await need(custodian.call(`POST /retention/freezes/${freeze.id}/close/approve`))
    const closed = async () =>
      (await need(custodian.call<OfRecording>(`GET /recordings/${recording}/retention`))).freezes[0]?.until ?? null
    // The timer comes before anything is published: it freezes on.
    await house.app.timers.find(({ name }) => name === 'retention.closings')?.run()
    expect(await closed()).toBeNull()
    await house.app.ledger.flush()
    await house.tick()
    expect(((await closed()) ?? 0) - house.clock.nowMs()).toBeGreaterThan(25 * dayMs)
    await house.owner`update proceeding_freeze set approved_by = asked_by where id = ${freeze.id}`
    expect((await house.findings()).map(({ code }) => code)).toEqual(['retention.freeze-closed-alone'])
    await house.owner`update proceeding_freeze set approved_by = 'another' where id = ${freeze.id}`
    const listed = await need(officer.call<Reply<'GET /retention/leaving'>>('GET /retention/leaving'))
    expect(listed.recordings.find((row) => row.recording === recording)?.frozen).toBe(true)
  })
})

test('a recording is condemned before it is in a case, or after, never meanwhile', async () => {
  const recording = await house.record(await house.phone())
  const custodian = await house.person('custodian')
  const opened = await need(custodian.call<{ id: string }>('POST /cases', { title: 'Robo', kind: 'crime' }))
  const added = await whileUncommitted(
    house,
    (sql) => sql`update recording set destroyed_at = 1 where id = ${recording}`,
    () => custodian.call(`POST /cases/${opened.id}/recordings`, { recording }),
  )
  expect(added.code).toBe('recording.destroyed')
  await house.owner`update recording set destroyed_at = null where id = ${recording}`
})

describe('destruction', () => {
  test('two people, a cooling-off, and then nothing of it is left but its record', async () => {
    const phone = await house.phone()
    const fix = (atMs: number) => ({
      atMs,
      latitude: -12.1,
      longitude: -77,
      accuracyM: 5,
      headingDeg: null,
      speedMps: 1,
    })
    const [gone, kept] = [await house.record(phone), await house.record(phone)]
    const spans = await house.owner<{ id: string; started_at: number; ended_at: number }[]>`
      select id, started_at::float8, ended_at::float8 from recording where id in (${gone}, ${kept}) order by started_at`
    const middles = spans.map((span) => Math.round((span.started_at + span.ended_at) / 2))
    expect((await phone.api('POST', '/api/device/positions', { fixes: middles.map(fix) })).status).toBe(200)
    const keys = async (id: string): Promise<string[]> => {
      const found: string[] = []
      for await (const key of house.kernel.blobs.list('')) {
        if (key.includes(id)) {
          found.push(key)
        }
      }
      return found
    }
    const dataKey = await house.kernel.signer.dataKey(gone)
    await house.kernel.blobs.put(`derivatives/${gone}/still-1`, new Uint8Array([1, 2, 3]), dataKey ?? new Uint8Array())
    expect((await keys(gone)).length).toBeGreaterThan(2)

    house.clock.advance(61 * dayMs)
    await house.tick()
    const custodian = await house.person('custodian')
    const officer = await house.person('data-protection-officer')
    const newest = async () => (await need(custodian.call<Batches>('GET /retention/batches'))).batches[0]
    const batch = await newest()
    expect(batch).toMatchObject({ state: 'proposed' })
    const id = batch?.id ?? ''
    expect((await officer.call(`POST /retention/batches/${id}/approve`)).code).toBe('retention.already-decided')
    await need(custodian.call(`POST /retention/batches/${id}/review`, { schedule: 'PCD-2026-03', leaveOut: [] }))
    expect((await custodian.call(`POST /retention/batches/${id}/approve`)).code).toBe('retention.second-person')
    await need(officer.call(`POST /retention/batches/${id}/approve`))
    await house.tick()
    // Changing one's mind is possible until it runs: a hold takes its recording out.
    await need(
      custodian.call(`POST /recordings/${kept}/holds`, { reason: 'Apareció un pedido.', basis: 'access-request' }),
    )
    house.clock.advance(3 * dayMs - 60_000)
    await house.tick()
    expect(await keys(gone)).not.toEqual([])
    house.clock.advance(120_000)
    for (let round = 0; round < 4; round += 1) {
      await house.tick()
    }
    expect(await keys(gone)).toEqual([])
    expect(await house.kernel.signer.dataKey(gone)).toBeNull()
    expect((await keys(kept)).length).toBeGreaterThan(0)
    const left = await house.owner<{ at: number }[]>`
      select at::float8 from unit_position where device = ${phone.device} order by at`
    expect(left.map(({ at }) => at)).toEqual(middles.filter((_, place) => spans[place]?.id === kept))

    const again = await house.person('custodian')
    const done = (await need(again.call<Batches>('GET /retention/batches'))).batches.find((one) => one.id === id)
    expect(done).toMatchObject({ state: 'done', schedule: 'PCD-2026-03' })
    const acta = done?.acta
    expect((acta?.finalAt ?? 0) - (acta?.erasedAt ?? 0)).toBeGreaterThan(14 * dayMs)
    const pdf = await again.call(`GET /retention/batches/${id}/acta.pdf`)
    expect(new TextDecoder().decode(pdf.bytes.subarray(0, 5))).toBe('%PDF-')
    expect(createHash('sha256').update(pdf.bytes).digest('hex')).toBe(acta?.sha256)
    const signed = openEnvelope(new Uint8Array((await again.call(`GET /retention/batches/${id}/acta.json`)).bytes))
    expect(signed.ok && new TextDecoder().decode(signed.value.payload)).toContain(acta?.sha256)
    const items = await need(again.call<Reply<'GET /retention/batches/:id'>>(`GET /retention/batches/${id}`))
    expect(items.items.find((item) => item.recording === kept)).toMatchObject({ state: 'left-out' })

    // Nothing opens it, nothing is added to it, and it cannot be held any more.
    expect((await again.call(`POST /recordings/${gone}/looks`, { purpose: 'audit' })).code).toBe('recording.destroyed')
    expect((await again.call(`POST /recordings/${gone}/holds`, { reason: 'x', basis: 'crime' })).code).toBe(
      'retention.under-way',
    )

    const afterwards = await phone.upload(await house.recorded(gone).media(new Uint8Array(8)))
    expect(jsonOf(afterwards)).toMatchObject({ status: 410, code: 'recording.destroyed' })

    // Anybody can read the list of the destroyed, and each line proves itself.
    const list = await house.call({ method: 'GET', url: '/log/tombstones' })
    const stones = new TextDecoder()
      .decode(list.body)
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Tombstone)
    const stone = stones.find(({ recording }) => recording === gone)
    const logs = await logKeys(house.app.ledger)
    expect(stone === undefined ? false : await isTrue(stone, logs)).toBe(true)
    expect(stone === undefined ? true : await isTrue({ ...stone, recording: kept }, logs)).toBe(false)
    expect(await house.findings()).toEqual([])
  })

  test('a database restored to before the destruction is destroyed again at the start', async () => {
    const before = await house.owner<
      { recording: string }[]
    >`select recording from destruction_item where state = 'destroyed' limit 1`
    const recording = before[0]?.recording ?? ''
    await house.owner`update recording set destroyed_at = null where id = ${recording}`
    await house.owner`update retained set destroyed_at = null, batch = null where recording = ${recording}`
    expect((await house.findings()).map(({ code }) => code)).toContain('retention.tombstone-ignored')
    await house.app.retention.start()
    const after = await house.owner<
      { destroyed_at: string | null }[]
    >`select destroyed_at from recording where id = ${recording}`
    expect(after[0]?.destroyed_at).not.toBeNull()
    expect(await house.findings()).toEqual([])
  })
})

test('a log that was continued under new keys still proves what the old one destroyed', async () => {
  const [row] = await house.owner<
    { recording: string }[]
  >`select recording from destruction_item where state = 'destroyed' limit 1`
  const recording = row?.recording ?? ''
  await house.app.ledger.continueLog()
  await house.owner`update recording set destroyed_at = null where id = ${recording}`
  await house.owner`update retained set destroyed_at = null, batch = null where recording = ${recording}`
  await house.app.retention.start()
  const [after] = await house.owner<
    { gone: boolean }[]
  >`select destroyed_at is not null as gone from recording where id = ${recording}`
  expect(after?.gone).toBe(true)
  expect((await house.findings()).filter(({ code }) => code.startsWith('retention.'))).toEqual([])
})

test('however many of the oldest are in open cases, what is due behind them is proposed', async () => {
  const phone = await house.phone()
  const [first, second] = [await house.record(phone), await house.record(phone)]
  house.clock.advance(61 * dayMs)
  await house.owner`update destruction_batch set state = 'stopped' where state in ('proposed', 'reviewed', 'approved')`
  const [{ municipality } = { municipality: '' }] = await house.owner<
    { municipality: string }[]
  >`select municipality from retained where recording = ${second}`
  await house.owner`update retained set leaves_at = leaves_at - 1 where recording = ${first}`
  await proposeDue(
    {
      ...house.kernel,
      ledger: house.app.ledger,
      freezesOf: async (_, recording) => (recording === second ? [] : [{ reason: 'case', reference: 'C-1' }]),
    },
    { ...retentionDefaults, batchMaximum: 1 },
    municipality,
  )
  const proposed = await house.owner<{ recording: string }[]>`select i.recording from destruction_item i
    join destruction_batch b on b.id = i.batch where b.state = 'proposed'`
  expect(proposed.map(({ recording }) => recording)).toEqual([second])
})

test('nothing else deletes: no operation of any contract, and no other caller of what erases', () => {
  const names = Object.entries<unknown>(contracts).flatMap(([name, value]) =>
    name.endsWith('Operations') && typeof value === 'object' && value !== null ? Object.keys(value) : [],
  )
  expect(names.length).toBeGreaterThan(60)
  expect(names.filter((name) => name.startsWith('DELETE '))).toEqual(['DELETE /session'])
  expect(names.filter((name) => /delete|erase|destroy|purge|discard/i.test(name.slice(8)))).toEqual([])

  const source = new URL('../../', import.meta.url).pathname
  const callers = (pattern: RegExp): string[] =>
    readdirSync(source, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !/\.test(-kit)?\.ts$/.test(file))
      .filter((file) => pattern.test(readFileSync(`${source}${file}`, 'utf8')))
      .sort()
  // A new name here is a new way to lose evidence: it needs the decision of two people, or another way.
  expect(callers(/destroyDataKey\(/)).toEqual(['kernel/signer-client.ts', 'modules/evidence/erase.ts'])
  expect(callers(/erase\.(condemn|key|bytes|rows)\(/)).toEqual([
    'modules/retention/destroy.ts',
    'modules/retention/replay.ts',
  ])
  expect(callers(/blobs\.remove\(/)).toEqual(['modules/evidence/erase.ts'])
})
