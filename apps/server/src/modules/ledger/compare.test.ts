import { appendLeaf, commitFields, emptyFrontier, type Frontier, leafHash, rootOf, toHex } from '@sereno/proof'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ledgerMigrations } from './index.ts'
import { findings, type House, openHouse } from './ledger.test-kit.ts'
import { appendNow, commitNow, leafHashNow, rootNow } from './tree-hash.ts'

let house: House
beforeAll(async () => {
  house = await openHouse([ledgerMigrations])
  for (let place = 0; place < 7; place += 1) {
    await house.append({ subjects: [`recording:r${place % 2}`], fields: { title: `Intervención ${place}` } })
  }
  await house.ledger.flush()
})
afterAll(() => house.close())

const inHex = ({ frontier, closed }: ReturnType<typeof appendNow>): string[] => [
  `${frontier.size}`,
  ...frontier.hashes.map(toHex),
  ...closed.map(({ level, index, hash }) => `${level}/${index} ${toHex(hash)}`),
]

test('hashes at once are those of the evidence format', async () => {
  const field = fc.record({
    name: fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9.-]{0,20}$/),
    value: fc.string({ unit: 'grapheme', maxLength: 40 }).map((value) => value.toWellFormed()),
    salt: fc.uint8Array({ minLength: 32, maxLength: 32 }),
  })
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(field, { minLength: 1, maxLength: 12, selector: ({ name }) => name }),
      fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 40 }),
      async (fields, leaves) => {
        expect(commitNow(fields)).toBe(await commitFields(fields))
        const hashes = leaves.map(leafHashNow)
        expect(hashes).toEqual(await Promise.all(leaves.map(async (leaf) => Buffer.from(await leafHash(leaf)))))
        expect(Buffer.from(rootNow(hashes))).toEqual(Buffer.from(await rootOf(hashes)))
        let frontier: Frontier = emptyFrontier
        for (const hash of hashes) {
          const grown = appendNow(frontier, hash)
          expect(inHex(grown)).toEqual(inHex(await appendLeaf(frontier, hash)))
          frontier = grown.frontier
        }
      },
    ),
    { numRuns: 30 },
  )
})

describe('what somebody did to the rows is named and stops writing', () => {
  const alone = (table: string, statement: string): string =>
    `set session_replication_role = replica; ${statement.replaceAll('TABLE', table)}; set session_replication_role = default`

  test.each([
    ['a leaf gone', 'missing', alone('leaf_place', `delete from TABLE where index = 2`)],
    [
      'the last leaf gone',
      'missing',
      alone('leaf_place', `delete from TABLE where index = (select max(index) from TABLE)`),
    ],
    [
      'an opening gone',
      'missing',
      alone('leaf_opening', `delete from TABLE where leaf = (select leaf from leaf_place where index = 3)`),
    ],
    [
      'a leaf rewritten',
      'rewritten',
      alone('leaf', `update TABLE set bytes = '{}' where id = (select leaf from leaf_place where index = 1)`),
    ],
    [
      'a name rewritten',
      'rewritten',
      alone('leaf_opening', `update TABLE set fields = replace(fields::text, 'Intervención 4', 'Otra')::json`),
    ],
    [
      'places exchanged',
      'rewritten',
      alone(
        'leaf_place',
        `update TABLE p set hash = q.hash from leaf_place q where p.index + q.index = 5 and p.index in (2, 3)`,
      ),
    ],
  ] as const)('%s: %s', async (_, state, statement) => {
    const copy = await house.copy()
    try {
      await copy.owner.unsafe(statement)
      const ledger = copy.newLedger()
      await ledger.start()
      expect((await ledger.status()).state).toBe(state)
      await expect(
        copy.database.transaction((tx) =>
          ledger.append(tx, {
            municipality: house.municipality,
            kind: 'a.b',
            coarse: 'device',
            subjects: [],
            actor: house.scope.actor,
          }),
        ),
      ).rejects.toMatchObject({ code: `ledger.${state}` })
    } finally {
      await copy.close()
    }
  })

  test('found by the hour, too, and over once it is repaired', async () => {
    const copy = await house.copy()
    try {
      const ledger = copy.newLedger()
      await ledger.start()
      expect((await ledger.status()).state).toBe('following')
      await copy.owner.unsafe(
        alone(
          'leaf',
          `update TABLE set coarse = coarse, bytes = bytes || '\\x20' where id = (select leaf from leaf_place where index = 0)`,
        ),
      )
      await ledger.compare()
      expect((await ledger.status()).state).toBe('rewritten')
      await copy.owner.unsafe(
        alone(
          'leaf',
          `update TABLE set bytes = substring(bytes from 1 for length(bytes) - 1) where id = (select leaf from leaf_place where index = 0)`,
        ),
      )
      await ledger.compare()
      expect((await ledger.status()).state).toBe('following')
    } finally {
      await copy.close()
    }
  })
})

test('openings follow their record: destroyed by an entry, which stays; the proof of the leaf holds', async () => {
  const { database, ledger, scope } = house
  const count = await database.transaction((tx) =>
    ledger.destroyOpenings(tx, scope, 'recording:r1', { reason: 'acta 7', keepKinds: [] }),
  )
  expect(count).toBe(3)
  await ledger.flush()
  const [entry, ...rest] = await ledger.entriesOf(scope, 'recording:r1')
  expect(entry).toMatchObject({ kind: 'ledger.openings-destroyed', details: { reason: 'acta 7', entries: '3' } })
  expect(rest.map(({ details }) => details)).toEqual([1, 2, 3].map(() => ({ opening: 'lost' })))
  expect((await ledger.entriesOf(scope, 'recording:r0'))[0]?.details).toMatchObject({ title: 'Intervención 6' })
  expect((await ledger.proofsOf(scope, 'recording:r1')).map(({ openings }) => openings === null)).toEqual([
    true,
    true,
    true,
    false,
  ])
  expect(await database.transaction((tx) => ledger.destroyOpenings(tx, scope, 'recording:r1', { reason: 'x' }))).toBe(0)
  await ledger.compare()
  expect((await ledger.status()).state).toBe('following')
  expect(await findings(ledger)).toEqual([])
  await expect(database.sql`delete from leaf_opening`).rejects.toThrow(/destroyed by an entry alone/)
})
