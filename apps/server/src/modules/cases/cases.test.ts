import { createHash, hash } from 'node:crypto'
import { bytesSource, openEnvelope, parseTrust, verifyDerivative, verifyPackage } from '@sereno/proof'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { FakePhone, FakeRecording } from '../evidence/evidence.test-kit.ts'
import { type House, type Json, need, openHouse, type Person } from './cases.test-kit.ts'
import { clockOf, codeOf, pngSize, segmentsCovering, stageDue } from './cases.ts'

const hourMs = 3_600_000

describe('the domain', () => {
  test('a clip covers what was asked for, in whole segments, and is longer by less than one at either end', () => {
    const segments = fc.array(fc.record({ durationMs: fc.integer({ min: 1, max: 4000 }), gapMs: fc.nat(3000) }))
    fc.assert(
      fc.property(segments, fc.nat(60_000), fc.nat(60_000), (given, one, other) => {
        let cursor = 0
        const parts = given.map(({ durationMs, gapMs }) => {
          const part = { startMs: cursor + gapMs, durationMs }
          cursor = part.startMs + durationMs
          return part
        })
        const [from, to] = [Math.min(one, other), Math.max(one, other)]
        const taken = segmentsCovering(parts, from, to)
        for (const part of parts) {
          const overlaps = part.startMs < to && part.startMs + part.durationMs > from
          expect(taken.includes(part)).toBe(overlaps)
        }
        const [first, last] = [taken[0], taken.at(-1)]
        if (first !== undefined && last !== undefined) {
          expect(from - first.startMs).toBeLessThan(first.durationMs)
          expect(last.startMs + last.durationMs - to).toBeLessThan(last.durationMs)
        }
      }),
    )
  })

  test('the clock runs twenty-four hours from knowledge', () => {
    const at = (hours: number, handedOverAt: number | null = null) =>
      clockOf({ knownAt: 0, handedOverAt }, hours * hourMs)?.stage
    expect([0, 11.9, 12, 20, 23.9, 24].map((hours) => at(hours))).toEqual([
      'running',
      'running',
      'twelve',
      'twenty',
      'twenty',
      'overdue',
    ])
    expect(at(30, 24 * hourMs)).toBe('done')
    expect(at(30, 24 * hourMs + 1)).toBe('late')
    expect([3, 12, 21, 90].map((hours) => stageDue(0, hours * hourMs))).toEqual([0, 12, 20, 24])
    expect(clockOf({ knownAt: null, handedOverAt: null }, 0)).toBeNull()
    // The first hours of a year in Greenwich are still the old one in Lima.
    expect(codeOf(3, Date.UTC(2027, 0, 1, 2), 'America/Lima')).toBe('C-2026-0003')
  })

  test('a picture is a PNG of a sane size, or is refused', () => {
    expect(pngSize(png(640, 360))).toEqual({ width: 640, height: 360 })
    expect(pngSize(png(0, 360))).toBeNull()
    expect(pngSize(png(90_000, 360))).toBeNull()
    fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => pngSize(bytes) === null))
  })
})

let house: House
let phone: FakePhone
let first: FakeRecording
let second: FakeRecording
let custodian: Person
let supervisor: Person
beforeAll(async () => {
  house = await openHouse()
  phone = await house.phone()
  first = await house.record(phone, 'first')
  second = await house.record(phone, 'second')
  custodian = await house.person('custodian')
  supervisor = await house.person('supervisor')
}, 60_000)
afterAll(() => house.close())

const kinds = (page: Json): string[] => page.timeline.map(({ kind }: Json) => kind)
const open = (body: Json = {}): Promise<Json> =>
  need(custodian.call('POST /cases', { title: 'Robo en la plazuela', kind: 'crime', ...body }))
const pageOf = (id: string): Promise<Json> => need(custodian.call(`GET /cases/${id}`))

describe('a case', () => {
  test('takes recordings, people, notes and bookmarks, each an entry, in one timeline', async () => {
    const made = await open({ summary: 'Sustracción de una mochila', tags: ['Robo', 'robo'], recordings: [first.id] })
    expect(made).toMatchObject({ state: 'open', recordings: 1, tags: ['robo'], clock: null })
    expect(made.code).toMatch(/^C-\d{4}-\d{4}$/)
    const at = `/cases/${made.id}`
    await need(custodian.call(`POST ${at}/recordings`, { recording: second.id, why: 'La misma esquina' }))
    expect((await custodian.call(`POST ${at}/recordings`, { recording: second.id })).code).toBe('case.already-there')
    await need(supervisor.call(`POST ${at}/people`, { role: 'witness', name: 'María Yupanqui', minor: true }))
    await need(custodian.call(`POST ${at}/notes`, { text: 'Llamó la comisaría.' }))
    await need(custodian.call(`POST ${at}/notes`, { text: 'Se ve la mochila', recording: first.id, atMs: 5_000 }))
    const page = await pageOf(made.id)
    expect(page.recordings.map(({ recording }: Json) => recording.id).sort()).toEqual([first.id, second.id].sort())
    expect(page.people).toMatchObject([{ name: 'María Yupanqui', minor: true, role: 'witness' }])
    expect(kinds(page)).toEqual(
      expect.arrayContaining(['footage', 'case.opened', 'case.recording-added', 'case.noted', 'case.bookmarked']),
    )
    expect(page.timeline.map(({ at: when }: Json) => when)).toEqual(
      page.timeline.map(({ at: when }: Json) => when).toSorted((left: number, right: number) => left - right),
    )
    // Names of people are in the case, never in the record of who did what.
    const words = JSON.stringify(page.timeline.map(({ details }: Json) => details))
    expect(words).not.toContain('Yupanqui')
    const scope = { municipality: phone.municipality, actor: { roles: [] } as unknown as Json }
    expect(await house.app.cases.freezesOf(scope, first.id)).toEqual(
      expect.arrayContaining([{ reason: 'case', reference: made.code }]),
    )
  })

  test('is found by number, officer, recording, time and Spanish words', async () => {
    const made = await open({ title: 'Daños en la panadería', recordings: [first.id] })
    const found = async (query: string): Promise<string[]> =>
      (await need(custodian.call(`GET /cases?${query}`))).cases.map(({ code }: Json) => code)
    expect(await found('text=panaderia%20da%C3%B1ado')).toEqual([made.code])
    expect(await found('text=nahui')).toContain(made.code)
    expect(await found(`number=${made.number}`)).toEqual([made.code])
    expect(await found(`recording=${first.id}`)).toContain(made.code)
    const { recordings } = await pageOf(made.id)
    const { officer, startedAt } = recordings[0].recording
    expect(await found(`officer=${officer.id}&fromMs=${startedAt}&toMs=${startedAt + 1}`)).toContain(made.code)
    expect(await found(`officer=${officer.id}&toMs=${startedAt - 1}`)).toEqual([])
    const firstPage = await need(custodian.call('GET /cases?limit=1'))
    const next = await need(custodian.call(`GET /cases?limit=1&cursor=${firstPage.next}`))
    expect(next.cases[0].id).not.toBe(firstPage.cases[0].id)
  })

  test('is merged without losing anything, transferred, closed and reopened with reasons', async () => {
    const into = await open({ title: 'Uno', recordings: [first.id] })
    const from = await open({ title: 'Dos', recordings: [second.id, first.id], knownAt: house.clock.nowMs() })
    await need(custodian.call(`POST /cases/${from.id}/people`, { role: 'victim', name: 'Vecino B' }))
    await need(custodian.call(`POST /cases/${into.id}/merge`, { other: from.id, reason: 'Es el mismo hecho' }))
    const page = await pageOf(into.id)
    expect(page.mergedFrom).toMatchObject([{ code: from.code }])
    expect(page.recordings).toHaveLength(2)
    expect(page.people).toMatchObject([{ name: 'Vecino B' }])
    expect(page.case.clock).toMatchObject({ stage: 'running' })
    expect(await pageOf(from.id)).toMatchObject({ case: { state: 'merged', mergedInto: { code: into.code } }, may: [] })
    expect((await custodian.call(`POST /cases/${from.id}/notes`, { text: 'x' })).code).toBe('case.closed')

    const { custodians } = await need(custodian.call(`GET /cases/${into.id}/custodians`))
    expect(custodians).toEqual([])
    const office = await house.person('administrator')
    const other = await need(
      office.call('POST /accounts', { name: 'Otra custodia', signIn: 'otra', roles: ['custodian'] }),
    )
    const reason = 'Cambio de turno'
    await need(custodian.call(`POST /cases/${into.id}/transfer`, { custodian: other.account.id, reason }))
    await need(custodian.call(`POST /cases/${into.id}/close`, { reason: 'Archivado' }))
    const scope = { municipality: phone.municipality, actor: { roles: [] } as unknown as Json }
    const freezes = await house.app.cases.freezesOf(scope, second.id)
    expect(freezes.map(({ reference }) => reference)).not.toContain(into.code)
    const reopened = await need(custodian.call(`POST /cases/${into.id}/reopen`, { reason: 'Nueva prueba' }))
    expect(reopened).toMatchObject({ state: 'open', custodian: { name: 'Otra custodia' } })
    expect(kinds(await pageOf(into.id))).toEqual(
      expect.arrayContaining(['case.took-in', 'case.merged', 'case.transferred', 'case.closed', 'case.reopened']),
    )
  })

  test('about a complaint is closed to those who command', async () => {
    const affairs = await house.person('internal-affairs')
    const made = await need(affairs.call('POST /cases', { title: 'Queja de un vecino', kind: 'complaint' }))
    expect((await supervisor.call(`GET /cases/${made.id}`)).code).toBe('access.denied')
    expect((await supervisor.call('POST /cases', { title: 'x', kind: 'complaint' })).code).toBe('access.denied')
    const list = await need(supervisor.call('GET /cases?limit=100'))
    expect(list.cases.map(({ id }: Json) => id)).not.toContain(made.id)
    expect((await (await house.person('operator')).call('GET /cases')).code).toBe('access.denied')
  })

  test('lets go of a recording that was added by mistake, and says so', async () => {
    const made = await open({ recordings: [first.id] })
    await need(custodian.call(`POST /cases/${made.id}/recordings/${first.id}/remove`, { reason: 'Era otra cámara' }))
    const page = await pageOf(made.id)
    expect(page.recordings).toEqual([])
    expect(kinds(page)).toContain('case.recording-removed')
  })
})

describe('a clip', () => {
  test('is the camera’s own segments, its lineage signed, each of its bytes in a signed statement', async () => {
    const made = await open({ recordings: [first.id] })
    const wish = { recording: first.id, fromMs: 2_500, toMs: 3_000, title: 'La mochila' }
    const clip = await need(custodian.call(`POST /cases/${made.id}/clips`, wish))
    expect(clip).toMatchObject({ kind: 'clip', askedFromMs: 2_500, fromSequence: 1, toSequence: 1, ofSequences: 4 })
    expect(clip.fromMs).toBeLessThanOrEqual(2_500)
    const opened = await need(
      custodian.call(`POST /cases/${made.id}/derivatives/${clip.id}/open`, { purpose: 'request' }),
    )
    const { bytes } = await custodian.call(`GET ${opened.url.replace('/api', '')}`)
    expect(hash('sha256', bytes)).toBe(clip.sha256)
    expect((await supervisor.call(`GET ${opened.url.replace('/api', '')}`)).code).toBe('access.purpose-required')

    const lineage = await custodian.call(`GET ${opened.url.replace('/api', '').replace('file', 'lineage.json')}`)
    const envelope = openEnvelope(lineage.bytes)
    const payload: Json = envelope.ok ? JSON.parse(new TextDecoder().decode(envelope.value.payload)) : {}
    let offset = 0
    const take = (sizeBytes: number): Uint8Array => {
      offset += sizeBytes
      return bytes.subarray(offset - sizeBytes, offset)
    }
    expect(hash('sha256', take(payload.init.sizeBytes))).toBe(payload.init.sha256)
    for (const segment of payload.segments) {
      expect(hash('sha256', take(segment.sizeBytes))).toBe(segment.media)
      const stated = first.signed[segment.sequence]
      expect(stated?.hash).toBe(segment.statement)
      expect(stated?.statement.kind === 'media' && stated.statement.body.media.sha256).toBe(segment.media)
    }
    expect(offset).toBe(bytes.length)
    expect(payload.parentManifest).toBe(clip.parentManifest)
    const parsed = parseTrust((await custodian.call('GET /trust.json')).bytes)
    const trust = parsed.ok ? parsed.value : null
    const verdict = async (given: Uint8Array, by = trust) =>
      (await verifyDerivative(bytesSource(given), lineage.bytes, by === null ? {} : { trust: by })).result
    expect(await verdict(bytes)).toBe('holds')
    expect(await verdict(bytes, null)).toBe('origin-not-established')
    const changed = Uint8Array.from(bytes)
    changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1
    expect(await verdict(changed)).toBe('fails')
    expect(await verdict(bytes.subarray(0, -1))).toBe('fails')
    const { entries } = await need(custodian.call(`GET /recordings/${first.id}/custody`))
    expect(entries.map(({ kind }: Json) => kind)).toEqual(expect.arrayContaining(['clip.made', 'clip.viewed']))
    const nothing = { recording: first.id, fromMs: 900_000, toMs: 900_001, title: 'x' }
    expect((await custodian.call(`POST /cases/${made.id}/clips`, nothing)).code).toBe('case.no-footage')
  })

  test('a still is kept under an open look only', async () => {
    const made = await open({ recordings: [first.id] })
    const look = await need(custodian.call(`POST /recordings/${first.id}/looks`, { purpose: 'request' }))
    const path = (id: string) => `POST /cases/${made.id}/stills?look=${id}&atMs=2100&title=Rostro%20no`
    const still = await need(custodian.call(path(look.look), png(64, 36)))
    expect(still).toMatchObject({ kind: 'still', fromMs: 2_100, fromSequence: 1 })
    const opened = await need(
      custodian.call(`POST /cases/${made.id}/derivatives/${still.id}/open`, { purpose: 'request' }),
    )
    const drawn = await custodian.call(`GET ${opened.url.replace('/api', '')}`)
    const said = await custodian.call(`GET ${opened.url.replace('/api', '').replace('file', 'lineage.json')}`)
    const parsed = parseTrust((await custodian.call('GET /trust.json')).bytes)
    const trust = parsed.ok ? { trust: parsed.value } : {}
    const { result, checks } = await verifyDerivative(bytesSource(drawn.bytes), said.bytes, trust)
    expect([result, checks.find(({ id }) => id === 'cut')?.code]).toEqual(['holds', 'drawn-by-viewer'])
    expect((await custodian.call(path(look.look), Buffer.alloc(100))).code).toBe('request.invalid')
    await need(custodian.call(`POST /looks/${look.look}/close`))
    expect((await custodian.call(path(look.look), png(64, 36))).code).toBe('access.purpose-required')
  })
})

describe('a hand-over', () => {
  test('escalates at 12 and 20 hours in the queue, and its receipt stops the clock', async () => {
    const made = await open({ recordings: [first.id, second.id], knownAt: house.clock.nowMs() })
    const alarms = async (): Promise<Json[]> =>
      (await need(supervisor.call('GET /alarms'))).alarms.filter(
        ({ kind, detail, closedAt }: Json) => kind === 'hand-over' && detail.includes(made.code) && closedAt === null,
      )
    await house.tick()
    expect(await alarms()).toEqual([])
    house.clock.advance(12 * hourMs)
    await house.tick()
    expect(await alarms()).toMatchObject([{ detail: expect.stringContaining('12 de 24') }])
    house.clock.advance(8 * hourMs)
    await house.tick()
    supervisor = await house.person('supervisor')
    custodian = await house.person('custodian')
    expect(await alarms()).toMatchObject([{ detail: expect.stringContaining('20 de 24') }])

    const asked = await need(
      custodian.call(`POST /cases/${made.id}/hand-overs`, {
        authority: 'pnp',
        unit: 'Comisaría de Santa Rosa',
        officer: 'SO2 PNP Luis Prado',
        detail: 'Dos grabaciones del arrebato.',
      }),
    )
    expect(asked.state).toBe('preparing')
    const at = `/hand-overs/${asked.id}`
    expect((await custodian.call(`GET ${at}/acta.pdf`)).code).toBe('case.not-ready')
    const receipt = { name: 'Luis Prado', office: 'Comisaría', document: 'Oficio 12', receivedAt: house.clock.nowMs() }
    expect((await custodian.call(`POST ${at}/receipt`, receipt)).code).toBe('case.not-ready')
    await house.tick()
    const ready = (await pageOf(made.id)).handOvers[0]
    expect(ready).toMatchObject({ state: 'ready', left: [], actaSha256: expect.any(String) })
    const acta = await custodian.call(`GET ${at}/acta.pdf`)
    expect(Buffer.from(acta.bytes.subarray(0, 5)).toString()).toBe('%PDF-')
    expect(hash('sha256', acta.bytes)).toBe(ready.actaSha256)

    const parsed = parseTrust((await custodian.call('GET /trust.json')).bytes)
    for (const item of ready.items) {
      const { bytes } = await custodian.call(`GET ${at}/packages/${item.recording}`)
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(item.sha256)
      // Whoever was recorded finds whose hands it went into.
      const { recording } = await need(custodian.call(`GET /recordings/${item.recording}`))
      const dpo = await house.person('data-protection-officer')
      const { views } = await need(dpo.call(`GET /views?officer=${recording.officer.id}`))
      expect(views[0]).toMatchObject({ kind: 'hand-over.copied', recording: item.recording })
      const report = await verifyPackage(bytesSource(bytes), { trust: parsed.ok ? parsed.value : null } as Json)
      expect(report.result).toBe('holds')
    }
    await need(custodian.call(`POST ${at}/scan?type=application/pdf`, Buffer.from('%PDF-1.7 scan')))
    const done = await need(custodian.call(`POST ${at}/receipt`, { ...receipt, continued: 'Acta PNP 7', key: 'K-1' }))
    expect(done).toMatchObject({ state: 'received', receipt: { scan: true, continued: 'Acta PNP 7' } })
    expect((await custodian.call(`POST ${at}/receipt`, receipt)).code).toBe('case.already-received')
    expect(await alarms()).toEqual([])
    expect((await pageOf(made.id)).case.clock).toMatchObject({ stage: 'done' })
    expect((await supervisor.call(`GET ${at}/acta.pdf`)).code).toBe('access.denied')
  }, 40_000)
})

test('the demonstration has one case, and the checker finds nothing wrong', async () => {
  const { cases } = await need(custodian.call('GET /cases?text=ficticio'))
  expect(cases.map(({ title }: Json) => title)).toContain('Arrebato de celular en el paradero (ficticio)')
  expect(await house.findings()).toEqual([])
})

// Last in this file: the recording is gone afterwards.
test('a clip under way while its recording is destroyed is refused, and leaves no object', async () => {
  const gone = await house.record(phone, 'gone')
  const made = await open({ recordings: [gone.id] })
  const { blobs } = house.kernel
  const put = blobs.put.bind(blobs)
  const destroyed = async (): Promise<void> => {
    await house.owner`update recording set destroyed_at = ${house.clock.nowMs()} where id = ${gone.id}`
  }
  Object.assign(blobs, {
    put: async (...given: Parameters<typeof put>) => {
      const stored = await put(...given)
      await destroyed()
      return stored
    },
  })
  const wish = { recording: gone.id, fromMs: 0, toMs: 2_000, title: 'Tarde' }
  expect((await custodian.call(`POST /cases/${made.id}/clips`, wish)).code).toBe('recording.destroyed')
  Object.assign(blobs, { put })
  const left: string[] = []
  for await (const key of blobs.list(`derivatives/${gone.id}/`)) {
    left.push(key)
  }
  expect(left).toEqual([])
  expect((await pageOf(made.id)).derivatives).toEqual([])
})

function png(width: number, height: number): Uint8Array {
  const bytes = Buffer.alloc(67)
  bytes.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52])
  bytes.writeUInt32BE(width, 16)
  bytes.writeUInt32BE(height, 20)
  return bytes
}
