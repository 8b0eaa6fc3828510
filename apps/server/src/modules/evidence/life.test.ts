import { hash } from 'node:crypto'
import { bytesSource, encodeTrust, openManifest, parseTrust, type Trust, verifyPackage } from '@sereno/proof'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { systemActor } from '../../kernel/actor.ts'
import { createCheck } from './check.ts'
import type { FakePhone, FakeRecording, Signed } from './evidence.test-kit.ts'
import { type House, need, openHouse, type Person, type Said, saidOf } from './house.test-kit.ts'

let house: House
let phone: FakePhone
let custodian: Person
let operator: Person

beforeAll(async () => {
  house = await openHouse({ incompleteAfterMs: 1_000 })
  phone = await house.phone()
  custodian = await house.person('custodian')
  operator = await house.person('operator')
})
afterAll(() => house.close())

const bytesOf = (words: string, size = 5_000): Uint8Array => Buffer.alloc(size, words)

async function send(signed: Signed): Promise<Said> {
  const said = saidOf(await phone.upload(signed))
  expect(said.status, JSON.stringify(said.json)).toBe(200)
  return said
}

/** Media, a gap, media with positions, the stop; `without` is made but not sent. */
async function makeRecording(without: readonly number[] = []): Promise<FakeRecording> {
  const recording = phone.record()
  await recording.media(bytesOf('first'), { preEvent: true })
  await recording.media(bytesOf('second'))
  await recording.gap('background', 7_000)
  await recording.media(bytesOf('third'))
  await recording.stop()
  for (const signed of recording.signed) {
    if (!without.includes(signed.statement.body.sequence)) {
      await send(signed)
    }
  }
  return recording
}

async function view(recording: FakeRecording): Promise<Record<string, unknown>> {
  const json = await need(operator.call(`GET /recordings/${recording.id}`))
  return json.recording as Record<string, unknown>
}

async function trust(): Promise<Trust> {
  const parsed = parseTrust((await house.call({ method: 'GET', url: '/api/trust.json' })).body)
  if (!parsed.ok) {
    throw new Error(parsed.code)
  }
  return parsed.value
}

async function packageOf(
  recording: FakeRecording,
  positions = true,
  between: () => Promise<unknown> = async () => undefined,
): Promise<Uint8Array> {
  const made = await need(
    custodian.call(`POST /recordings/${recording.id}/exports`, { purpose: 'request', reference: 'CF-12', positions }),
  )
  await between()
  const fetched = await custodian.call(`GET ${String(made.url).replace('/api', '')}`)
  expect(fetched.bytes.length).toBe(made.sizeBytes)
  return fetched.bytes
}

describe('a whole recording', () => {
  let recording: FakeRecording

  beforeAll(async () => {
    recording = await makeRecording()
    await house.tick()
    await house.tick()
  })

  test('seals by itself, its hash in the ledger', async () => {
    expect(await view(recording)).toMatchObject({
      state: 'sealed',
      incomplete: false,
      missing: 0,
      gaps: 1,
      segments: 3,
    })
    const { entries } = await need(custodian.call(`GET /recordings/${recording.id}/custody`))
    const kinds = (entries as { kind: string }[]).map(({ kind }) => kind)
    expect(kinds).toEqual(expect.arrayContaining(['recording.started', 'recording.stopped', 'recording.sealed']))
  })

  test('is covered once a published checkpoint holds its head', async () => {
    await house.tick()
    const states = await phone.api('POST', '/api/device/recordings/states', { recordings: [recording.id] })
    expect(saidOf(states).json.recordings).toEqual([
      expect.objectContaining({ state: 'sealed', coveredByCheckpoint: true }),
    ])
  })

  test('shows its axis: media time, the gap never smoothed', async () => {
    const { segments } = await need(operator.call(`GET /recordings/${recording.id}`))
    expect(segments).toEqual([
      expect.objectContaining({ sequence: 0, kind: 'media', startMs: 0, durationMs: 2_000, preEvent: true }),
      expect.objectContaining({ sequence: 1, kind: 'media', startMs: 2_000, durationMs: 2_000 }),
      expect.objectContaining({ sequence: 2, kind: 'gap', startMs: 4_000, durationMs: 7_000, reason: 'background' }),
      expect.objectContaining({ sequence: 3, kind: 'media', startMs: 11_000, durationMs: 2_000 }),
    ])
  })

  test('exports a package of exactly the size told, which holds with a trust file and has no origin without', async () => {
    const bytes = await packageOf(recording)
    const alone = await verifyPackage(bytesSource(bytes))
    expect(alone.checks.filter(({ status }) => status === 'failed')).toEqual([])
    expect(alone.exitCode).toBe(3)
    const trusted = await verifyPackage(bytesSource(bytes), { trust: await trust() })
    expect(trusted.checks.filter(({ status }) => status === 'failed')).toEqual([])
    expect([trusted.exitCode, trusted.simulated]).toEqual([0, true])
    expect(encodeTrust(await trust()).length).toBeGreaterThan(0)
  })

  test('a flipped bit in the footage is found, and located', async () => {
    const bytes = Buffer.from(await packageOf(recording))
    const place = bytes.indexOf('third')
    bytes[place] = (bytes[place] ?? 0) ^ 1
    const verified = await verifyPackage(bytesSource(bytes), { trust: await trust() })
    expect(verified.exitCode).toBe(1)
    expect(verified.checks).toContainEqual(
      expect.objectContaining({ id: 'segment-hash', status: 'failed', segment: 3 }),
    )
  })

  test('what arrives after sealing is kept and gets a supplement that names the first manifest', async () => {
    const other = phone.record()
    await other.media(bytesOf('one'))
    await other.media(bytesOf('two'))
    await other.stop()
    await send(other.signed[0] as Signed)
    await send(other.signed[2] as Signed)
    house.clock.advance(2_000)
    await need(custodian.call(`POST /recordings/${other.id}/seal`, { incomplete: true, reason: 'no llega' }))
    expect(await view(other)).toMatchObject({ state: 'sealed', incomplete: true, missing: 1 })
    const incomplete = await verifyPackage(bytesSource(await packageOf(other)), { trust: await trust() })
    expect(incomplete.exitCode).toBe(0)
    expect((await send(other.signed[1] as Signed)).json).toMatchObject({ state: 'sealed' })
    house.clock.advance(60_000)
    await house.tick()
    await house.tick()
    const manifests = await sql<{ number: number; envelope: string; sha256: string }>`select number, envelope, sha256
      from manifest where recording = ${other.id}::uuid order by number`.execute(house.kernel.database.db)
    const second = openManifest(Buffer.from(manifests.rows[1]?.envelope ?? '', 'latin1'))
    expect(second.ok && second.value.value.supplementOf).toBe(manifests.rows[0]?.sha256)
    const verified = await verifyPackage(bytesSource(await packageOf(other)), { trust: await trust() })
    expect(verified.checks.filter(({ status }) => status === 'failed')).toEqual([])
    expect(verified.exitCode).toBe(0)
  })
})

describe('something missing', () => {
  test('waits; a custodian may not seal it early, but may declare the gap and seal', async () => {
    const recording = await makeRecording([1])
    await house.tick()
    expect(await view(recording)).toMatchObject({ state: 'stopped', missing: 1 })
    const early = await custodian.call(`POST /recordings/${recording.id}/seal`, {})
    expect([early.status, early.code]).toEqual([409, 'recording.incomplete'])
    await need(
      custodian.call(`POST /recordings/${recording.id}/gaps`, {
        fromSequence: 0,
        toSequence: 9,
        reason: 'cámara rota',
      }),
    )
    expect(await view(recording)).toMatchObject({ missing: 0, gaps: 2 })
    const { segments } = await need(operator.call(`GET /recordings/${recording.id}`))
    expect((segments as unknown[])[1]).toMatchObject({
      kind: 'missing',
      declared: { reason: 'cámara rota' },
      startMs: 2_000,
      durationMs: 2_000,
    })
    await need(custodian.call(`POST /recordings/${recording.id}/seal`, {}))
    expect(await view(recording)).toMatchObject({ state: 'sealed', incomplete: true })
  })

  test('without its stop a recording is unterminated for ever, sealed or not', async () => {
    const recording = phone.record()
    await send(await recording.media(bytesOf('alone')))
    const soon = await custodian.call(`POST /recordings/${recording.id}/seal`, {})
    expect(soon.code).toBe('recording.not-stopped')
    house.clock.advance(2_000)
    await need(custodian.call(`POST /recordings/${recording.id}/seal`, { incomplete: true }))
    expect(await view(recording)).toMatchObject({ state: 'sealed', incomplete: true, unterminated: true })
  })

  test('an operator may not seal', async () => {
    const recording = await makeRecording([1])
    const said = await operator.call(`POST /recordings/${recording.id}/seal`, {})
    expect([said.status, said.code]).toEqual([403, 'access.denied'])
  })
})

describe('looks (I-3)', () => {
  let recording: FakeRecording
  beforeAll(async () => {
    recording = await makeRecording()
  })

  const entriesOf = async (): Promise<readonly Record<string, unknown>[]> => {
    const { entries } = await need(custodian.call(`GET /recordings/${recording.id}/custody`))
    return entries as Record<string, unknown>[]
  }

  test('the entry is there before the first byte, with who, what for and by which policy', async () => {
    const before = (await entriesOf()).length
    const look = await need(
      custodian.call(`POST /recordings/${recording.id}/looks`, { purpose: 'request', reference: 'CF-12' }),
    )
    const [entry] = await entriesOf()
    expect((await entriesOf()).length).toBe(before + 1)
    expect(entry).toMatchObject({ id: look.entry, kind: 'recording.viewed', purpose: 'request', allowed: true })
    expect(entry?.policy).toBe(look.policy)
    const playlist = await custodian.call(`GET ${String(look.playlist).replace('/api', '')}`)
    const text = Buffer.from(playlist.bytes).toString()
    expect(text).toContain('#EXT-X-MAP:URI="init.mp4"')
    expect(text).toContain('#EXT-X-GAP')
    const init = await custodian.call(`GET /looks/${look.look}/init.mp4`)
    expect(Buffer.from(init.bytes)).toEqual(Buffer.from(recording.init))
    const segment = await custodian.call(`GET /looks/${look.look}/3.m4s`)
    expect(Buffer.from(segment.bytes)).toEqual(Buffer.from(bytesOf('third')))
    expect((await custodian.call(`GET /looks/${look.look}/2.m4s`)).status).toBe(404)
  })

  test('looks opened at the same time have an entry each, and are each their own', async () => {
    const before = (await entriesOf()).length
    const opened = await Promise.all(
      Array.from({ length: 12 }, () =>
        need(custodian.call(`POST /recordings/${recording.id}/looks`, { purpose: 'request' })),
      ),
    )
    const entries = await entriesOf()
    expect(entries.length).toBe(before + opened.length)
    const rows = await house.owner<{ id: string; entry: string; entry_leaf: string; hash: string }[]>`
      select look.id, entry, entry_leaf, encode(leaf.hash, 'hex') as hash from look join leaf on leaf.id = look.entry
      where look.id = any(${opened.map(({ look }) => String(look))})`
    expect(new Map(rows.map(({ id, entry }) => [id, entry]))).toEqual(
      new Map(opened.map(({ look, entry }) => [look, entry])),
    )
    for (const { look, entry, promise } of opened) {
      const row = rows.find(({ id }) => id === look)
      expect(entries.find(({ id }) => id === entry)).toMatchObject({ details: { look } })
      expect(row?.entry_leaf).toBe(row?.hash)
      const { payload } = JSON.parse(Buffer.from(String(promise), 'base64').toString())
      expect(JSON.parse(Buffer.from(payload, 'base64').toString())).toMatchObject({ leafHash: row?.hash })
    }
  })

  test('a look is its opener’s alone, ends when closed or in time, and can be renewed', async () => {
    const opened = await need(custodian.call(`POST /recordings/${recording.id}/looks`, { purpose: 'request' }))
    const other = await house.person('supervisor')
    expect((await other.call(`GET /looks/${opened.look}/index.m3u8`)).status).toBe(404)
    house.clock.advance(31 * 60_000)
    const again = await house.person('custodian')
    expect((await again.call(`GET /looks/${opened.look}/index.m3u8`)).code).toBe('access.purpose-required')
    await need(again.call(`POST /looks/${opened.look}/renew`, { purpose: 'request' }))
    expect((await again.call(`GET /looks/${opened.look}/index.m3u8`)).status).toBe(200)
    await need(again.call(`POST /looks/${opened.look}/close`))
    expect((await again.call(`GET /looks/${opened.look}/index.m3u8`)).code).toBe('access.purpose-required')
    custodian = again
    operator = await house.person('operator')
  })

  test('what a camera is recording now is not looked at; what fell silent without its stop is', async () => {
    const growing = phone.record()
    await send(await growing.media(bytesOf('now')))
    const look = (): Promise<Said> => custodian.call(`POST /recordings/${growing.id}/looks`, { purpose: 'request' })
    const said = await look()
    expect([said.status, said.code]).toEqual([409, 'recording.not-stopped'])
    house.clock.advance(10 * 60_000)
    const { look: opened } = await need(look())
    expect((await custodian.call(`GET /looks/${opened}/0.m4s`)).status).toBe(200)
    await send(await growing.media(bytesOf('again')))
    expect((await custodian.call(`GET /looks/${opened}/1.m4s`)).code).toBe('recording.not-stopped')
    expect((await custodian.call(`POST /looks/${opened}/renew`, { purpose: 'request' })).code).toBe(
      'recording.not-stopped',
    )
    await send(await growing.stop())
    expect((await custodian.call(`GET /looks/${opened}/1.m4s`)).status).toBe(200)
  })

  test('a look that is refused leaves an entry too, and no byte', async () => {
    const before = await entriesOf()
    const said = await operator.call(`POST /recordings/${recording.id}/looks`, { purpose: 'training' })
    expect(said.status).toBe(403)
    const [entry] = await entriesOf()
    expect((await entriesOf()).length).toBe(before.length + 1)
    expect(entry).toMatchObject({ kind: 'recording.viewed', allowed: false, purpose: 'training' })
  })
})

describe('finding, marking, opening positions', () => {
  test('by device, state, time and code, page by page', async () => {
    const all = await need(custodian.call(`GET /recordings?device=${phone.device}&limit=500`))
    const total = all.total as number
    expect((all.recordings as unknown[]).length).toBe(total)
    const seen = new Set<string>()
    let cursor = ''
    for (;;) {
      const page = await need(custodian.call(`GET /recordings?device=${phone.device}&limit=2${cursor}`))
      for (const one of page.recordings as { id: string }[]) {
        seen.add(one.id)
      }
      if (page.next === null) {
        break
      }
      cursor = `&cursor=${page.next}`
    }
    expect(seen.size).toBe(total)
    const { id, code } = (all.recordings as { id: string; code: string }[])[0] as { id: string; code: string }
    const byCode = await need(custodian.call(`GET /recordings?text=${code}`))
    expect((byCode.recordings as { id: string }[]).map((one) => one.id)).toContain(id)
    expect((await need(custodian.call('GET /recordings?toMs=1000'))).total).toBe(0)
  })

  test('a recording that lasts for days is found by any of them', async () => {
    const dayMs = 86_400_000
    const { id } = await makeRecording()
    const onDay = async (day: number): Promise<readonly string[]> => {
      const [from, to] = [day * dayMs, (day + 1) * dayMs]
      const found = await need(custodian.call(`GET /recordings?device=${phone.device}&fromMs=${from}&toMs=${to}`))
      return (found.recordings as { id: string }[]).map((one) => one.id)
    }
    await house.owner`update recording set started_at = ${2.5 * dayMs}, ended_at = ${2.5 * dayMs + 1_000} where id = ${id}`
    expect([await onDay(2), await onDay(9)]).toEqual([[id], []])
    await house.owner`update recording set ended_at = ${12 * dayMs} where id = ${id}`
    expect([await onDay(1), await onDay(2), await onDay(9), await onDay(13)]).toEqual([[], [id], [id], []])
    await house.owner`delete from recording_longest`
  })

  test('near a point between two times: where the device was while it recorded', async () => {
    const recording = phone.record()
    const signed = await recording.media(bytesOf('here'))
    const atMs = signed.statement.body.wallClockMs - 1_000
    const fix = { atMs, latitude: -12.1456, longitude: -76.9912, accuracyM: 5, headingDeg: null, speedMps: null }
    await house.tracks.record(phone.device, phone.municipality, [fix])
    await send(signed)
    const near = (longitude: number): Promise<Record<string, unknown>> =>
      need(
        custodian.call(
          `GET /recordings?longitude=${longitude}&latitude=-12.1456&radiusM=100&fromMs=${atMs - 1000}&toMs=${atMs + 1000}`,
        ),
      )
    expect(((await near(-76.9912)).recordings as { id: string }[]).map(({ id }) => id)).toEqual([recording.id])
    expect((await near(-76.98)).total).toBe(0)
    await house.tick()
    expect(await view(recording)).toMatchObject({ start: { latitude: -12.1456, longitude: -76.9912 } })
  })

  test('marks and category, by the officer and in the control room', async () => {
    const recording = await makeRecording()
    const marker = { id: '0198a1b2-0000-7000-8000-000000000001', atMs: house.clock.nowMs(), category: 'person' }
    for (let time = 0; time < 2; time += 1) {
      expect((await phone.api('POST', `/api/device/recordings/${recording.id}/markers`, marker)).status).toBe(200)
    }
    await need(operator.call(`POST /recordings/${recording.id}/markers`, { atMs: house.clock.nowMs(), note: 'ver' }))
    const { markers } = await need(operator.call(`GET /recordings/${recording.id}`))
    expect(markers).toHaveLength(2)
    const category = { category: 'assistance', note: 'caída' }
    expect((await phone.api('POST', `/api/device/recordings/${recording.id}/category`, category)).status).toBe(200)
    expect(await view(recording)).toMatchObject(category)
    expect(
      (await phone.api('POST', `/api/device/recordings/${recording.id}/category`, { ...category, note: 'golpe' }))
        .status,
    ).toBe(200)
    const { entries } = await need(custodian.call(`GET /recordings/${recording.id}/custody`))
    const kinds = (entries as { kind: string }[]).map(({ kind }) => kind)
    expect(kinds.filter((kind) => kind === 'recording.marked')).toHaveLength(2)
    expect(kinds.filter((kind) => kind === 'recording.categorised')).toHaveLength(2)
    const [newest] = await house.ledger.entriesOf(
      { municipality: phone.municipality, actor: systemActor(phone.municipality) },
      `recording:${recording.id}`,
    )
    expect(newest).toMatchObject({ kind: 'recording.categorised' })
    expect(JSON.stringify(newest)).toContain(hash('sha256', 'golpe'))
    const other = await house.phone()
    expect((await other.api('POST', `/api/device/recordings/${recording.id}/markers`, marker)).status).toBe(404)
  })

  test('what is sealed is not categorised anew by whoever has the camera next', async () => {
    const mine = await house.phone()
    const recording = mine.record()
    await recording.media(bytesOf('mine'))
    await recording.stop()
    for (const signed of recording.signed) {
      expect((await mine.upload(signed)).status).toBe(200)
    }
    await house.tick()
    await house.tick()
    const url = `/api/device/recordings/${recording.id}/category`
    expect((await mine.api('POST', url, { category: 'assistance' })).status).toBe(200)
    await house.owner`update shift set returned_at = ${house.clock.nowMs()} where device = ${mine.device}`
    house.clock.advance(1_000)
    const said = saidOf(await mine.api('POST', url, { category: 'test' }))
    expect([said.status, said.code]).toEqual([403, 'access.denied'])
  })

  test('positions open only what the statement committed to, and travel only when disclosed', async () => {
    const recording = phone.record()
    const place = { wallClockMs: 1, latitudeE7: -121456000, longitudeE7: -769912000, accuracyCm: 500 }
    const rest = { altitudeCm: null, speedCmPerSecond: null, headingCentidegrees: null }
    const opening = await recording.opening([{ ...place, ...rest }])
    await send(await recording.media(bytesOf('x'), { positions: opening.commitment }))
    await send(await recording.stop())
    const { salt, positions } = opening
    const open = (text: string): Promise<Said> =>
      phone
        .api('POST', `/api/device/recordings/${recording.id}/positions`, {
          openings: [{ sequence: 0, salt, positions: text }],
        })
        .then(saidOf)
    expect((await open(positions.replace('121456000', '121456001'))).code).toBe('segment.wrong-hash')
    await house.tick()
    await house.tick()
    // Positions that arrive between the promise of a copy and the copy are not in it, and do not make it longer.
    const early = await packageOf(recording, true, async () => expect((await open(positions)).status).toBe(200))
    expect((await verifyPackage(bytesSource(early), { trust: await trust() })).exitCode).toBe(0)
    const disclosed = await verifyPackage(bytesSource(await packageOf(recording)), { trust: await trust() })
    expect(disclosed.exitCode).toBe(0)
    expect(disclosed.checks).toContainEqual(expect.objectContaining({ id: 'positions', status: 'passed', segment: 0 }))
    const withheld = await verifyPackage(bytesSource(await packageOf(recording, false)), { trust: await trust() })
    expect(withheld.checks).toContainEqual(expect.objectContaining({ id: 'positions', code: 'withheld' }))
  })
})

describe('sereno check', () => {
  test('a recording that is destroyed, or that grows, while it is looked at is no finding', async () => {
    const { deps, evidence } = house
    const { erase } = evidence
    const scope = { municipality: phone.municipality, actor: systemActor(phone.municipality) }
    const leaves = await makeRecording()
    const grows = phone.record()
    await send(await grows.media(bytesOf('first')))
    const next = await grows.media(bytesOf('second'))
    const meanwhile = new Map<string, () => Promise<void>>([
      [
        leaves.id,
        async () => {
          await deps.database.transaction((tx) => erase.condemn(tx, scope, leaves.id, deps.clock.nowMs()))
          await erase.key(leaves.id)
          await erase.bytes(scope, leaves.id)
          await erase.rows(scope, leaves.id)
        },
      ],
      [grows.id, async () => void (await send(next))],
    ])
    const dataKey: typeof deps.signer.dataKey = async (recording) => {
      await meanwhile.get(recording)?.()
      meanwhile.delete(recording)
      return deps.signer.dataKey(recording)
    }
    const found: unknown[] = []
    await createCheck({ ...deps, signer: { ...deps.signer, dataKey } }).run((finding) => found.push(finding))
    expect([...meanwhile.keys()]).toEqual([])
    expect(found).toEqual([])
  })

  test('is clean, and finds a lost object, a lost statement and a changed one', async () => {
    expect(await house.findings()).toEqual([])
    const recording = await makeRecording()
    const keys: string[] = []
    for await (const key of house.kernel.blobs.list(`${phone.municipality}/`)) {
      keys.push(...(key.includes(`${recording.id}-0000000000`) ? [key] : []))
    }
    expect(keys).toHaveLength(1)
    await house.kernel.blobs.remove(keys[0] as string)
    await house.owner`update capture_statement set envelope = replace(envelope, 'A', 'B')
      where recording = ${recording.id} and sequence = 1`
    await house.owner`delete from capture_statement where recording = ${recording.id} and sequence = 2`
    const codes = (await house.findings()).map(({ code }) => code)
    expect(codes).toEqual(
      expect.arrayContaining(['evidence.object-missing', 'evidence.statement-altered', 'evidence.tally-differs']),
    )
  })
})
