import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { signCheckpoint } from './checkpoint.ts'
import { formatCheckpoint } from './checkpoint-body.ts'
import { cosign } from './cosignature.ts'
import { mlDsaSignerFromSeed, signerFromSeed } from './keys.ts'
import { consistencyProof, leafHash, nodesOf, rootOf } from './merkle.ts'
import { addSignatures, formatSignatures, openNote, readSignatures, verifyNote } from './note.ts'
import { encodeVkey, type NoteVerifier, parseVkey } from './note-key.ts'
import { answerAddCheckpoint, formatAddCheckpoint, parseAddCheckpoint, type WitnessMemory } from './witness.ts'
import { judgeCheckpoint } from './witnessing.ts'

const origin = '0e2f6a3c-58f0-4f5b-9a51-3b7f0a9c1d22'
const atS = 1_790_000_000
const log = await signerFromSeed(new Uint8Array(32).fill(1))
const logMlDsa = await mlDsaSignerFromSeed(new Uint8Array(32).fill(1))
const witness = await signerFromSeed(new Uint8Array(32).fill(2))
const witnessMlDsa = await mlDsaSignerFromSeed(new Uint8Array(32).fill(2))
const leaves = await Promise.all(Array.from({ length: 40 }, (_, place) => leafHash(new Uint8Array([place]))))

async function verifierOf(vkey: string): Promise<NoteVerifier> {
  const parsed = await parseVkey(vkey)
  if (!parsed.ok) {
    throw new Error(parsed.code)
  }
  return parsed.value
}

async function noteOf(size: number, from = leaves): Promise<string> {
  return signCheckpoint({ origin, size, root: await rootOf(from.slice(0, size)), extensions: [] }, log)
}

const verifiers = [await verifierOf(await encodeVkey(origin, log.key))]
const keys = [await encodeVkey(origin, log.key), await encodeVkey(origin, logMlDsa.key, 'cosignature')]
const defensoria = { name: 'Defensoría', keys: [await encodeVkey('defensoria', witness.key, 'cosignature')] }
const diario = { name: 'Diario', keys: [await encodeVkey('diario', witnessMlDsa.key, 'cosignature')] }
const text = formatCheckpoint({ origin, size: 7, root: await rootOf(leaves.slice(0, 7)), extensions: [] })
const bare = await noteOf(7)
const own = await cosign(text, origin, logMlDsa, atS)
const first = await cosign(text, 'defensoria', witness, atS)
const second = await cosign(text, 'diario', witnessMlDsa, atS + 5)

describe('C2SP tlog-cosignature', () => {
  // The example of the specification: three lines signed by a log and by a witness.
  const example = [
    'example.com/behind-the-sofa',
    '20852163',
    'CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=',
    '',
    '— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=',
    '— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==',
    '',
  ].join('\n')

  test('the published example is read: its cosignature is of 2023-03-20T12:25:47Z', () => {
    const note = openNote(example)
    const [, cosignature] = note.ok ? note.value.signatures : []
    expect(cosignature?.signature.length).toBe(8 + 64)
    expect(Buffer.from(cosignature!.signature).readBigUInt64BE()).toBe(1679315147n)
  })

  test.each([
    ['Ed25519', witness],
    ['ML-DSA-44', witnessMlDsa],
  ])('%s: says who and when; not for another time, text or name', async (_, signer) => {
    const text = formatCheckpoint({ origin, size: 7, root: new Uint8Array(32).fill(9), extensions: [] })
    const cosignature = await cosign(text, 'defensoria', signer, atS)
    const verifier = await verifierOf(await encodeVkey('defensoria', signer.key, 'cosignature'))
    const note = { text, signatures: [cosignature] }
    expect(await verifyNote(note, [verifier])).toEqual({ ok: true, value: [{ by: verifier, timestampS: atS }] })
    const later = new Uint8Array(cosignature.signature)
    later[7] = (later[7] ?? 0) ^ 1
    const forged = [
      { text, signatures: [{ ...cosignature, signature: later }] },
      { text: text.replace('\n7\n', '\n8\n'), signatures: [cosignature] },
      { text: 'no checkpoint\n', signatures: [cosignature] },
      { text, signatures: [{ ...cosignature, signature: cosignature.signature.subarray(0, 8) }] },
    ]
    for (const one of forged) {
      expect(await verifyNote(one, [verifier])).toEqual({ ok: false, code: 'bad-signature' })
    }
  })

  test('a key for texts never checks a cosignature, and the other way round', async () => {
    const asText = await encodeVkey('w', witness.key)
    const asCosigner = await encodeVkey('w', witness.key, 'cosignature')
    expect(asText.split('+')[1]).not.toBe(asCosigner.split('+')[1])
    await expect(encodeVkey('w', witnessMlDsa.key)).rejects.toThrow(TypeError)
  })

  test('signature lines survive', async () => {
    const text = formatCheckpoint({ origin, size: 7, root: new Uint8Array(32), extensions: [] })
    const signatures = [await cosign(text, 'a', witness, atS), await cosign(text, 'b', witnessMlDsa, atS)]
    expect(readSignatures(formatSignatures(signatures))).toEqual(signatures)
    expect(readSignatures('')).toBeNull()
    expect(readSignatures('— a AAAA\n')).toBeNull()
  })
})

describe('C2SP tlog-witness', () => {
  const rootAtSize = (size: number) => rootOf(leaves.slice(0, size))

  async function ask(given: {
    readonly oldSize: number
    readonly size: number
    readonly memory: WitnessMemory | null
    readonly from?: typeof leaves
    readonly note?: string
    readonly known?: boolean
  }) {
    const hashes = (given.from ?? leaves).slice(0, given.size)
    const proof =
      given.oldSize > 0 && given.oldSize < given.size
        ? await consistencyProof(nodesOf(hashes), given.oldSize, given.size)
        : []
    const checkpoint = given.note ?? (await noteOf(given.size, given.from))
    const body = formatAddCheckpoint({ oldSize: given.oldSize, proof, checkpoint })
    const answer = await answerAddCheckpoint(body, () =>
      given.known === false ? null : { verifiers, memory: given.memory },
    )
    return answer.status === 409 ? [409, answer.size] : [answer.status]
  }

  test('every answer of the specification', async () => {
    const seven = { size: 7, root: await rootAtSize(7) }
    const rewritten = leaves.with(3, await leafHash(new Uint8Array([99])))
    expect(await ask({ oldSize: 0, size: 7, memory: null })).toEqual([200])
    expect(await ask({ oldSize: 7, size: 7, memory: seven })).toEqual([200])
    expect(await ask({ oldSize: 7, size: 30, memory: seven })).toEqual([200])
    expect(await ask({ oldSize: 5, size: 30, memory: seven })).toEqual([409, 7])
    expect(await ask({ oldSize: 0, size: 5, memory: seven })).toEqual([409, 7])
    expect(await ask({ oldSize: 7, size: 7, memory: seven, from: rewritten })).toEqual([409, 7])
    expect(await ask({ oldSize: 7, size: 30, memory: seven, from: rewritten })).toEqual([422])
    expect(await ask({ oldSize: 9, size: 7, memory: seven })).toEqual([400])
    expect(await ask({ oldSize: 0, size: 7, memory: null, known: false })).toEqual([404])
    const strangers = (await noteOf(7)).replace(/— (\S+) \S+/, '— $1 AAAAAAAAAA==')
    expect(await ask({ oldSize: 0, size: 7, memory: null, note: strangers })).toEqual([403])
    expect(await ask({ oldSize: 0, size: 7, memory: null, note: 'nothing\n' })).toEqual([400])
  })

  test('requests survive; other bytes are none', () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.array(fc.uint8Array({ minLength: 32, maxLength: 32 }), { maxLength: 63 }),
        (oldSize, proof) => {
          const request = { oldSize, proof, checkpoint: 'a\n1\nb\n\n— x y\n' }
          expect(parseAddCheckpoint(formatAddCheckpoint(request))).toEqual(request)
        },
      ),
    )
    for (const body of ['', 'old 1\n', 'old 01\n\nx', 'old -1\n\nx', 'size 1\n\nx', 'old 1\nAAAA\n\nx']) {
      expect(parseAddCheckpoint(body)).toBeNull()
    }
  })
})

describe('a trust file judges a checkpoint', () => {
  test('counts bodies, not keys; strangers count for nothing', async () => {
    const trust = { log: { origin, keys }, witnesses: [defensoria, diario], quorum: 2 }
    const judged = await judgeCheckpoint(addSignatures(bare, [own, first, second]), trust)
    expect(judged.ok && judged.value.mlDsa).toBe('signed')
    expect(judged.ok && judged.value.attestation).toEqual({
      quorum: 2,
      unsupported: 0,
      witnesses: [
        { name: 'Defensoría', timestampS: atS },
        { name: 'Diario', timestampS: atS + 5 },
      ],
    })
    const oneBody = { ...trust, witnesses: [{ name: 'Uno', keys: [...defensoria.keys, ...diario.keys] }] }
    const counted = await judgeCheckpoint(addSignatures(bare, [first, second]), oneBody)
    expect(counted.ok && counted.value.attestation.witnesses).toEqual([{ name: 'Uno', timestampS: atS + 5 }])
    expect(counted.ok && counted.value.mlDsa).toBe('missing')
    const none = await judgeCheckpoint(addSignatures(bare, [first, second]), { ...trust, witnesses: [], quorum: 2 })
    expect(none.ok && none.value.attestation.witnesses).toEqual([])
  })

  test('a previous log ends where the trust file says', async () => {
    const root = Buffer.from(await rootOf(leaves.slice(0, 7))).toString('hex')
    const after = { log: { origin: '11111111-1111-4111-8111-111111111111', keys: [] }, witnesses: [] }
    const end = { origin, keys, size: 7, root }
    const judge = async (size: number, previous: typeof end) =>
      (await judgeCheckpoint(await noteOf(size), { ...after, previousLogs: [previous] })).ok
    expect(await judge(7, end)).toBe(true)
    expect(await judge(5, end)).toBe(true)
    expect(await judge(8, end)).toBe(false)
    expect(await judge(7, { ...end, root: '00'.repeat(32) })).toBe(false)
    expect((await judgeCheckpoint(bare, { ...after, previousLogs: [] })).ok).toBe(false)
  })
})
