import { readFileSync } from 'node:fs'
import { readInit, readSegment, type VideoTrack } from '@sereno/media'
import { checkUpload, importVerifier, openUpload, type Signer, signerFromSeed } from '@sereno/proof'
import fc from 'fast-check'
import { ALL_FORMATS, BufferSource, EncodedPacketSink, Input, type InputVideoTrack } from 'mediabunny'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Journal, openJournal } from './journal.ts'
import { type MemoryFolder, memoryFolder } from './memory-folder.ts'
import { createScribe, type MediaInput, type Scribe } from './scribe.ts'
import type { VaultKey } from './vault.ts'

const first = '11111111-1111-4111-8111-111111111111'
const second = '22222222-2222-4222-8222-222222222222'
const position = {
  wallClockMs: 1_700_000_000_000,
  latitudeE7: -120_000_000,
  longitudeE7: -770_000_000,
  accuracyCm: 500,
  altitudeCm: null,
  speedCmPerSecond: null,
  headingCentidegrees: null,
}
let signer: Signer
let vault: VaultKey
let gop: MediaInput

beforeAll(async () => {
  signer = await signerFromSeed(new Uint8Array(32).fill(7))
  const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
  vault = { key, randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)) }
  const clip = readFileSync(new URL('../../../../packages/media/fixtures/clip.mp4', import.meta.url))
  const input = new Input({ formats: ALL_FORMATS, source: new BufferSource(new Uint8Array(clip)) })
  const track = (await input.getPrimaryVideoTrack()) as InputVideoTrack
  const config = (await track.getDecoderConfig())!
  const samples = []
  for await (const packet of new EncodedPacketSink(track).packets()) {
    if (packet.timestamp < 2) {
      samples.push({
        data: packet.data,
        key: packet.type === 'key',
        timestampUs: packet.microsecondTimestamp,
        durationUs: packet.microsecondDuration,
      })
    }
  }
  const video: VideoTrack = {
    codec: config.codec,
    width: 320,
    height: 180,
    description: new Uint8Array(config.description as Uint8Array<ArrayBuffer>),
  }
  gop = {
    gop: { video: samples, audio: [] },
    video,
    audio: { codec: 'opus', sampleRate: 48_000, channels: 1 },
    audioOn: false,
    preEvent: false,
    positions: [],
    wallClockMs: 1_700_000_000_000,
    monotonicMs: 1000,
  }
})

describe('scribe and journal', () => {
  test('statements chain, count without holes, and the server’s own check accepts them', async () => {
    const folder = memoryFolder()
    const { journal, scribe } = await start(folder)
    await scribe.open(first, 1, false)
    await scribe.media(first, { ...gop, preEvent: true })
    await scribe.gap(first, { ...gop, reason: 'call', fromMs: 5, toMs: 9, missingMs: 4 })
    await scribe.media(first, gop)
    await scribe.stop(first, 'officer', gop)
    await scribe.open(second, 2, false)
    await scribe.media(second, gop)
    const verifier = await importVerifier(signer.key)
    let previous: string | null = null
    let counter = 0
    for (const index of journal.recordings()) {
      for (const piece of index.pieces) {
        const opened = openUpload((await journal.body(index.id, piece.sequence))!)
        if (!opened.ok || !verifier.ok) {
          throw new Error('does not open')
        }
        const checked = await checkUpload(opened.value.upload, opened.value.opened, verifier.value)
        expect(checked.ok).toBe(true)
        const { body } = opened.value.opened.statement
        expect(body.previous).toBe(previous)
        expect(body.counter).toBe(counter)
        previous = piece.hash
        counter += 1
      }
    }
    const opened = openUpload((await journal.body(first, 0))!)
    expect(opened.ok && readInit(opened.value.upload.init).audio?.codec).toBe('opus')
    const later = openUpload((await journal.body(first, 2))!)
    expect(later.ok && later.value.upload.init.length).toBe(0)
    expect(
      opened.ok && later.ok && readSegment(later.value.upload.media, readInit(opened.value.upload.init)).duration,
    ).toBe(115_200)
  })

  test('the disk holds nothing readable', async () => {
    const folder = memoryFolder()
    const { scribe } = await start(folder)
    await scribe.open(first, 1, false)
    await scribe.media(first, gop)
    for (const bytes of folder.state.files.values()) {
      const text = Buffer.from(bytes).toString('latin1')
      expect(text.includes('mdat') || text.includes('sereno') || text.includes(first)).toBe(false)
    }
  })

  test('after a kill the open recording gets a gap and a stop, and the next goes on counting', async () => {
    const folder = memoryFolder()
    const before = await start(folder)
    await before.scribe.open(first, 1, false)
    await before.scribe.media(first, gop)
    const after = await start(folder)
    const closed = await after.scribe.closeAbandoned({ wallClockMs: gop.wallClockMs + 14_000, monotonicMs: 3 })
    expect(closed.map((index) => index.id)).toEqual([first])
    expect(closed[0]!.pieces.map((piece) => [piece.what, piece.reason, piece.counter])).toEqual([
      ['media', null, 0],
      ['gap', 'tab-killed', 1],
      ['stop', 'recovered', 2],
    ])
    expect(closed[0]!.pieces[1]!.durationMs).toBe(14_000)
    expect(await after.scribe.closeAbandoned(gop)).toEqual([])
  })

  test('a kill after any write: no number that was told twice, every body opens, the chain holds', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 14 }), { minLength: 1, maxLength: 6 }), async (kills) => {
        const folder = memoryFolder()
        const told = new Map<number, string>()
        for (const writesLeft of kills) {
          folder.state.writesLeft = Number.POSITIVE_INFINITY
          const { scribe, journal } = await start(folder)
          await scribe.closeAbandoned(gop)
          folder.state.writesLeft = writesLeft
          const id = crypto.randomUUID()
          try {
            await scribe.open(id, 1, false)
            for (let round = 0; round < 3; round += 1) {
              const { signed } = await scribe.media(id, gop)
              expect(told.has(signed.counter)).toBe(false)
              told.set(signed.counter, signed.hash)
            }
          } catch {
            // the kill
          }
          expect(journal.head().nextCounter).toBeGreaterThan(Math.max(-1, ...told.keys()))
        }
        folder.state.writesLeft = Number.POSITIVE_INFINITY
        const { journal, scribe } = await start(folder)
        await scribe.closeAbandoned(gop)
        await expectWhole(journal, told)
      }),
      { numRuns: 40 },
    )
  })

  test('a full disk: the segment is refused whole, and the signed stop still finds room', async () => {
    const folder = memoryFolder()
    const { scribe, journal } = await start(folder)
    await scribe.open(first, 1, false)
    await scribe.media(first, gop)
    folder.state.roomBytes = [...folder.state.files.values()].reduce((sum, bytes) => sum + bytes.length, 0) + 100
    await expect(scribe.media(first, gop)).rejects.toThrow('no room')
    const stopped = await scribe.stop(first, 'storage-full', gop)
    expect(stopped?.signed).toMatchObject({ what: 'stop', reason: 'storage-full', sequence: 2, counter: 2 })
    expect(journal.recording(first)?.pieces[1]).toMatchObject({ what: 'gap', reason: 'storage-full' })
    const again = await start(folder)
    expect(again.journal.recording(first)?.stopReason).toBe('storage-full')
    await expectWhole(journal, new Map())
  })

  test('a head that cannot be written fails nothing, and its number is not given twice', async () => {
    const folder = memoryFolder()
    const { scribe, journal, kept } = await start(folder)
    await scribe.open(first, 1, false)
    folder.state.refuses = /head-/
    const counters = []
    for (let round = 0; round < 3; round += 1) {
      counters.push((await scribe.media(first, gop)).signed.counter)
    }
    expect(counters).toEqual([0, 1, 2])
    expect(kept).toEqual(counters)
    await expect(journal.forget(first)).rejects.toThrow('no room')
    const { journal: reopened } = await start(folder)
    expect(reopened.head().nextCounter).toBe(3)
    folder.state.refuses = undefined
    // with the log goes the only other memory of the count
    await reopened.forget(first)
    expect((await start(folder)).journal.head().nextCounter).toBe(3)
  })

  test('a segment whose opening cannot be noted is kept and told; the opening follows', async () => {
    const folder = memoryFolder()
    const { scribe, journal, kept } = await start(folder)
    await scribe.open(first, 1, false)
    // body and record are written, then nothing more
    folder.state.writesLeft = 2
    const { signed } = await scribe.media(first, { ...gop, positions: [position] })
    expect(signed.sequence).toBe(0)
    expect(kept).toEqual([0])
    expect(journal.recording(first)?.openings.size).toBe(0)
    folder.state.writesLeft = Number.POSITIVE_INFINITY
    await scribe.media(first, { ...gop, positions: [position] })
    expect([...(journal.recording(first)?.openings.keys() ?? [])]).toEqual([0, 1])
  })

  test('segments that were not written are one signed gap before the next; the init comes with the first kept', async () => {
    const folder = memoryFolder()
    const { scribe, journal } = await start(folder)
    await scribe.open(first, 1, false)
    const at = (round: number): MediaInput => ({ ...gop, wallClockMs: gop.wallClockMs + round * 2000 })
    folder.state.refuses = /[.]seg$/
    await expect(scribe.media(first, at(0))).rejects.toThrow('no room')
    await expect(scribe.media(first, at(1))).rejects.toThrow('no room')
    folder.state.refuses = undefined
    await scribe.media(first, at(2))
    await scribe.media(first, at(3))
    const pieces = journal.recording(first)!.pieces
    expect(pieces.map((piece) => piece.what)).toEqual(['gap', 'media', 'media'])
    const spanMs = pieces[1]!.durationMs
    expect(pieces[0]!.durationMs).toBe(2 * spanMs)
    const uploads = await Promise.all(
      pieces.map(async (piece) => {
        const opened = openUpload((await journal.body(first, piece.sequence))!)
        return opened.ok ? opened.value : null
      }),
    )
    expect(uploads.map((each) => (each?.upload.init.length ?? 0) > 0)).toEqual([false, true, false])
    expect(uploads[0]?.opened.statement.body).toMatchObject({
      fromMs: gop.wallClockMs - spanMs,
      toMs: gop.wallClockMs + 2000,
    })
    await expectWhole(journal, new Map())
  })

  test('a torn body and a torn record are cut off', async () => {
    const folder = memoryFolder()
    const { scribe } = await start(folder)
    await scribe.open(first, 1, false)
    await scribe.media(first, gop)
    const log = `recordings/${first}/log`
    const file = folder.state.files.get(log)!
    folder.state.files.set(log, file.slice(0, file.length - 3))
    folder.state.files.set(`recordings/${first}/1.seg`, new Uint8Array(40))
    const { journal } = await start(folder)
    expect(journal.recording(first)?.pieces.length).toBe(1)
    expect(folder.state.files.has(`recordings/${first}/1.seg`)).toBe(false)
  })

  test('nothing is erased without a receipt', async () => {
    const { journal, scribe } = await start(memoryFolder())
    await scribe.open(first, 1, false)
    await scribe.media(first, gop)
    await journal.erase(first, 0)
    expect(await journal.body(first, 0)).not.toBeNull()
    await journal.note(first, { kind: 'receipt', sequence: 0, quarantined: false, atMs: 1 })
    await journal.erase(first, 0)
    expect(await journal.body(first, 0)).toBeNull()
  })

  test('what the server quarantined is never erased, whatever the log says', async () => {
    const folder = memoryFolder()
    const { journal, scribe } = await start(folder)
    await scribe.open(first, 1, false)
    await scribe.media(first, gop)
    await journal.note(first, { kind: 'receipt', sequence: 0, quarantined: true, atMs: 1 })
    await journal.erase(first, 0)
    await journal.note(first, { kind: 'erased', sequence: 0 })
    const { journal: reopened } = await start(folder)
    expect(reopened.recording(first)?.pieces[0]).toMatchObject({ state: 'safe', quarantined: true })
    expect(await reopened.body(first, 0)).not.toBeNull()
  })

  test('a phone that lost its journal goes on after the server’s count', async () => {
    const { journal, scribe } = await start(memoryFolder())
    await journal.adopt({ nextCounter: 41, lastHash: 'a'.repeat(64) })
    await scribe.open(first, 1, false)
    const { signed } = await scribe.media(first, gop)
    expect(signed.counter).toBe(41)
  })
})

type Started = { readonly journal: Journal; readonly scribe: Scribe; readonly kept: readonly number[] }

async function start(folder: MemoryFolder): Promise<Started> {
  const journal = await openJournal(folder, vault)
  const kept: number[] = []
  const signatory = {
    signer,
    installation: '33333333-3333-4333-8333-333333333333',
    municipality: '44444444-4444-4444-8444-444444444444',
    device: '55555555-5555-4555-8555-555555555555',
    keyEpoch: 1,
    build: 'b'.repeat(64),
    serverTime: () => null,
    checkpoint: () => null,
    randomBytes: vault.randomBytes,
  }
  const scribe = createScribe(journal, signatory, ({ signed }) => kept.push(signed.counter))
  return { journal, scribe, kept }
}

async function expectWhole(journal: Journal, told: ReadonlyMap<number, string>): Promise<void> {
  const pieces = journal.recordings().flatMap((index) => index.pieces.map((piece) => ({ ...piece, id: index.id })))
  const byCounter = pieces.toSorted((a, b) => a.counter - b.counter)
  expect(byCounter.map((piece) => piece.counter)).toEqual(byCounter.map((_, place) => place))
  for (const [counter, hash] of told) {
    expect(byCounter[counter]?.hash).toBe(hash)
  }
  for (const piece of pieces) {
    expect(openUpload((await journal.body(piece.id, piece.sequence))!).ok).toBe(true)
  }
}
