import type { completenessOperations, ReplyOf } from '@sereno/contracts'
import { encodeCanonical, fromUtf8, parseTrust, type Trust, verifyCompleteness } from '@sereno/proof'
import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { completenessLines } from '../../../../cli/src/verify-completeness.ts'
import { dayMs, type House, need, openHouse } from '../retention/retention.test-kit.ts'
import { daysLeft, rateOf } from './forecast.ts'
import { deviceHoles } from './gaps.ts'
import { merge } from './reconcile.ts'
import { isTurn } from './reread.ts'

type Overview = ReplyOf<(typeof completenessOperations)['GET /completeness']>
type Report = ReplyOf<(typeof completenessOperations)['POST /completeness/reconciliations']>
type Gap = ReplyOf<(typeof completenessOperations)['POST /completeness/gaps/:id/explain']>

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

async function fetched(path: string): Promise<Uint8Array> {
  const { status, body } = await house.call({ method: 'GET', url: path })
  expect(status, fromUtf8(body) ?? '').toBe(200)
  return body
}
async function trust(): Promise<Trust> {
  const parsed = parseTrust(await fetched('/api/trust.json'))
  if (!parsed.ok) {
    throw new Error(parsed.code)
  }
  return parsed.value
}
/** As `sereno verify --completeness --trust` says it, in English. */
async function verified() {
  house.clock.advance(61_000)
  await house.tick()
  await house.tick()
  const verification = await verifyCompleteness(await fetched('/open/completeness.json'), await trust())
  return { ...verification, told: completenessLines(verification, 'en') }
}

/** As `sereno check` says it. */
async function checked(): Promise<readonly string[]> {
  const found: string[] = []
  await house.app.completeness.check.run(({ code, detail }) => found.push(`${code} ${detail}`), { full: false })
  return found
}

test('what is removed by hand is missing from public files alone; an explanation covers it, and is an entry', async () => {
  const phone = await house.phone()
  const first = await house.record(phone)
  const second = await house.record(phone)
  const third = await house.record(phone)
  // Heads enter once each local day.
  house.clock.advance(dayMs)
  let custodian = await house.person('custodian')
  const whole = await verified()
  expect(whole.findings).toEqual([])
  expect(whole).toMatchObject({ result: 'holds', counted: 9 })

  // As database superuser, past every rule of the application: one statement, then a whole recording.
  await house.owner`delete from capture_statement where recording = ${third} and sequence = 1`
  const one = await verified()
  const { code } = one.body?.devices.find(({ recordings }) => recordings.length === 3) ?? { code: '' }
  expect(one.told).toContain(`  device ${code}, sequence 7 is missing`)
  for (const table of ['capture_statement', 'manifest', 'retained']) {
    await house.owner`delete from ${house.owner(table)} where recording = ${second}`
  }
  await house.owner`delete from recording where id = ${second}`
  const broken = await verified()
  expect(broken).toMatchObject({ result: 'fails', exitCode: 1 })
  expect(broken.told).toContain(`  device ${code}, sequences 3 to 5 are missing`)
  expect(completenessLines(broken, 'es')).toContain(`  equipo ${code}: faltan las secuencias 3 a 5`)

  // The night's reconciliation names it in both directions.
  const report = await need(custodian.call<Report>('POST /completeness/reconciliations'))
  expect(report.findings).toContainEqual({ code: 'recording-gone', detail: second })
  expect(report.findings.some((found) => found.code === 'manifest-gone')).toBe(true)
  expect(report.orphaned + report.waiting).toBe(4)

  // Waiting at first: phones deliver late. After the grace an alarm, which a person explains.
  const seen = async () =>
    (await need(custodian.call<Overview>('GET /completeness'))).gaps.filter((gap) => gap.code === code)
  expect((await seen()).map(({ first: from, last, state }) => [from, last, state])).toEqual([
    [7, 7, 'waiting'],
    [3, 5, 'waiting'],
  ])
  house.clock.advance(25 * 3_600_000)
  custodian = await house.person('custodian')
  await house.tick()
  expect((await seen()).map(({ state }) => state)).toEqual(['open', 'open'])
  const supervisor = await house.person('supervisor')
  for (const { id } of await seen()) {
    await need(supervisor.call(`POST /completeness/gaps/${id}/take`))
    const words = { cause: 'test', words: 'Se borró en un ensayo.' }
    const explained = await need(supervisor.call<Gap>(`POST /completeness/gaps/${id}/explain`, words))
    expect(explained).toMatchObject({ state: 'explained', explained: words, owner: expect.any(String) })
    expect((await supervisor.call(`POST /completeness/gaps/${id}/explain`, words)).code).toBe(
      'completeness.already-decided',
    )
  }
  const administrator = await house.person('administrator')
  expect((await administrator.call(`POST /completeness/gaps/${first}/take`)).code).toBe('access.denied')
  const after = await verified()
  expect(after.findings).toEqual([])
  expect(fromUtf8(await fetched('/open/completeness.json'))).not.toContain('ensayo')
}, 60_000)

test('an export with a device, a day or a byte left out does not hold', async () => {
  const phone = await house.phone()
  await house.record(phone)
  house.clock.advance(dayMs)
  await house.tick()
  await house.tick()
  house.clock.advance(61_000)
  const file = fromUtf8(await fetched('/open/completeness.json')) ?? ''
  const known = await trust()
  const { body, envelope } = JSON.parse(file) as { body: { devices: unknown[] }; envelope: string }
  const less = { body: { ...body, devices: body.devices.slice(1) }, envelope }
  const { allHeads: _, ...rest } = body as { devices: unknown[]; allHeads?: unknown }
  const empty = { body: { ...rest, devices: [], allHeads: null }, envelope }
  const nothing = await verifyCompleteness(encodeCanonical(empty as never), known)
  expect(nothing.findings.map(({ code }) => code)).toContain('heads-old')
  const forged = await verifyCompleteness(new TextEncoder().encode(JSON.stringify(less)), known)
  expect(forged.findings.map(({ code }) => code)).toContain('signature')
  expect(forged.findings.map(({ code }) => code)).toContain('heads-differ')
  expect((await verifyCompleteness(new TextEncoder().encode(file))).exitCode).toBe(3)
  expect((await verifyCompleteness(new TextEncoder().encode(`${file} `), known)).exitCode).toBe(2)
})

test('the night reads bytes again and finds what was altered, lost and put there', async () => {
  const phone = await house.phone()
  const recording = await house.record(phone)
  house.clock.advance(91 * dayMs)
  let custodian = await house.person('custodian')
  const clean = await need(custodian.call<Report>('POST /completeness/reconciliations'))
  expect(clean.rereadRecordings).toBeGreaterThan(0)
  expect(clean.wrong).toBe(0)
  const keys: string[] = []
  for await (const key of house.kernel.blobs.list('')) {
    keys.push(key)
  }
  const own = keys.filter((key) => key.includes(`/${recording}-`) && !key.includes('/init/'))
  const stray = await house.kernel.signer.createDataKey(recording)
  const strange = (own[0] ?? '').replace(/-[0-9a-f]{32}$/, `-${'0'.repeat(32)}`)
  await house.kernel.blobs.put(strange, new Uint8Array(3), stray)
  const dataKey = (await house.kernel.signer.dataKey(recording)) ?? stray
  const pieces: Uint8Array[] = []
  for await (const piece of house.kernel.blobs.read(own[0] ?? '', dataKey)) {
    pieces.push(piece)
  }
  const original = Buffer.concat(pieces)
  const other = original.map((byte) => byte ^ 1)
  await house.kernel.blobs.remove(own[0] ?? '')
  await house.kernel.blobs.remove(own[1] ?? '')
  await house.kernel.blobs.put(own[1] ?? '', new Uint8Array(5), stray)
  house.clock.advance(91 * dayMs)
  custodian = await house.person('custodian')
  const report = await need(custodian.call<Report>('POST /completeness/reconciliations'))
  expect(report.findings).toContainEqual({ code: 'object-missing', detail: own[0] })
  expect(report.findings).toContainEqual({ code: 'object-orphaned', detail: strange })
  expect(report.findings).toContainEqual({ code: 'object-altered', detail: own[1] })
  const { health, storage } = await need(custodian.call<Overview>('GET /completeness'))
  expect(health.findings).toBeGreaterThanOrEqual(4)
  expect(await checked()).toContain(`completeness.object-missing ${own[0]}`)
  expect(await checked()).toContain(`completeness.object-orphaned ${strange}`)
  // By day somebody puts something there that is not it: of another key, and of its own key with other bytes.
  for (const [bytes, key] of [
    [original, globalThis.crypto.getRandomValues(new Uint8Array(32))],
    [other, dataKey],
  ] as const) {
    await house.kernel.blobs.put(own[0] ?? '', bytes, key)
    expect(await checked()).toContain(`completeness.object-missing ${own[0]}`)
    await house.kernel.blobs.remove(own[0] ?? '')
  }
  // Then the very bytes, and the other is gone: the check does not wait for the night to see it.
  await house.kernel.blobs.put(own[0] ?? '', original, dataKey)
  await house.kernel.blobs.remove(strange)
  expect(await checked()).not.toContain(`completeness.object-missing ${own[0]}`)
  expect(await checked()).not.toContain(`completeness.object-orphaned ${strange}`)
  expect(await checked()).toContain(`completeness.object-altered ${own[1]}`)
  expect(storage.storedBytes).toBeGreaterThan(0)
}, 60_000)

test('a long shift without a recording is an exception; one with is not', async () => {
  const [silent, busy] = [await house.phone(), await house.phone()]
  await house.record(busy)
  house.clock.advance(5 * 3_600_000)
  const administrator = await house.person('administrator')
  for (const { device } of [silent, busy]) {
    await need(administrator.call(`POST /devices/${device}/return`))
  }
  await house.tick()
  house.clock.advance(25 * 3_600_000)
  await house.tick()
  const supervisor = await house.person('supervisor')
  const { missing } = await need(supervisor.call<Overview>('GET /completeness'))
  expect(missing).toMatchObject([{ rule: 'shift', state: 'open', officer: expect.stringMatching(/^S-P/) }])
  const words = { cause: 'other', words: 'Turno de oficina.' }
  await need(supervisor.call(`POST /completeness/missing/${missing[0]?.id}/explain`, words))
  const { rows } = await sql<{
    n: number
  }>`select count(*) as n from leaf_opening where kind = 'footage.explained'`.execute(house.kernel.database.db)
  expect(rows).toEqual([{ n: 1 }])
}, 60_000)

test('purchases stand beside what is enrolled; a camera’s page shows its entry', async () => {
  const phone = await house.phone()
  const administrator = await house.person('administrator')
  const bought = { kind: 'phone', quantity: 40, reference: 'OC 112-2026', date: '2026-10-02' }
  await need(administrator.call('POST /completeness/purchases', bought))
  await need(administrator.call('POST /completeness/quota', { bytes: 10 ** 12 }))
  const { counts, storage } = await need(administrator.call<Overview>('GET /completeness'))
  expect(counts.find(({ kind }) => kind === 'phone')).toMatchObject({ purchased: 40 })
  expect(storage.quotaBytes).toBe(10 ** 12)
  await house.tick()
  await house.tick()
  const html = fromUtf8(await fetched(`/open/devices/${phone.device}`)) ?? ''
  expect(html).toContain('Prueba de inclusión')
  expect((await house.call({ method: 'GET', url: '/open/devices/nothing' })).status).toBe(404)
})

test('holes are what no range covers', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(60), { minLength: 1 }), (numbers) => {
      const ranges = numbers.toSorted((a, b) => a - b).map((n) => ({ first: n, last: n }))
      const missing = deviceHoles(ranges).flatMap(({ first, last }) =>
        Array.from({ length: last - first + 1 }, (_, i) => first + i),
      )
      const all = [...missing, ...numbers].sort((a, b) => a - b)
      expect(all).toEqual(Array.from({ length: Math.max(...numbers) + 1 }, (_, i) => i))
    }),
  )
})

test('two sorted streams are merged whatever they hold', async () => {
  const key = fc.stringMatching(/^[a-c]{1,2}(\/[a-c-]{1,3})?$/)
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(key), fc.uniqueArray(key), async (left, right) => {
      const order = (text: string) => text.replaceAll('/', '\u0001')
      const sorted = (keys: readonly string[]) => keys.toSorted((a, b) => (order(a) < order(b) ? -1 : 1))
      const told: string[] = []
      const stream = async function* (keys: readonly string[]) {
        yield* sorted(keys)
      }
      await merge(stream(left), stream(right), async (side, one) => void told.push(`${side} ${one}`))
      const expected = [...new Set([...left, ...right])].map((one) => {
        const side = !left.includes(one) ? 'expected' : right.includes(one) ? 'both' : 'stored'
        return `${side} ${one}`
      })
      expect(told.toSorted()).toEqual(expected.toSorted())
    }),
  )
})

test('everything is read again within its days, also after a missed night', () => {
  fc.assert(
    fc.property(fc.uuid(), fc.integer({ min: 0, max: 40 }), (id, missed) => {
      let readAt: number | null = null
      for (let day = 1; day <= 200; day += 1) {
        if (day !== missed && isTurn({ id, sealedAt: 0, readAt }, day * dayMs + 1, 90)) {
          readAt = day * dayMs
        }
        expect(day * dayMs - (readAt ?? 0)).toBeLessThanOrEqual(91 * dayMs)
      }
    }),
  )
})

test('the forecast is of the last two weeks', () => {
  expect(daysLeft(4_100, 100)).toBe(41)
  expect(daysLeft(4_100, 0)).toBeNull()
  expect(daysLeft(-5, 100)).toBe(0)
  expect(rateOf(1_400, 0, 30 * dayMs)).toBe(100)
  expect(rateOf(1_400, 28 * dayMs, 30 * dayMs)).toBe(700)
})
