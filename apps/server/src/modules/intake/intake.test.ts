import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { systemActor } from '../../kernel/actor.ts'
import { avi, factsOf, openClips } from './clips.test-kit.ts'
import { createCopies } from './copies.ts'
import { createCopyFolders } from './copy-folders.ts'
import { describe as describeFile } from './describe.ts'
import { intakeDefaults } from './door.ts'
import { instantIn, readName } from './file-names.ts'
import { type Ask, type IntakeHouse, openIntakeHouse, until } from './intake.test-kit.ts'
import { rangeOf } from './play.ts'
import { parseIso6709, parseNmea } from './probe/text-positions.ts'
import { createProgress } from './progress.ts'
import { mediaTools } from './sandbox.ts'
import { uploadFile } from './upload.test-kit.ts'

const { clip, folder, clear } = openClips()
afterAll(clear)

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

describe('places and names', () => {
  test('ISO 6709 in its three forms; what is no place is none', () => {
    expect(parseIso6709('-12.1450-076.9910/')).toEqual({ latitude: -12.145, longitude: -76.991 })
    expect(parseIso6709('-1208.70-07659.46+150/')?.latitude).toBeCloseTo(-12.145, 6)
    expect(parseIso6709('-120842.0-0765927.6/')?.longitude).toBeCloseTo(-76.991, 6)
    expect(parseIso6709('+99-200/')).toBeNull()
    expect(parseNmea('$GPRMC,1,V,,,,,,,,,*00')).toBeNull()
  })

  test('names of models are data: time in the municipality’s zone, maker, serial', () => {
    expect(readName('DJI_20261120101112_0001_D.MP4')).toMatchObject({ maker: 'DJI', local: [2026, 11, 20, 10, 11, 12] })
    expect(readName('AXON_Body_3_Video_2026-11-20_1011_X60300123.mp4')).toMatchObject({
      maker: 'Axon',
      serial: 'X60300123',
    })
    expect(readName('PXL_20261120_151112123.mp4')).toMatchObject({ utc: true })
    expect(readName('GX010123.MP4')).toMatchObject({ maker: 'GoPro', local: null })
    expect(readName('vacaciones.mp4')).toBeNull()
    expect(instantIn('America/Lima', [2026, 11, 20, 10, 0, 0])).toBe(Date.UTC(2026, 10, 20, 15, 0, 0))
  })

  test('a clock’s offset is added and recorded; a clock of the year 2000 is not believed', () => {
    const hint = { maker: null, model: null, serial: null, startedAt: null, clockOffsetMs: -3_600_000, basis: null }
    const given = {
      name: 'DJI_20261120101112_0001.MP4',
      size_bytes: 1,
      modified_at: null,
      hint,
      created_at: Date.UTC(2026, 10, 21),
    }
    const named = describeFile(given, null, 'UTC', Date.UTC(2026, 10, 21))
    expect(named).toMatchObject({
      basis: 'file-name',
      clockOffsetMs: -3_600_000,
      startedAt: Date.UTC(2026, 10, 20, 9, 11, 12),
    })
    const old = { ...given, name: 'x', modified_at: Date.UTC(2000, 0, 1), hint: { ...hint, clockOffsetMs: null } }
    expect(describeFile(old, null, 'UTC', Date.UTC(2026, 10, 21))).toMatchObject({ basis: 'arrival' })
  })

  test('the whole hash comes out right in any order; ranges are those of RFC 9110', () => {
    const blocks = [1, 2, 3, 4].map((value) => new Uint8Array(10).fill(value))
    const progress = createProgress(4)
    for (const place of [1, 0, 3, 2]) {
      progress.take(place, blocks[place] ?? new Uint8Array())
    }
    expect(progress.hashed()).toBe(4)
    expect(progress.digest()).toBe(sha256(Buffer.concat(blocks)))
    expect(rangeOf('bytes=5-9', 100)).toEqual({ start: 5, end: 10, isPart: true })
    expect(rangeOf('bytes=-5', 100)).toEqual({ start: 95, end: 100, isPart: true })
    expect(rangeOf('bytes=100-', 100)).toBeNull()
  })
})

describe('a file that no browser plays', () => {
  let house: IntakeHouse
  let custodian: Ask
  beforeAll(async () => {
    house = await openIntakeHouse()
    custodian = await house.person('custodian')
  }, 60_000)
  afterAll(() => house.close())

  test('is read in the sandbox, gets a viewing copy with its lineage, and stays the evidence', async () => {
    expect(['bubblewrap', 'bubblewrap-nobody', 'unshare', 'prlimit']).toContain(mediaTools().sandbox)
    const bytes = clip('VB400_9_20261120_101112.avi', ...avi)
    const recording = await upload(house, 'VB400_9_20261120_101112.avi', bytes)
    const files = await until(async () => {
      await house.tick()
      const { json } = await custodian(`GET /recordings/${recording}/files`)
      const [file] = (json.files ?? []) as readonly { shown: string; copy: { sha256: string } }[]
      return file?.shown === 'copy' ? file : null
    }, 'the viewing copy')
    const look = await custodian(`POST /recordings/${recording}/looks`, { purpose: 'audit', reference: 'A-3' })
    const copy = await custodian(`GET /looks/${look.json.look}/files/0?copy=true`)
    expect(sha256(copy.bytes)).toBe(files.copy.sha256)
    expect(await factsOf(copy.bytes)).toMatchObject({ container: 'mp4', video: 'avc1', audio: 'mp4a' })
    const original = await custodian(`GET /looks/${look.json.look}/files/0`)
    expect(sha256(original.bytes)).toBe(sha256(bytes))
    const { entries } = (await custodian(`GET /recordings/${recording}/custody`)).json as {
      entries: readonly { kind: string; details: Record<string, string> }[]
    }
    expect(entries.find(({ kind }) => kind === 'recording.derived')?.details).toMatchObject({
      parent: sha256(bytes),
      sha256: files.copy.sha256,
    })
    expect(await house.findings()).toEqual([])
  }, 60_000)

  const copyOf = async (recording: string) => {
    const found = await house.owner`select state, reason, attempts from viewing_copy where recording = ${recording}`
    return found[0]
  }

  test('waits for room without using up its attempts', async () => {
    const recording = await upload(house, 'a.avi', clip('room.avi', ...avi), 8)
    const { deps } = house
    let isFull = true
    const disk = { ...deps.disk, ingestOpen: () => !isFull }
    const copies = createCopies({ ...deps, disk }, intakeDefaults, mediaTools)
    for (let run = 0; run < 4; run += 1) {
      await copies.run()
      expect(await copyOf(recording)).toMatchObject({ state: 'wanted', reason: 'no-space', attempts: 0 })
    }
    isFull = false
    await copies.run()
    expect(await copyOf(recording)).toMatchObject({ state: 'made', reason: null })
  }, 60_000)

  test('of a recording that is destroyed while it is made: no object, no entry', async () => {
    const recording = await upload(house, 'b.avi', clip('gone.avi', '-t', '1', ...avi), 9)
    const { deps } = house
    const { erase } = deps.evidence
    const scope = { municipality: house.municipality, actor: systemActor(house.municipality) }
    const put: typeof deps.blobs.put = async (...given) => {
      await deps.database.transaction((tx) => erase.condemn(tx, scope, recording, deps.clock.nowMs()))
      await erase.key(recording)
      await erase.bytes(scope, recording)
      await erase.rows(scope, recording)
      return deps.blobs.put(...given)
    }
    await createCopies({ ...deps, blobs: { ...deps.blobs, put } }, intakeDefaults, mediaTools).run()
    expect(await copyOf(recording)).toMatchObject({ state: 'impossible', reason: 'destroyed' })
    expect(await erase.remains(scope, recording)).toEqual([])
    const { entries } = (await custodian(`GET /recordings/${recording}/custody`)).json as {
      entries: readonly { kind: string }[]
    }
    expect(entries.map(({ kind }) => kind)).not.toContain('recording.derived')
  }, 60_000)

  test('lies in the clear in memory, where there is room, and a start removes what a crash left', () => {
    const data = path.join(folder, 'data')
    const memory = path.join(folder, 'memory')
    mkdirSync(memory)
    const folders = createCopyFolders(data, memory)
    const [small, large] = [folders.make('1', 1_000), folders.make('2', Number.MAX_SAFE_INTEGER)]
    expect([path.dirname(small), path.dirname(large)]).toEqual([memory, path.join(data, 'run', 'copies')])
    const another = createCopyFolders(path.join(folder, 'another'), memory).make('3', 1_000)
    writeFileSync(path.join(small, 'in'), 'in the clear')
    folders.clear()
    expect([small, large, another].map((one) => existsSync(one))).toEqual([false, false, true])
  })
})

async function upload(house: IntakeHouse, name: string, bytes: Uint8Array, seed?: number): Promise<string> {
  const office = await house.person('administrator')
  const send: Parameters<typeof uploadFile>[0]['send'] = async ({ body, ...asked }) => {
    const answered = await house.app.inject({ ...asked, payload: body })
    return { status: answered.statusCode, body: answered.rawPayload }
  }
  return uploadFile({ office, send }, name, bytes, seed)
}
