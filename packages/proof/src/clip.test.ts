import { describe, expect, test } from 'vitest'
import { concatAll } from './bytes.ts'
import { type ClipLineage, derivativePayloadType, encodeClipLineage, verifyClip } from './clip.ts'
import { signEnvelope } from './dsse.ts'
import { sha256Hex } from './hash.ts'
import { testSigners, testTrust } from './package.test-kit.ts'

const id = '0190a1b2-0000-7000-8000-00000000000a'
const pieces = [12, 30, 25].map((length, place) => new Uint8Array(length).fill(place + 1))
const file = concatAll(pieces)

async function lineageOf(change: Partial<ClipLineage> = {}): Promise<ClipLineage> {
  const [init, ...media] = pieces as [Uint8Array, ...Uint8Array[]]
  const segments = await Promise.all(
    media.map(async (bytes, place) => ({
      sequence: place + 3,
      statement: 'ab'.repeat(32),
      media: await sha256Hex(bytes),
      sizeBytes: bytes.length,
      startMs: place * 2_000,
      durationMs: 2_000,
    })),
  )
  return {
    format: 1,
    kind: 'clip',
    method: 'whole-segments',
    derivative: id,
    installation: testTrust.installation,
    municipality: testTrust.municipality,
    case: id,
    recording: id,
    device: id,
    by: id,
    madeAtMs: 1_790_000_000_000,
    sha256: await sha256Hex(file),
    sizeBytes: file.length,
    parentManifest: 'cd'.repeat(32),
    ofSequences: 9,
    askedFromMs: 500,
    askedToMs: 3_000,
    init: { sha256: await sha256Hex(init), sizeBytes: init.length },
    segments,
    ...change,
  }
}
const sign = async (lineage: ClipLineage, signer = testSigners.manifest): Promise<Uint8Array> =>
  signEnvelope(signer, derivativePayloadType, encodeClipLineage(lineage))
const failing = async (bytes: Uint8Array, lineage: Uint8Array): Promise<readonly string[]> =>
  (await verifyClip(bytes, lineage, testTrust)).checks
    .filter(({ status }) => status === 'failed')
    .map(({ name }) => name)

describe('a clip', () => {
  test('holds when its bytes are the segments its installation signed', async () => {
    const lineage = await sign(await lineageOf())
    expect((await verifyClip(file, lineage, testTrust)).result).toBe('holds')
    expect((await verifyClip(file, lineage, null)).result).toBe('unestablished')
  })

  test('fails by name when a byte, a segment, the order, the signer or the installation is another', async () => {
    const lineage = await sign(await lineageOf())
    const changed = Uint8Array.from(file)
    changed[20] = 99
    expect(await failing(changed, lineage)).toEqual(['whole', 'segments'])
    expect(await failing(file.subarray(0, -1), lineage)).toEqual(['whole', 'segments'])
    const [first, second] = (await lineageOf()).segments
    const swapped = await lineageOf({ segments: [second, first].flatMap((one) => (one === undefined ? [] : [one])) })
    expect(await failing(file, await sign(swapped))).toEqual(['segments'])
    expect(await failing(file, await sign(await lineageOf(), testSigners.package))).toEqual(['signature'])
    expect(await failing(file, await sign(await lineageOf({ installation: id })))).toEqual(['signature'])
  })

  test('is not one when the lineage has another form', async () => {
    const manifest = await signEnvelope(
      testSigners.manifest,
      'application/vnd.sereno.manifest+json;v=1',
      new Uint8Array([123, 125]),
    )
    expect((await verifyClip(file, manifest, testTrust)).result).toBe('not-a-clip')
    expect((await verifyClip(file, file, testTrust)).result).toBe('not-a-clip')
  })
})
