import { describe, expect, test } from 'vitest'
import { concatAll } from '../bytes.ts'
import {
  derivativeFile as file,
  derivativeId as id,
  clipLineage as lineageOf,
  signLineage as sign,
  stillLineage as stillOf,
} from '../derivative.test-kit.ts'
import { signEnvelope } from '../dsse.ts'
import { testSigners, testTrust } from '../package.test-kit.ts'
import { bytesSource } from '../source.ts'
import type { Trust } from '../trust.ts'
import { verifyDerivative } from './derivative.ts'

const verify = (bytes: Uint8Array, lineage: Uint8Array, trust: Trust | null = testTrust) =>
  verifyDerivative(bytesSource(bytes), lineage, trust === null ? {} : { trust })
const failing = async (bytes: Uint8Array, lineage: Uint8Array): Promise<readonly string[]> =>
  (await verify(bytes, lineage)).checks
    .filter(({ status }) => status === 'failed')
    .map(({ id, code, segment }) => [id, code, ...(segment === null ? [] : [segment])].join(' '))

describe('a clip', () => {
  test('holds when its bytes are the segments its installation signed, and says how it was cut', async () => {
    const lineage = await sign(await lineageOf())
    const { result, exitCode, checks } = await verify(file, lineage)
    expect([result, exitCode]).toEqual(['holds', 0])
    expect(checks.find(({ id }) => id === 'cut')).toMatchObject({
      status: 'passed',
      code: 'whole-segments',
      detail: { fromMs: 0, toMs: 4_000, askedFromMs: 500, askedToMs: 3_000, from: 3, to: 4, ofSequences: 9 },
    })
    expect(checks.find(({ id }) => id === 'camera')).toMatchObject({ status: 'not-checked', code: 'in-package' })
    expect((await verify(file, lineage, null)).exitCode).toBe(3)
  })

  test('fails by name when a byte, a segment, the order, the signer or the installation is another', async () => {
    const lineage = await sign(await lineageOf())
    const changed = Uint8Array.from(file)
    changed[20] = 99
    expect(await failing(changed, lineage)).toEqual(['file-hash altered', 'segment-hash altered 3'])
    expect(await failing(file.subarray(0, -1), lineage)).toEqual(['file-hash altered', 'segment-hash altered 4'])
    const longer = concatAll([file, new Uint8Array(1)])
    expect(await failing(longer, lineage)).toEqual(['file-hash altered', 'segment-hash unexpected-media'])
    const [first, second] = (await lineageOf()).segments
    const swapped = await lineageOf({ segments: [second, first].flatMap((one) => (one === undefined ? [] : [one])) })
    expect(await failing(file, await sign(swapped))).toContain('segment-hash wrong-sequence 3')
    expect(await failing(file, await sign(await lineageOf({ ofSequences: 4 })))).toEqual([
      'segment-hash wrong-sequence 4',
    ])
    expect(await failing(file, await sign(await lineageOf(), testSigners.package))).toEqual([
      'lineage-signature unknown-key',
    ])
    expect(await failing(file, await sign(await lineageOf({ installation: id })))).toEqual([
      'origin other-installation',
    ])
  })

  test('is not one when the lineage has another form', async () => {
    const manifest = await signEnvelope(
      testSigners.manifest,
      'application/vnd.sereno.manifest+json;v=1',
      new Uint8Array([123, 125]),
    )
    expect(await verify(file, manifest)).toMatchObject({ result: 'not-a-derivative', exitCode: 2 })
    expect(await verify(file, file)).toMatchObject({ result: 'not-a-derivative', exitCode: 2 })
  })
})

test('a still holds as the bytes that were kept, and says that it was drawn', async () => {
  const lineage = await sign(await stillOf())
  const { result, checks } = await verify(file, lineage)
  expect(result).toBe('holds')
  expect(checks.find(({ id }) => id === 'cut')).toMatchObject({
    status: 'warning',
    code: 'drawn-by-viewer',
    segment: 3,
  })
  expect(await failing(file.subarray(1), lineage)).toEqual(['file-hash altered'])
})
