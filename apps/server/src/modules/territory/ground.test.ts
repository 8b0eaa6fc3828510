import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Actor, systemActor } from '../../kernel/actor.ts'
import { startTestInstallation, testClock } from '../../test-kit/index.ts'
import { createIdentity, identityMigrations } from '../identity/index.ts'
import { createLedger, ledgerMigrations } from '../ledger/index.ts'
import { createTerritory, territoryMigrations } from './index.ts'

let municipality = ''
const clock = testClock()
let actor: Actor = systemActor('')
const installation = await startTestInstallation({
  clock,
  migrations: [ledgerMigrations, identityMigrations, territoryMigrations],
  compose(kernel) {
    const ledger = createLedger(kernel)
    const identity = createIdentity({ ...kernel, ledger })
    const territory = createTerritory({ ...kernel, ledger, identity })
    return {
      ledger,
      identity,
      territory,
      routes: [territory.routes],
      authenticate: async () => actor,
      permits: identity.permits,
      start: async () => {
        await ledger.start()
        await identity.start()
      },
    }
  },
})
const { territory, identity, ledger } = installation.parts

beforeAll(async () => {
  municipality = (await identity.seedDemonstration()).id
  actor = {
    ...systemActor(municipality),
    kind: 'person',
    id: randomUUID(),
    name: 'Ana Torres',
    roles: ['administrator'],
  }
  await territory.seedDemonstration(municipality)
  await territory.seedDemonstration(municipality)
})
afterAll(() => installation.close())

const get = async (url: string) => (await installation.app.inject({ url: `/api${url}` })).json()
const post = (url: string, payload: object) => installation.app.inject({ method: 'POST', url: `/api${url}`, payload })

describe('the territory in force', () => {
  it('is answered whole, with its street lines and what the reader may do', async () => {
    const { version, areas, places, lines, may } = await get('/territory')
    expect([version, areas.length, places.length]).toEqual([1, 104, 9])
    expect(areas[0]).toMatchObject({ kind: 'district', parent: null, shape: { type: 'Polygon' } })
    expect(lines[0]).toMatchObject({ kind: 'avenue', name: expect.stringMatching(/^Av\. /) })
    expect(lines[0].id).toBeUndefined()
    expect(may).toEqual(['territory.write'])
  })
  it('says where a point lies, by name, and knows nothing of another municipality', async () => {
    const quadrant = await territory.quadrantAt(municipality, -76.99, -12.13)
    expect(quadrant?.code).toMatch(/^C-\d\d$/)
    expect(await territory.quadrant(municipality, quadrant?.id ?? '')).toEqual(quadrant)
    expect(await territory.hasSector(municipality, quadrant?.sector ?? '')).toBe(true)
    expect(await territory.hasSector(municipality, quadrant?.id ?? '')).toBe(false)
    expect(await territory.placeName(municipality, -76.99, -12.13)).toContain(quadrant?.code)
    expect(await territory.quadrantAt(municipality, -77.2, -12.13)).toBeNull()
    expect(await territory.quadrantAt(randomUUID(), -76.99, -12.13)).toBeNull()
  })
  it('is checked: clean as made, and not when a quadrant is missing', async () => {
    const findings = async (): Promise<readonly string[]> => {
      const codes: string[] = []
      await territory.check.run(({ code }) => codes.push(code))
      return codes
    }
    expect(await findings()).toEqual([])
    const { owner } = installation.database
    const [lost] = await owner`delete from area where code = 'C-47' returning *`
    expect(await findings()).toEqual(['territory.not-covered'])
    await owner`insert into area ${owner(lost as Record<string, unknown>)}`
    expect(await findings()).toEqual([])
  })
})

const checked = async (): Promise<readonly string[]> => {
  const codes: string[] = []
  await territory.check.run(({ code }) => codes.push(code))
  return codes
}

describe('putting a territory in force', () => {
  it('writes a version beside the one before, with its entry, and readers see it at once', async () => {
    const { version, may, ...ground } = await get('/territory')
    const zone = { id: randomUUID(), kind: 'no-record', name: 'Posta médica', shape: ground.areas.at(-1).shape }
    const renamed = ground.areas.map((area: { code: string }) =>
      area.code === 'C-01' ? { ...area, name: 'Los Ceibos' } : area,
    )
    const wanted = { ...ground, areas: renamed, zones: [zone], base: version, note: 'Acuerdo 12', accepted: [] }
    const reply = await post('/territory/versions', wanted)
    expect([reply.statusCode, reply.json()]).toEqual([200, { version: 2 }])
    const now = await get('/territory')
    expect(now.version).toBe(2)
    expect(now.areas.find(({ code }: { code: string }) => code === 'C-01').name).toBe('Los Ceibos')
    expect(now.zones).toEqual([zone])
    expect(now.lines).toHaveLength(ground.lines.length)
    const before = await get('/territory/versions/1')
    expect(before.areas.find(({ code }: { code: string }) => code === 'C-01').name).toBe('Cuadrante 1')
    expect((await get('/territory/versions')).versions).toMatchObject([
      { version: 2, by: 'Ana Torres', note: 'Acuerdo 12', sectors: 9, quadrants: 94, zones: 1 },
      { version: 1, by: null, zones: 0 },
    ])
    const [entry] = await ledger.entriesOf({ municipality, actor }, `territory:${municipality}`)
    expect(entry).toMatchObject({ kind: 'territory.changed' })
    expect((await post('/territory/versions', { ...wanted, base: 1 })).json().code).toBe('territory.changed-meanwhile')
    expect((await post('/territory/versions', { ...wanted, base: 2 })).json().code).toBe('territory.no-change')
  })

  it('refuses what is not sound, and warnings that nobody accepted', async () => {
    const { version, may, ...ground } = await get('/territory')
    const wanted = { ...ground, base: version, note: 'Prueba', accepted: [] }
    const [first, ...rest] = ground.areas
    expect((await post('/territory/versions', { ...wanted, areas: rest })).json()).toMatchObject({
      code: 'territory.not-sound',
    })
    const fewer = ground.areas.filter(({ code }: { code: string }) => code !== 'C-47')
    expect((await post('/territory/check', { ...ground, areas: fewer })).json().findings).toMatchObject([
      { fault: 'not-covered' },
    ])
    expect((await post('/territory/versions', { ...wanted, areas: fewer })).json().code).toBe('territory.warnings')
    const accepted = await post('/territory/versions', { ...wanted, areas: fewer, accepted: ['not-covered'] })
    expect(accepted.json()).toEqual({ version: version + 1 })
    const codes: string[] = []
    await territory.check.run(({ code }) => codes.push(code))
    expect(codes).toEqual([])
    expect(first.kind).toBe('district')
  })

  it('cannot be rewritten by the server, and the check finds who rewrites it all the same', async () => {
    const { sql } = installation.database.database
    for (const table of ['territory_version', 'area', 'place', 'street_line', 'zone']) {
      await expect(sql`update ${sql(table)} set version = version`).rejects.toThrow('permission denied')
      await expect(sql`delete from ${sql(table)}`).rejects.toThrow('permission denied')
    }
    const { owner } = installation.database
    expect(await checked()).toEqual([])
    const shape = (from: string, to: string) =>
      owner`update area set shape = replace(shape::text, ${from}, ${to})::jsonb where version = 2 and code = 'C-01'`
    const [area] = await owner`select shape from area where version = 2 and code = 'C-01'`
    const corner = String(area?.shape.coordinates[0][1][0])
    await shape(corner, `${corner}1`)
    expect(await checked()).toEqual(['territory.version-altered'])
    await shape(`${corner}1`, corner)
    expect(await checked()).toEqual([])
    await owner`insert into territory_version (municipality, version, in_force_at, put_by)
      values (${municipality}, 8, ${clock.nowMs()}, 'Ana Torres')`
    expect(await checked()).toEqual(['territory.version-unrecorded'])
    await owner`delete from territory_version where version = 8`
  })

  it('is for the administration alone', async () => {
    const { version, may, ...ground } = await get('/territory')
    actor = { ...actor, roles: ['supervisor'] }
    const reply = await post('/territory/versions', { ...ground, base: version, note: 'x', accepted: [] })
    expect([reply.statusCode, (await get('/territory')).may]).toEqual([403, []])
    expect((await get('/territory/versions')).code).toBe('access.denied')
  })

  it('changes for other processes when they ask again', async () => {
    const { owner } = installation.database
    await owner`insert into territory_version values (${municipality}, 9, ${clock.nowMs()})`
    expect(await territory.quadrantAt(municipality, -76.99, -12.13)).not.toBeNull()
    clock.advance(31_000)
    expect(await territory.quadrantAt(municipality, -76.99, -12.13)).toBeNull()
  })
})
