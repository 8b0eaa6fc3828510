import { randomBytes } from 'node:crypto'
import type { Fix } from '@sereno/contracts'
import { destination, distanceM } from '@sereno/geo'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Scope, systemActor } from '../../kernel/actor.ts'
import type { Kernel } from '../../kernel/kernel.ts'
import { startTestInstallation, testClock } from '../../test-kit/index.ts'
import { createFleet, fleetMigrations } from '../fleet/index.ts'
import { createIdentity, identityMigrations } from '../identity/index.ts'
import { createLedger, ledgerMigrations } from '../ledger/index.ts'
import { createTerritory, territoryMigrations } from '../territory/index.ts'
import { createTracks, type MovedUnit, type Tracks, tracksMigrations } from './index.ts'
import { dayMs } from './tracks.ts'

const clock = testClock()
const installation = await startTestInstallation({
  clock,
  migrations: [ledgerMigrations, identityMigrations, territoryMigrations, fleetMigrations, tracksMigrations],
  async compose(kernel) {
    const ledger = createLedger(kernel)
    const identity = createIdentity({ ...kernel, ledger })
    const territory = createTerritory({ ...kernel, ledger, identity })
    const fleet = createFleet({ ...kernel, ledger, identity, territory })
    const tracks = createTracks({ ...kernel, ledger, fleet })
    return {
      ledger,
      identity,
      territory,
      fleet,
      tracks,
      routes: [identity.routes, tracks.routes],
      // The device's session is fleet's matter: here the caller says which device it is.
      authenticate: async (request: Parameters<typeof identity.authenticate>[0]) => {
        const device = /^Device (.+)$/.exec(request.headers.authorization ?? '')?.[1]
        return device === undefined
          ? identity.authenticate(request)
          : { ...systemActor(municipality), kind: 'device' as const, id: device, device }
      },
      permits: identity.permits,
      async start() {
        await ledger.start()
        await identity.start()
        await fleet.start()
        await tracks.start()
      },
    }
  },
})
const { ledger, tracks, fleet, identity, territory } = installation.parts
const { database, fanout } = installation.kernel
const { db } = database
let municipality = ''
let devices: readonly string[] = []
const here = { longitude: -76.99, latitude: -12.13 }

beforeAll(async () => {
  municipality = (await identity.seedDemonstration()).id
  await territory.seedDemonstration(municipality)
  await fleet.seedDemonstration(municipality)
  const scope: Scope = { municipality, actor: systemActor(municipality) }
  devices = (await fleet.devices(scope)).map(({ id }) => id)
})
afterAll(() => installation.close())

function fix(atMs: number, bearing = 0, metres = 0): Fix {
  return { atMs, ...destination(here, bearing, metres), accuracyM: 5, headingDeg: 90, speedMps: null }
}
const device = (index: number): string => devices[index] ?? ''
const restarted = (kernel: Kernel): Tracks => createTracks({ ...kernel, ledger, fleet })
const allOf = (own: Tracks, index: number) => own.track(db, device(index), 0, Number.MAX_SAFE_INTEGER)

describe('recording positions', () => {
  it('stores what is new in order of time, and says what was not', async () => {
    const t = clock.nowMs()
    const fixes = [fix(t + 2000, 0, 4), fix(t, 0, 0), fix(t + 1000, 0, 2), fix(t, 0, 9)]
    expect(await tracks.record(device(0), municipality, fixes)).toEqual({ stored: 3, duplicates: 1, implausible: 0 })
    expect(await tracks.record(device(0), municipality, fixes)).toEqual({ stored: 0, duplicates: 4, implausible: 0 })
    const more = [...fixes, fix(t + 3000, 0, 6)]
    expect(await tracks.record(device(0), municipality, more)).toEqual({ stored: 1, duplicates: 4, implausible: 0 })
    const track = await allOf(tracks, 0)
    expect(track.map(({ atMs }) => atMs - t)).toEqual([0, 1000, 2000, 3000])
    expect(track[1]).toMatchObject({ headingDeg: 90, speedMps: null, accuracyM: 5, implausible: false })
    expect(distanceM(here, track[1] ?? here)).toBeCloseTo(2, 3)
  })

  it('flags a leap against what was there before, also when it comes late', async () => {
    const t = clock.nowMs()
    await tracks.record(device(1), municipality, [fix(t, 0, 0), fix(t + 10_000, 0, 10)])
    const leap = await tracks.record(device(1), municipality, [fix(t + 11_000, 0, 9000), fix(t + 12_000, 0, 12)])
    expect(leap).toEqual({ stored: 2, duplicates: 0, implausible: 1 })
    const late = await tracks.record(device(1), municipality, [fix(t + 5000, 0, 5), fix(t + 6000, 90, 5000)])
    expect(late.implausible).toBe(1)
    const flags = (await allOf(tracks, 1)).map(({ implausible }) => implausible)
    expect(flags).toEqual([false, false, true, false, true, false])
  })

  it('takes the days of a phone that was away, and clocks that are years off', async () => {
    const t = clock.nowMs()
    const days = [0, 1, 9, 40, 400, -1, -30].map((ago) => t - ago * dayMs)
    expect(
      (
        await tracks.record(
          device(2),
          municipality,
          days.map((at) => fix(at)),
        )
      ).stored,
    ).toBe(days.length)
    expect((await allOf(tracks, 2)).map(({ atMs }) => atMs)).toEqual(days.toSorted((a, b) => a - b))
    const parts = await installation.database.owner<{ part: string; n: number }[]>`
      select tableoid::regclass::text as part, count(*) as n from unit_position
      where device = ${device(2)} group by 1`
    const inDefault = parts.find(({ part }) => part === 'unit_position_default')
    expect(inDefault?.n).toBe(2)
    // When that day comes, its partition takes its positions over.
    clock.advance(30 * dayMs + 60_000)
    await tracks.record(device(2), municipality, [fix(clock.nowMs() + 1)])
    const left = await installation.database.owner<{ n: number }[]>`select count(*) as n from unit_position_default`
    expect(left[0]?.n).toBe(1)
    expect(await allOf(tracks, 2)).toHaveLength(days.length + 1)
  })

  it('shares commits between many, and tells each what became of its own', async () => {
    const t = clock.nowMs()
    const batches = Array.from({ length: 200 }, (_, index) => ({
      device: device(index % 20),
      fixes: Array.from({ length: 10 }, (_, step) =>
        fix(t + (index % 20 === index ? 0 : index) * 20_000 + step * 1000),
      ),
    }))
    const results = await Promise.all(batches.map((batch) => tracks.record(batch.device, municipality, batch.fixes)))
    expect(results.every(({ stored, duplicates }) => stored === 10 && duplicates === 0)).toBe(true)
    const again = await Promise.all([
      ...batches.slice(0, 5).map((batch) => tracks.record(batch.device, municipality, batch.fixes)),
      tracks.record(device(30), municipality, [fix(t)]),
      tracks.record(device(30), municipality, [fix(t)]),
    ])
    expect(again.slice(0, 5).every(({ duplicates }) => duplicates === 10)).toBe(true)
    expect(
      again
        .slice(5)
        .map(({ stored }) => stored)
        .sort(),
    ).toEqual([0, 1])
  })

  it('announces the newest of each unit, and remembers it over a restart', async () => {
    const heard: (readonly MovedUnit[])[] = []
    const stop = fanout.subscribe(`positions.${municipality}`, (_, message) =>
      heard.push(message as readonly MovedUnit[]),
    )
    const t = clock.nowMs()
    await tracks.record(device(31), municipality, [fix(t), fix(t + 1000), fix(t + 2000, 0, 90_000)])
    await tracks.record(device(31), municipality, [fix(t - 5000)])
    stop()
    expect(heard.flat().map((each) => [each.device, each.fix.atMs - t])).toEqual([[device(31), 1000]])
    expect(tracks.latest(municipality).get(device(31))?.atMs).toBe(t + 1000)
    const next = restarted(installation.kernel)
    await next.start()
    expect(next.latest(municipality).get(device(31))).toEqual(tracks.latest(municipality).get(device(31)))
    expect([...next.latest(municipality).keys()].sort()).toEqual([...tracks.latest(municipality).keys()].sort())
  })
})

describe('who was near', () => {
  it('agrees with measuring every position', async () => {
    const t = clock.nowMs() - 2 * dayMs
    const walkers = devices.slice(32, 40)
    for (const [index, walker] of walkers.entries()) {
      const fixes = Array.from({ length: 600 }, (_, step) => fix(t + step * 20_000, index * 45 + step / 9, step * 4))
      await tracks.record(walker, municipality, fixes)
    }
    const all = (
      await Promise.all(
        walkers.map(async (walker) => {
          const points = await tracks.track(db, walker, t, t + dayMs)
          return points.map((point) => ({ ...point, device: walker }))
        }),
      )
    ).flat()
    await fc.assert(
      fc.asyncProperty(
        fc.double({ min: 0, max: 360, noNaN: true }),
        fc.double({ min: 0, max: 2500, noNaN: true }),
        fc.integer({ min: 1, max: 5000 }),
        fc.nat(10_000_000),
        async (bearing, away, radiusM, sinceMs) => {
          const centre = destination(here, bearing, away)
          const [fromMs, toMs] = [t + sinceMs, t + sinceMs + 2_000_000]
          const visits = await tracks.near(db, municipality, { ...centre, radiusM, fromMs, toMs })
          const inside = all.filter((p) => p.atMs >= fromMs && p.atMs <= toMs && distanceM(centre, p) <= radiusM)
          for (const point of inside) {
            const held = visits.some((v) => v.device === point.device && v.fromMs <= point.atMs && point.atMs <= v.toMs)
            expect(held).toBe(true)
          }
          for (const visit of visits.filter((each) => walkers.includes(each.device))) {
            expect(inside.some((point) => point.device === visit.device && point.atMs === visit.fromMs)).toBe(true)
            expect(inside.some((point) => point.device === visit.device && point.atMs === visit.toMs)).toBe(true)
          }
        },
      ),
      { numRuns: 60 },
    )
    expect(await tracks.near(db, randomUuid(), { ...here, radiusM: 5000, fromMs: 0, toMs: t + dayMs })).toEqual([])
  })
})

describe('over HTTP', () => {
  const post = (from: string, body: object) =>
    installation.app.inject({
      method: 'POST',
      url: '/api/device/positions',
      headers: { authorization: `Device ${from}` },
      payload: body,
    })
  it('answers a phone after the commit, and a room with the track of two hours at most', async () => {
    const t = clock.nowMs()
    const reply = await post(device(21), { fixes: [fix(t), fix(t + 1000, 0, 1)] })
    expect(reply.json()).toEqual({ stored: 2, duplicates: 0, implausible: 0, nowMs: t })
    expect((await post(device(21), { fixes: [] })).statusCode).toBe(400)
    expect((await post(device(21), { fixes: [{ ...fix(t), latitude: 91 }] })).statusCode).toBe(400)

    const link = (await identity.demonstrationLinks()).find(({ role }) => role === 'operator')
    const signedIn = await installation.app.inject({
      method: 'POST',
      url: '/api/session/link',
      headers: { origin: installation.kernel.config.origin() },
      payload: { token: link?.url.split('link=')[1] },
    })
    const cookie = String(signedIn.headers['set-cookie']).split(';')[0] ?? ''
    const get = (id: string, fromMs: number, toMs: number) =>
      installation.app.inject({ url: `/api/devices/${id}/track?fromMs=${fromMs}&toMs=${toMs}`, headers: { cookie } })
    expect((await get(device(21), t - 10, t + 5000)).json().points).toHaveLength(2)
    // Followed for two minutes: an entry a minute says who looked at whose track.
    expect((await get(device(21), t, t + 5000)).statusCode).toBe(200)
    clock.advance(60_000)
    expect((await get(device(21), t, t + 9000)).statusCode).toBe(200)
    const viewed = await ledger.entriesOf({ municipality, actor: systemActor(municipality) }, `device:${device(21)}`)
    expect(viewed.filter(({ kind }) => kind === 'track.viewed')).toMatchObject([
      { details: { device: device(21), from: String(t), to: String(t + 9000) } },
      { details: { device: device(21), from: String(t - 10), to: String(t + 5000) } },
    ])
    expect((await get(device(21), t - 3 * 3_600_000, t)).json().code).toBe('request.invalid')
    expect((await get(randomUuid(), t, t)).json().code).toBe('device.not-found')
  })
  it('and the check is clean, and finds a wrong cell', async () => {
    const findings = async (): Promise<readonly string[]> => {
      const codes: string[] = []
      await tracks.check.run(({ code }) => codes.push(code))
      return codes
    }
    expect(await findings()).toEqual([])
    await installation.database.owner`update unit_position set cell = cell + 1
      where device = ${device(21)} and at = (select max(at) - 1000 from unit_position where device = ${device(21)})`
    expect(await findings()).toEqual(['tracks.wrong-cell'])
  })
})

function randomUuid(): string {
  const hex = randomBytes(16).toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`
}
