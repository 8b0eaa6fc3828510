import { Agent, type ClientRequest, request as httpRequest } from 'node:http'
import { frameUpload, importVerifier, isSignedBy, openReceipt, signerFromSeed } from '@sereno/proof'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createRecorder, type FakePhone, phoneClock, type Signed, seedOf, uploadTo } from './evidence.test-kit.ts'
import { type House, need, openHouse, type Said, saidOf } from './house.test-kit.ts'

let house: House
let phone: FakePhone
let url: URL

beforeAll(async () => {
  house = await openHouse({ uploadTimeoutMs: 1_500 })
  phone = await house.phone()
  url = new URL(await house.listen())
})
afterAll(() => house.close())

const send = async (signed: Signed, from: FakePhone = phone): Promise<Said> => saidOf(await from.upload(signed))
const bytesOf = (words: string, size = 3_000): Uint8Array => Buffer.alloc(size, words)

async function held(): Promise<{ statements: number; recordings: number; objects: number }> {
  const rows = await sql<{ s: number; r: number }>`select (select count(*) from capture_statement) as s,
    (select count(*) from recording) as r`.execute(house.kernel.database.db)
  let objects = 0
  for await (const _ of house.kernel.blobs.list('')) {
    objects += 1
  }
  return { statements: rows.rows[0]?.s ?? -1, recordings: rows.rows[0]?.r ?? -1, objects }
}

describe('a segment', () => {
  test('is answered with a receipt that the receipt key signed over it', async () => {
    const recording = phone.record()
    const signed = await recording.media(bytesOf('one'))
    const said = await send(signed)
    expect(said.status, JSON.stringify(said.json)).toBe(200)
    expect(said.json).toMatchObject({ state: 'receiving', quarantined: false })
    const receipt = openReceipt(Buffer.from(String(said.json.receipt), 'base64'))
    const keys = await house.kernel.signer.publicKeys()
    const verifier = await importVerifier(keys.receipt)
    if (!receipt.ok || !verifier.ok) {
      throw new Error('does not open')
    }
    expect(await isSignedBy(receipt.value.envelope, verifier.value)).toBe(true)
    expect(receipt.value.value).toMatchObject({ statement: signed.hash, recording: recording.id, quarantined: false })
    expect(await house.evidence.recordingOf(phone.device)).toMatchObject({ id: recording.id })
  })

  test('sent again gets the same receipt, also many times at once', async () => {
    const signed = await phone.record().media(bytesOf('again'))
    const all = await Promise.all(Array.from({ length: 5 }, () => send(signed)))
    const before = await held()
    const later = await send(signed)
    expect(new Set([...all, later].map(({ json }) => json.receipt)).size).toBe(1)
    expect(all.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
    expect(await held()).toEqual(before)
  })

  test('comes in any order; the stop before the rest', async () => {
    const recording = phone.record()
    for (const words of ['a', 'b', 'c']) {
      await recording.media(bytesOf(words))
    }
    await recording.gap('call', 4_000)
    await recording.stop()
    for (const signed of recording.signed.toReversed()) {
      expect((await send(signed)).status).toBe(200)
    }
    const states = saidOf(await phone.api('POST', '/api/device/recordings/states', { recordings: [recording.id] })).json
    expect(states.recordings).toEqual([
      expect.objectContaining({ known: true, state: 'stopped', segments: 5, missing: [], coveredByCheckpoint: false }),
    ])
  })

  test('tells the phone which sequences are missing', async () => {
    const recording = phone.record()
    const all: Signed[] = []
    for (const words of ['a', 'b', 'c', 'd', 'e']) {
      all.push(await recording.media(bytesOf(words)))
    }
    await send(all[0] as Signed)
    await send(all[4] as Signed)
    const { json } = saidOf(await phone.api('POST', '/api/device/recordings/states', { recordings: [recording.id] }))
    expect(json.recordings).toEqual([expect.objectContaining({ segments: 2, missing: [1, 2, 3] })])
  })
})

describe('refusals: each its own code, nothing stored, counted by source', () => {
  const cases: Record<string, { readonly code: string; readonly make: () => Promise<Said> }> = {
    'a frame cut short': {
      code: 'segment.bad-frame',
      make: async () => {
        const { statement, body } = await phone.record().media(bytesOf('x'))
        return saidOf(await uploadTo(house.call, statement, body.slice(0, 20)))
      },
    },
    'a spelling that is not canonical': {
      code: 'segment.not-canonical',
      make: async () => {
        const { statement, envelope } = await phone.record().media(bytesOf('x'))
        const loose = Buffer.from(` ${Buffer.from(envelope).toString()}`)
        return saidOf(await uploadTo(house.call, statement, frameUpload({ envelope: loose, media: bytesOf('x') })))
      },
    },
    'a key nobody enrolled': {
      code: 'segment.unknown-key',
      make: async () => {
        const signer = await signerFromSeed(seedOf('stranger'))
        const stranger = { ...phone, signer, device: '99999999-9999-4999-8999-999999999999' }
        const { statement, body } = await createRecorder(stranger, phoneClock(0)).record().media(bytesOf('x'))
        return saidOf(await uploadTo(house.call, statement, body))
      },
    },
    'a signature by another key': {
      code: 'segment.bad-signature',
      make: async () => {
        const signer = await signerFromSeed(seedOf('impostor'))
        const { statement, body } = await createRecorder({ ...phone, signer }, phoneClock(0))
          .record()
          .media(bytesOf('x'))
        return saidOf(await uploadTo(house.call, statement, body))
      },
    },
    'media with other bytes': {
      code: 'segment.wrong-hash',
      make: async () => {
        const { statement, envelope } = await phone.record().media(bytesOf('x'), { withoutInit: true })
        return saidOf(await uploadTo(house.call, statement, frameUpload({ envelope, media: bytesOf('y') })))
      },
    },
    'media of another length': {
      code: 'segment.wrong-size',
      make: async () => {
        const { statement, envelope } = await phone.record().media(bytesOf('x'), { withoutInit: true })
        return saidOf(await uploadTo(house.call, statement, frameUpload({ envelope, media: bytesOf('x', 2_999) })))
      },
    },
    'another place than the statement says': {
      code: 'segment.wrong-place',
      make: async () => {
        const signed = await phone.record().media(bytesOf('x'))
        return saidOf(await phone.upload(signed, { sequence: 7 }))
      },
    },
    'a place beyond what any recording has': {
      code: 'segment.wrong-place',
      make: async () => send(await phone.record().media(bytesOf('x'), { sequence: 2_147_483_647, withoutInit: true })),
    },
    'another installation': {
      code: 'segment.wrong-installation',
      make: async () => {
        const elsewhere = { ...phone, installation: '99999999-9999-4999-8999-999999999999' }
        const { statement, body } = await createRecorder(elsewhere, phoneClock(0)).record().media(bytesOf('x'))
        return saidOf(await uploadTo(house.call, statement, body))
      },
    },
    'the first media without its init': {
      code: 'segment.init-missing',
      make: async () => send(await phone.record().media(bytesOf('x'), { withoutInit: true })),
    },
    'more bytes than any segment has': {
      code: 'request.too-large',
      make: async () => {
        const { statement } = await phone.record().media(bytesOf('x'))
        return saidOf(await uploadTo(house.call, statement, new Uint8Array(17 * 1024 * 1024)))
      },
    },
  }

  test.each(Object.keys(cases))('%s', async (name) => {
    const one = cases[name] as (typeof cases)[string]
    const before = await held()
    const said = await one.make()
    expect(said.code).toBe(one.code)
    expect(said.status).toBeGreaterThanOrEqual(400)
    expect(await held()).toEqual(before)
    await house.tick()
    const counted = await sql<{ code: string }>`select code from ingest_refusal where code = ${one.code}`.execute(
      house.kernel.database.db,
    )
    expect(counted.rows).toHaveLength(1)
  })

  test('a stranger is answered before any media is waited for, and may use the connection again', async () => {
    const signer = await signerFromSeed(seedOf('impostor'))
    const { statement, body } = await createRecorder({ ...phone, signer }, phoneClock(0))
      .record()
      .media(bytesOf('x', 300_000))
    const { recording, sequence } = statement.body
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const sockets = new Set<unknown>()
    const put = (write: (sent: ClientRequest) => void, answered: (sent: ClientRequest) => void) =>
      new Promise<string>((done, fail) => {
        const sent = httpRequest(
          {
            agent,
            host: url.hostname,
            port: url.port,
            method: 'PUT',
            path: `/api/recordings/${recording}/segments/${sequence}`,
            headers: { 'content-type': 'application/octet-stream', 'content-length': body.length },
          },
          async (response) => {
            answered(sent)
            const pieces = await Array.fromAsync(response as AsyncIterable<Uint8Array>)
            done(JSON.parse(Buffer.concat(pieces).toString()).code)
          },
        )
        sent.on('error', fail)
        sent.on('socket', (socket) => sockets.add(socket))
        write(sent)
      })
    const early = await put(
      (sent) => sent.write(body.slice(0, 20_000)),
      (sent) => sent.end(body.slice(20_000)),
    )
    const again = await put(
      (sent) => sent.end(body),
      () => undefined,
    )
    agent.destroy()
    expect([early, again]).toEqual(['segment.bad-signature', 'segment.bad-signature'])
    expect(sockets.size).toBe(1)
  })

  test('a body that drips is cut off, and its connection closed', async () => {
    const { statement, body } = await phone.record().media(bytesOf('x'))
    const { recording, sequence } = statement.body
    const before = await held()
    const answer = await new Promise<{ status: number; connection: string | undefined; code: string }>((done, fail) => {
      const sent = httpRequest(
        {
          host: url.hostname,
          port: url.port,
          method: 'PUT',
          path: `/api/recordings/${recording}/segments/${sequence}`,
          headers: { 'content-type': 'application/octet-stream', 'content-length': body.length },
        },
        (response) => {
          const pieces: Uint8Array[] = []
          response.on('data', (piece: Uint8Array) => pieces.push(piece))
          response.on('end', () =>
            done({
              status: response.statusCode ?? 0,
              connection: response.headers.connection,
              code: JSON.parse(Buffer.concat(pieces).toString()).code,
            }),
          )
        },
      )
      sent.on('error', fail)
      sent.write(body.slice(0, 100))
    })
    expect(answer).toEqual({ status: 408, connection: 'close', code: 'request.too-slow' })
    expect(await held()).toEqual(before)
  })
})

describe('what is kept all the same', () => {
  test('two statements for one sequence: the first stands, the other is proof', async () => {
    const recording = phone.record()
    const first = await recording.media(bytesOf('truth'))
    await send(first)
    const other = await recording.contradict(bytesOf('other'))
    const said = await send(other)
    expect([said.status, said.code]).toEqual([409, 'segment.equivocation'])
    expect((await send(other)).code).toBe('segment.equivocation')
    const rows = await sql<{ statement_sha256: string; version: number }>`select statement_sha256, version
      from capture_statement where recording = ${recording.id}::uuid order by version`.execute(house.kernel.database.db)
    expect(rows.rows).toEqual([
      { statement_sha256: first.hash, version: 0 },
      { statement_sha256: other.hash, version: 1 },
    ])
    expect((await send(first)).json.quarantined).toBe(true)
    expect(await house.findings()).toEqual([])
  })

  test('captured while issued to nobody: quarantine', async () => {
    const free = await house.phone({ issued: false })
    const said = await send(await free.record().media(bytesOf('free')), free)
    expect(said.json).toMatchObject({ quarantined: true })
  })

  test('a counter far beyond the last: quarantine, and the device’s last counter stays', async () => {
    const other = await house.phone()
    const lastCounter = async (): Promise<unknown> =>
      saidOf(await other.api('GET', '/api/device/self')).json.lastCounter
    await send(await other.record().media(bytesOf('one')), other)
    expect(await lastCounter()).toBe(0)
    const far = await other.record().media(bytesOf('far'), { counter: 2_000_000_000 })
    expect((await send(far, other)).json).toMatchObject({ quarantined: true })
    expect(await lastCounter()).toBe(0)
    const next = await other.record().media(bytesOf('next'))
    expect((await send(next, other)).json).toMatchObject({ quarantined: false })
    expect(await lastCounter()).toBe(2)
  })

  test('arriving after revocation: quarantine', async () => {
    const lost = await house.phone()
    const recording = lost.record()
    const signed = await recording.media(bytesOf('before'))
    expect((await send(signed, lost)).json.quarantined).toBe(false)
    const late = await recording.media(bytesOf('after'))
    const office = await house.person('administrator')
    await need(office.call(`POST /devices/${lost.device}/revoke`, { reason: 'perdido' }))
    expect((await send(late, lost)).json).toMatchObject({ quarantined: true })
  })
})

test('below the disk reserve ingest answers 507', async () => {
  const full = await openHouse({}, () => ({ freeBytes: 1, sizeBytes: 1_000_000_000_000 }))
  try {
    const other = await full.phone()
    const said = saidOf(await other.upload(await other.record().media(bytesOf('x'))))
    expect([said.status, said.code]).toEqual([507, 'installation.disk-reserve'])
  } finally {
    await full.close()
  }
})

test('a disk that fills while an object is written: 507, and a retry is kept', async () => {
  const { blobs } = house.kernel
  const { put } = blobs
  const signed = await phone.record().media(bytesOf('full'))
  Object.assign(blobs, {
    put: () => Promise.reject(Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })),
  })
  try {
    const said = await send(signed)
    expect([said.status, said.code]).toEqual([507, 'installation.disk-reserve'])
  } finally {
    Object.assign(blobs, { put })
  }
  expect((await send(signed)).status).toBe(200)
})
