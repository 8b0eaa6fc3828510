import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemActor } from '../../kernel/actor.ts'
import { startTestInstallation, testClock } from '../../test-kit/index.ts'
import { createTerritory, territoryMigrations } from './index.ts'

const municipality = '0198f3a0-0000-7000-8000-000000000001'
const clock = testClock()
const installation = await startTestInstallation({
  clock,
  migrations: [territoryMigrations],
  compose(kernel) {
    const territory = createTerritory(kernel)
    return {
      territory,
      routes: [territory.routes],
      authenticate: async () => systemActor(municipality),
      permits: (_: unknown, permission: string) => permission === 'territory.read',
    }
  },
})
const { territory } = installation.parts

beforeAll(async () => {
  await territory.seedDemonstration(municipality)
  await territory.seedDemonstration(municipality)
})
afterAll(() => installation.close())

describe('the territory in force', () => {
  it('is answered whole, with its street lines', async () => {
    const reply = await installation.app.inject({ url: '/api/territory' })
    const { version, areas, places, lines } = reply.json()
    expect([version, areas.length, places.length]).toEqual([1, 104, 9])
    expect(areas[0]).toMatchObject({ kind: 'district', parent: null, shape: { type: 'Polygon' } })
    expect(lines[0]).toMatchObject({ kind: 'avenue', name: expect.stringMatching(/^Av\. /) })
    expect(lines[0].id).toBeUndefined()
  })
  it('says where a point lies, by name, and knows nothing of another municipality', async () => {
    const quadrant = await territory.quadrantAt(municipality, -76.99, -12.13)
    expect(quadrant?.code).toMatch(/^C-\d\d$/)
    expect(await territory.quadrant(municipality, quadrant?.id ?? '')).toEqual(quadrant)
    expect(await territory.hasSector(municipality, quadrant?.sector ?? '')).toBe(true)
    expect(await territory.hasSector(municipality, quadrant?.id ?? '')).toBe(false)
    expect(await territory.placeName(municipality, -76.99, -12.13)).toContain(quadrant?.code)
    expect(await territory.quadrantAt(municipality, -77.2, -12.13)).toBeNull()
    expect(await territory.quadrantAt(municipality.replace('1', '2'), -76.99, -12.13)).toBeNull()
  })
  it('changes for readers when a newer version is there, not before they ask again', async () => {
    const { owner } = installation.database
    await owner`insert into territory_version values (${municipality}, 2, ${clock.nowMs()})`
    expect(await territory.quadrantAt(municipality, -76.99, -12.13)).not.toBeNull()
    clock.advance(31_000)
    expect(await territory.quadrantAt(municipality, -76.99, -12.13)).toBeNull()
  })
  it('is checked: clean as made, and not when a quadrant is missing', async () => {
    const findings = async (): Promise<readonly string[]> => {
      const codes: string[] = []
      await territory.check.run(({ code }) => codes.push(code))
      return codes
    }
    expect(await findings()).toEqual([])
    await installation.database.owner`delete from area where code = 'C-47'`
    expect(await findings()).toEqual(['territory.not-covered'])
  })
})
