import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Ask, type IntakeHouse, openIntakeHouse, until } from '../intake.test-kit.ts'
import {
  type ConnectionFile,
  type Controller,
  clipName,
  createController,
  recordingMetadata,
  stamp,
} from './controller.test-kit.ts'

let house: IntakeHouse
let office: Ask
let custodian: Ask
let connection: ConnectionFile
let controller: Controller
let connectionId = ''

const mostHeldBytes = 9 * 1024 * 1024
const user = randomUUID()
const serial = 'B8A44F123456'
const startMs = Date.UTC(2026, 10, 20, 15, 0, 0)

beforeAll(async () => {
  house = await openIntakeHouse({ axisHeldBytes: mostHeldBytes })
  await house.listen()
  office = await house.person('administrator')
  custodian = await house.person('custodian')
  const made = await office('POST /intake/connections', { siteName: 'Base Chacarilla' })
  expect(made.status, JSON.stringify(made.json)).toBe(200)
  connection = JSON.parse(String(made.json.file)) as ConnectionFile
  connectionId = (made.json.connection as { id: string }).id
  controller = createController(connection)
}, 60_000)
afterAll(() => house.close())

type Listed = {
  readonly id: string
  readonly startedAt: number
  readonly device: { readonly code: string }
  readonly officer: { readonly code: string } | null
  readonly state: string
  readonly quarantined: boolean
}

async function recordings(): Promise<readonly Listed[]> {
  return (await custodian('GET /recordings')).json.recordings as readonly Listed[]
}

/** The recording that began then, once it is there. */
function recordingAt(at: number): Promise<Listed> {
  return until(async () => {
    await house.tick()
    return (await recordings()).find(({ startedAt }) => startedAt === at)
  }, 'the recording')
}

describe('the connection', () => {
  test('its file is what a controller reads', () => {
    expect(connection).toMatchObject({
      ConnectionFileVersion: '1.0',
      SiteName: 'Base Chacarilla',
      ApplicationName: 'Sereno',
      ContainerType: 'mkv',
      WantEncryption: false,
      FullStoreAndReadSupport: false,
    })
    expect(Buffer.byteLength(JSON.stringify(connection))).toBeLessThan(64_000)
  })

  test('a wrong key, a token of nobody and a stale one are 401; the right key opens', async () => {
    const stranger = createController({ ...connection, BlobAPIKey: 'x' })
    expect(await stranger.signIn()).toBe(401)
    expect(await controller.signIn()).toBe(200)
    controller.forgetToken()
    expect((await controller.get('System/Capabilities.json')).status).toBe(200)
  })

  test('only System may be read, each body under its MD5; other methods are 400', async () => {
    const capabilities = await controller.get('System/Capabilities.json')
    expect(JSON.parse(capabilities.body)).toMatchObject({ Store: { StoreSignedVideo: true, StoreBookmarks: true } })
    expect(capabilities.headers.get('etag')).toBe(createHash('md5').update(capabilities.body).digest('hex'))
    expect((await controller.get('System/Categories.json')).status).toBe(200)
    expect((await controller.get('System/nothing')).status).toBe(404)
    expect((await controller.get('Users/x')).status).toBe(403)
    expect((await controller.send('DELETE', 'System/x')).status).toBe(400)
    expect((await controller.send('PUT', 'a/b/c')).status).toBe(400)
  })

  test('it stores its system, users and devices; they wait to be matched', async () => {
    const system = randomUUID()
    for (const name of ['System', 'Users', 'Devices']) {
      expect((await controller.putContainer(name)).status).toBe(201)
      expect((await controller.putContainer(name)).status).toBe(202)
    }
    expect(
      (await controller.putObject('System', system, '', { ConnectionId: randomUUID(), SystemName: 'Estación 1' }))
        .status,
    ).toBe(201)
    expect((await controller.get(`System/${system}`)).headers.get('x-object-meta-systemname')).toBe(
      encodeURIComponent('Estación 1'),
    )
    expect(
      (await controller.putObject('Users', user, '', { Active: 'true', Name: 'Ñusta Quispe', UserID: 'S-77' })).status,
    ).toBe(201)
    expect(
      (await controller.putObject('Devices', serial, '', { Active: 'true', Name: 'Cámara 7', Model: 'AXIS W101' }))
        .status,
    ).toBe(201)
    expect(
      (await controller.postObject('Devices', serial, { Active: 'true', Name: 'Cámara 8', Model: 'AXIS W101' })).status,
    ).toBe(202)
    const { sources, connections } = (await office('GET /intake')).json as Record<
      string,
      readonly Record<string, unknown>[]
    >
    expect(connections).toMatchObject([{ siteName: 'Base Chacarilla', system: 'Estación 1' }])
    expect(sources).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          kind: 'user',
          name: 'Ñusta Quispe · S-77',
          state: 'unmatched',
          system: 'Base Chacarilla',
        }),
        expect.objectContaining({ kind: 'camera', name: `Cámara 8 · ${serial}`, model: 'AXIS W101' }),
      ]),
    )
  })
})

describe('a recording', () => {
  const id = randomUUID()
  const name = `${user}_${serial}_${stamp(startMs + 30_000)}`
  const clips = [0, 1, 2].map((place) => ({ at: startMs + place * 60_000, bytes: randomBytes(200_000 + place) }))
  const about = { user, serial, startMs, stopMs: startMs + 180_000 }
  let kept: Listed

  test('arrives in any order, clips are put in order, bookmarks are marks, the trail is the track', async () => {
    await controller.putContainer(name, recordingMetadata(name, { ...about, status: 'Transferring' }))
    // last clip first; the middle one twice, as after a lost answer
    for (const place of [2, 0, 1, 1]) {
      const clip = clips[place]
      const iso = (ms: number): string => new Date(ms).toISOString()
      const times = {
        StartTimeISO: iso(clip?.at ?? 0),
        StopTimeISO: iso((clip?.at ?? 0) + 60_000),
        ContainerType: 'mkv',
      }
      const put = await controller.putObject(name, clipName(clip?.at ?? 0, id), clip?.bytes ?? '', times)
      expect(put.status).toBe(201)
    }
    const trail = {
      CoordinateEntries: [0, 60, 120].map((seconds) => ({
        LocationWKT: `POINT(-76.99${seconds} -12.14)`,
        SecondsFromStart: seconds,
        Timestamp: new Date(startMs + seconds * 1000).toISOString(),
      })),
    }
    await controller.putObject(
      name,
      `${stamp(startMs).replace('T', '_')}_${id}_${serial}_gpstrail.json`,
      JSON.stringify(trail),
    )
    await controller.putObject(name, `bookmark_${stamp(startMs + 90_000)}_1`, 'arma en el piso', {
      CategoryID: 'unknown-category',
      CategoryName: 'Hallazgo',
      Tags: 'x:y;z:1',
      StartTime: new Date(startMs + 90_000).toISOString(),
    })
    const completed = await controller.postContainer(name, recordingMetadata(name, { ...about, status: 'Complete' }))
    expect(completed.status).toBe(204)
    kept = await recordingAt(startMs)
    const { json } = await custodian(`GET /recordings/${kept.id}`)
    expect(json.markers).toMatchObject([{ atMs: startMs + 90_000, note: 'Hallazgo · arma en el piso · x:y;z:1' }])
    expect(json.track).toHaveLength(3)
    expect(json.track).toMatchObject([{ latitude: -12.14, longitude: -76.99 }, {}, {}])
    const { files } = (await custodian(`GET /recordings/${kept.id}/files`)).json as {
      files: readonly Record<string, unknown>[]
    }
    expect(files.map((file) => file.name)).toEqual([
      ...clips.map(({ at }) => clipName(at, id)),
      expect.stringContaining('_gpstrail.json'),
      expect.stringContaining('bookmark_'),
    ])
    expect(files.slice(0, 3).map(({ startMs: from }) => from)).toEqual([0, 60_000, 120_000])
  }, 60_000)

  test('its bytes are the controller’s own, and it seals like any other', async () => {
    await until(async () => {
      await house.tick()
      return (await recordings()).find((one) => one.id === kept.id)?.state === 'sealed'
    }, 'the seal')
    const look = await custodian(`POST /recordings/${kept.id}/looks`, { purpose: 'audit', reference: 'A-2' })
    const second = await custodian(`GET /looks/${look.json.look}/files/1`)
    expect(Buffer.from(second.bytes).equals(clips[1]?.bytes ?? Buffer.alloc(0))).toBe(true)
    expect(await house.findings()).toEqual([])
  }, 60_000)

  test('matching the camera and the person makes it theirs, with an entry', async () => {
    const enrolment = await office('POST /devices/enrolments', { kind: 'body-camera', code: 'BC-0999' })
    const officer = (await office('POST /officers', { code: 'S-777', name: 'Ñusta Quispe' })).json
    const devices = (await office('GET /devices')).json.devices as readonly { id: string; code: string }[]
    const device = devices.find(({ code }) => code === String(enrolment.json.code))
    const sources = (await office('GET /intake')).json.sources as readonly { id: string; kind: string; key: string }[]
    const camera = sources.find(({ key }) => key === serial)
    const person = sources.find(({ key }) => key === user)
    expect((await office(`POST /intake/sources/${camera?.id}/match`, { device: device?.id })).json).toMatchObject({
      state: 'matched',
      recordings: 1,
    })
    expect((await office(`POST /intake/sources/${person?.id}/match`, { officer: officer.id })).status).toBe(200)
    expect((await recordings()).find(({ id: own }) => own === kept.id)).toMatchObject({
      device: { code: 'BC-0999' },
      officer: { code: 'S-777' },
    })
    const { entries } = (await custodian(`GET /recordings/${kept.id}/custody`)).json as {
      entries: readonly { kind: string }[]
    }
    expect(entries.filter(({ kind }) => kind === 'recording.attributed')).toHaveLength(2)
  }, 60_000)

  test('what comes after "complete" is kept as a recording of its own', async () => {
    const late = startMs + 240_000
    expect(
      (
        await controller.putObject(name, clipName(late, id), randomBytes(9_000), {
          StartTimeISO: new Date(late).toISOString(),
        })
      ).status,
    ).toBe(201)
    await controller.postContainer(name, recordingMetadata(name, { ...about, status: 'Complete' }))
    await until(async () => {
      await house.tick()
      return (await recordings()).length === 2
    }, 'the late part')
    expect(await house.findings()).toEqual([])
  }, 60_000)
})

describe('whatever comes is kept', () => {
  test('of people and cameras nobody registered; encrypted clips with their keys; rejected content', async () => {
    const at = startMs + 3_600_000
    const name = `${randomUUID()}_B8A44FFFFFFF_${stamp(at)}`
    const recording = randomUUID()
    const times = { StartTimeISO: new Date(at).toISOString(), StopTimeISO: new Date(at + 30_000).toISOString() }
    // no container first, and the key before its clip
    const key = clipName(at, recording).replace('.mkv', '.key')
    expect((await controller.putObject(name, key, '', { EncryptedKey: 'AAAA' })).status).toBe(201)
    expect((await controller.putObject(name, clipName(at, recording), randomBytes(5_000), times)).status).toBe(201)
    await controller.postContainer(name, { Status: 'Complete' })
    const kept = await recordingAt(at)
    expect(kept.quarantined).toBe(true)
    const { files } = (await custodian(`GET /recordings/${kept.id}/files`)).json as {
      files: readonly Record<string, unknown>[]
    }
    expect(files).toMatchObject([
      { role: 'video', durationMs: 30_000, shown: 'nothing', copy: { state: 'none', reason: 'encrypted' } },
      { role: 'key' },
    ])

    const rejected = `RejectedContent_UnknownTime_${randomUUID()}`
    expect((await controller.putContainer(rejected, { RejectedContentReason: '400' })).status).toBe(201)
    expect((await controller.putObject(rejected, 'anything at all', 'x')).status).toBe(201)
    await controller.postContainer(rejected, { Status: 'Complete' })
    await until(async () => {
      await house.tick()
      return (await recordings()).find(({ id, quarantined }) => quarantined && id !== kept.id)
    }, 'the rejected content')
    expect(await house.findings()).toEqual([])
  }, 60_000)

  test('clips under way hold so much memory together and no more: the next is told to try soon', async () => {
    expect(await controller.signIn()).toBe(200)
    const letGo = await controller.hang('RejectedContent_x', 'slow', 8 * 1024 * 1024)
    const more = randomBytes(2 * 1024 * 1024)
    await until(async () => (await controller.once('PUT', 'RejectedContent_x/more', more)) === 503, 'the 503')
    expect(await controller.once('PUT', 'RejectedContent_x/few', 'x')).toBe(201)
    letGo()
    await until(async () => (await controller.once('PUT', 'RejectedContent_x/more', more)) === 201, 'room again')
  })

  test('an ended connection opens nothing, not even with the token it was given before', async () => {
    expect(await controller.once('GET', 'System/Capabilities.json')).toBe(200)
    expect((await office(`POST /intake/connections/${connectionId}/end`)).status).toBe(200)
    expect(await controller.once('GET', 'System/Capabilities.json')).toBe(401)
    expect(await controller.once('PUT', 'RejectedContent_x/late', 'x')).toBe(401)
    expect(await controller.signIn()).toBe(401)
  })
})
