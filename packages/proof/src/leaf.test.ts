import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fromHex } from './bytes.ts'
import {
  commitFields,
  decodeLeaf,
  encodeLeaf,
  fieldCommitment,
  openField,
  openFields,
  verifyOpening,
  verifyOpenings,
} from './leaf.ts'

const municipality = '0e2f6a3c-58f0-4f5b-9a51-3b7f0a9c1d22'
const salt = fc.uint8Array({ minLength: 32, maxLength: 32 })
const fields = fc.uniqueArray(
  fc.record({ name: fc.stringMatching(/^[a-z][a-zA-Z0-9.-]{0,10}$/), value: fc.string({ maxLength: 20 }), salt }),
  { minLength: 1, maxLength: 20, selector: ({ name }) => name },
)

describe('ledger leaf', () => {
  test('every field opens against the leaf, in whatever order they were committed', async () => {
    await fc.assert(
      fc.asyncProperty(fields, async (set) => {
        const leaf = { version: 1, kind: 'recording', municipality, root: await commitFields(set) } as const
        expect(await commitFields(set.toReversed())).toBe(leaf.root)
        expect(decodeLeaf(encodeLeaf(leaf))).toEqual({ ok: true, value: leaf })
        const opened = await verifyOpenings(leaf, await openFields(set))
        expect(opened).toEqual(new Map(set.map(({ name, value }) => [name, value])))
      }),
      { numRuns: 30 },
    )
  })

  test('nothing else opens: another value, name, salt, place or count', async () => {
    await fc.assert(
      fc.asyncProperty(fields, fc.nat(), async (set, at) => {
        const leaf = { version: 1, kind: 'recording', municipality, root: await commitFields(set) } as const
        const opening = await openField(set, set[at % set.length]!.name)
        expect(await verifyOpening(leaf, opening)).toBe(true)
        expect(await verifyOpening(leaf, { ...opening, value: `${opening.value}x` })).toBe(false)
        expect(await verifyOpening(leaf, { ...opening, name: `${opening.name}x` })).toBe(false)
        expect(
          await verifyOpening(leaf, { ...opening, salt: opening.salt.replace(/^./, (d) => (d === '0' ? '1' : '0')) }),
        ).toBe(false)
        expect(await verifyOpening(leaf, { ...opening, count: opening.count + 1 })).toBe(false)
        expect(await verifyOpening(leaf, { ...opening, index: opening.index + 1 })).toBe(false)
      }),
      { numRuns: 30 },
    )
  })

  test('the same name is never opened twice', async () => {
    const set = ['a', 'b'].map((name) => ({ name, value: '1', salt: new Uint8Array(32) }))
    const leaf = { version: 1, kind: 'recording', municipality, root: await commitFields(set) } as const
    const opening = await openField(set, 'a')
    expect(await verifyOpenings(leaf, [opening, opening])).toBeNull()
    await expect(commitFields([set[0]!, set[0]!])).rejects.toThrow(TypeError)
  })

  test('a commitment computed by hand', async () => {
    const digest = await crypto.subtle.digest(
      'SHA-256',
      fromHex(`${'736572656e6f2d6669656c642d763100'}${'07'.repeat(32)}${'00000002'}${'6174'}${'00000001'}${'31'}`)!,
    )
    expect(await fieldCommitment({ name: 'at', value: '1', salt: new Uint8Array(32).fill(7) })).toEqual(
      new Uint8Array(digest),
    )
  })
})
