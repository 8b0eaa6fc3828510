import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { commitFields, toHex, utf8 } from '@sereno/proof'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { type Actor, systemActor } from '../../kernel/actor.ts'
import { custodyEntry, fieldsOf, ledgerEntry } from './entries.ts'
import { type NewEntry, salted, valuesOf } from './entry.ts'
import { leavesOf, openMirror } from './mirror.ts'
import { mayOpen } from './visibility.ts'

const municipality = '11111111-1111-4111-8111-111111111111'
const custodian: Actor = {
  ...systemActor(municipality),
  kind: 'person',
  id: 'p1',
  name: 'M. Salas',
  roles: ['custodian'],
}
const look: NewEntry = {
  municipality,
  kind: 'recording.viewed',
  coarse: 'access',
  subjects: ['recording:r1', 'person:p1'],
  actor: custodian,
  purpose: 'incident',
  policy: 'custodia-con-referencia',
  fields: { reference: '0311' },
}

describe('an entry', () => {
  test('commits to who, what, why and under which policy', () => {
    expect(Object.fromEntries(valuesOf(look, 1_000))).toEqual({
      kind: 'recording.viewed',
      at: '1000',
      actor: 'person',
      who: 'p1',
      whoName: 'M. Salas',
      role: 'custodian',
      purpose: 'incident',
      policy: 'custodia-con-referencia',
      allowed: 'true',
      subjects: 'recording:r1 person:p1',
      reference: '0311',
    })
  })

  test('takes its own instant, and says when it was refused', () => {
    const values = valuesOf({ ...look, at: 5, allowed: false }, 1_000)
    expect([values.get('at'), values.get('allowed')]).toEqual(['5', 'false'])
  })

  test.each([
    { kind: 'viewed' },
    { kind: 'Recording.Viewed' },
    { subjects: ['r1'] },
    { subjects: ['recording:r 1'] },
    { fields: { who: 'somebody else' } },
  ])('is refused when no reader could take it apart: %j', (change) => {
    expect(() => valuesOf({ ...look, ...change }, 0)).toThrow(TypeError)
  })

  test('gives every field 32 bytes of salt of its own', () => {
    const fields = salted(valuesOf(look, 0), (count) => Uint8Array.from({ length: count }, (_, place) => place >> 5))
    expect(new Set(fields.map(({ salt }) => toHex(salt))).size).toBe(fields.length)
    expect(fields.every(({ salt }) => salt.length === 32)).toBe(true)
  })

  test('stored openings lead back to the committed root', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.stringMatching(/^x[a-z]{1,8}$/), fc.string({ unit: 'binary' })),
        async (extra) => {
          const fields = salted(valuesOf({ ...look, fields: extra }, 0), (count) => new Uint8Array(count).fill(3))
          const stored = Object.fromEntries(
            fields.map(({ name, value, salt }) => [name, [value, toHex(salt)] as const]),
          )
          expect(await commitFields(fieldsOf(stored))).toBe(await commitFields(fields))
        },
      ),
      { numRuns: 30 },
    )
  })
})

describe('readers', () => {
  const salt = '00'.repeat(32)
  const stored = {
    id: '019a0000-0000-7000-8000-000000000000',
    coarse: 'access',
    hash: new Uint8Array(32),
    index: 7,
    fields: {
      kind: ['recording.viewed', salt],
      at: ['1000', salt],
      whoName: ['M. Salas', salt],
      allowed: ['false', salt],
      reference: ['0311', salt],
    },
  } as const
  const as = (role: Actor['roles'][number]): Actor => ({ ...custodian, roles: [role] })

  test('of a thing see its entries, committed, sequenced and published', () => {
    expect(custodyEntry(stored, 8)).toMatchObject({ who: 'M. Salas', at: 1000, allowed: false, state: 'published' })
    expect(custodyEntry(stored, 8).details).toEqual({ reference: '0311' })
    expect(custodyEntry(stored, 7).state).toBe('sequenced')
    expect(custodyEntry({ ...stored, index: null }, 7).state).toBe('committed')
  })

  test('of a lost opening are told so', () => {
    expect(custodyEntry({ ...stored, fields: null }, 8)).toMatchObject({
      kind: 'access',
      details: { opening: 'lost' },
      at: 0x019a00000000,
    })
  })

  test('of the ledger see who looked only when they watch over it', () => {
    expect(ledgerEntry(stored, as('overseer')).fields).toMatchObject({ whoName: 'M. Salas' })
    expect(ledgerEntry(stored, as('administrator'))).toMatchObject({ kind: 'access', fields: null })
    expect(mayOpen(as('administrator'), 'person')).toBe(true)
    expect(mayOpen(as('operator'), 'live')).toBe(false)
  })
})

describe('the copy of the leaves', () => {
  const folder = mkdtemp(join(tmpdir(), 'sereno-mirror-'))
  afterAll(async () => rm(await folder, { recursive: true }))

  test('is read back bundle by bundle, and says what is missing', async () => {
    const mirror = openMirror(await folder)
    const leaves = Array.from({ length: 300 }, (_, place) => utf8(`leaf ${place}`))
    await mirror.write(0, leaves.slice(0, 256))
    await mirror.write(1, leaves.slice(256, 290))
    await mirror.write(1, leaves.slice(256))
    const read: string[] = []
    for await (const bundle of leavesOf(mirror.read, 300)) {
      read.push(...(bundle?.leaves.map(toHex) ?? ['missing']))
    }
    expect(read).toEqual(leaves.map(toHex))
    const beyond: (number | undefined)[] = []
    for await (const bundle of leavesOf(mirror.read, 600)) {
      beyond.push(bundle?.leaves.length)
    }
    expect(beyond).toEqual([256, undefined, undefined])
  })
})
