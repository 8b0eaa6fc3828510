import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { concat, u32be } from './bytes.ts'
import { encodeCanonical, type JsonObject } from './canonical-json.ts'
import { signEnvelope } from './dsse.ts'
import { sha256Hex } from './hash.ts'
import { importVerifier, signerFromSeed } from './keys.ts'
import { gapAt, mediaAt, stopAt } from './statement.test-kit.ts'
import { openStatement, payloadTypeOf, positionsCommitment, type Statement, signStatement } from './statement.ts'
import { checkUpload, frameUpload, maximumUploadBytes, openUpload, parseUpload } from './upload.ts'

const signer = await signerFromSeed(new Uint8Array(32).fill(5))
const head = 'd'.repeat(64)

async function signLoose(kind: Statement['kind'], body: JsonObject): Promise<Uint8Array> {
  return signEnvelope(signer, payloadTypeOf(kind), encodeCanonical(body))
}

describe('capture statements', () => {
  test.each([mediaAt(0, null), mediaAt(3, head), gapAt(4, head), stopAt(5, head), stopAt(0, null)])(
    'reads back %#',
    async (statement) => {
      const opened = openStatement(await signStatement(signer, statement))
      expect(opened.ok && opened.value.statement).toEqual(statement)
    },
  )

  test('every member is needed, and no other is taken', async () => {
    for (const statement of [mediaAt(3, head), gapAt(4, head), stopAt(5, head)]) {
      const body: JsonObject = { ...statement.body }
      for (const name of Object.keys(body)) {
        const { [name]: _, ...without } = body
        expect(openStatement(await signLoose(statement.kind, without))).toEqual({
          ok: false,
          code: 'malformed-statement',
        })
      }
      expect(openStatement(await signLoose(statement.kind, { ...body, more: 1 })).ok).toBe(false)
    }
  })

  test.each<[string, Statement['kind'], JsonObject]>([
    ['a stop whose count lies', 'stop', { count: 4 }],
    ['a stop with another head', 'stop', { head: 'e'.repeat(64) }],
    ['an identifier in capitals', 'stop', { device: '33333333-3333-4333-8333-33333333333A' }],
    ['a later format', 'stop', { format: 2 }],
    ['a statement that follows nothing', 'stop', { previous: null, head: null }],
    ['a key epoch of 0', 'stop', { keyEpoch: 0 }],
  ])('refuses %s', async (_, kind, changes) => {
    const body: JsonObject = { ...stopAt(5, head).body, ...changes }
    expect(openStatement(await signLoose(kind, body)).ok).toBe(false)
  })

  test('refuses a gap that ends before it begins', async () => {
    const body: JsonObject = { ...gapAt(4, head).body, fromMs: 2, toMs: 1 }
    expect(openStatement(await signLoose('gap', body)).ok).toBe(false)
  })

  test('a payload type decides the reader, and an unknown one is refused', async () => {
    const body: JsonObject = { ...gapAt(4, head).body }
    expect(openStatement(await signLoose('media', body)).ok).toBe(false)
    const other = await signEnvelope(signer, 'application/json', encodeCanonical(body))
    expect(openStatement(other)).toEqual({ ok: false, code: 'unknown-payload-type' })
  })

  test('signing refuses what reading would refuse', async () => {
    await expect(signStatement(signer, mediaAt(1, null))).rejects.toThrow(TypeError)
  })

  test('positions are committed to under their salt', async () => {
    const position = { wallClockMs: 1, latitudeE7: -121300000, longitudeE7: -769900000, accuracyCm: 400 }
    const full = { ...position, altitudeCm: null, speedCmPerSecond: 120, headingCentidegrees: 9000 }
    const salt = new Uint8Array(32)
    expect(await positionsCommitment(salt, [full])).not.toBe(await positionsCommitment(salt.with(0, 1), [full]))
    expect(await positionsCommitment(salt, [full])).not.toBe(
      await positionsCommitment(salt, [{ ...full, accuracyCm: 401 }]),
    )
  })
})

describe('upload bodies', () => {
  const media = new Uint8Array([1, 2, 3, 4])
  const init = new Uint8Array([9, 9])

  async function mediaUpload() {
    const statement = mediaAt(0, null, {
      init: await sha256Hex(init),
      media: { sha256: await sha256Hex(media), sizeBytes: media.length },
    })
    return signStatement(signer, statement)
  }

  async function judge(body: Uint8Array) {
    const verifier = await importVerifier(signer.key)
    const opened = openUpload(body)
    if (!opened.ok || !verifier.ok) {
      return opened.ok ? 'no key' : opened.code
    }
    const checked = await checkUpload(opened.value.upload, opened.value.opened, verifier.value)
    return checked.ok ? 'accepted' : checked.code
  }

  test('frames and cuts alike', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), fc.uint8Array(), fc.uint8Array(), (envelope, start, rest) => {
        const parsed = parseUpload(frameUpload({ envelope, init: start, media: rest }))
        expect(parsed).toEqual({ ok: true, value: { envelope, init: start, media: rest } })
      }),
    )
  })

  test('never throws, whatever arrives', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => void openUpload(bytes)))
    fc.assert(
      fc.property(
        fc.nat(),
        fc.uint8Array({ maxLength: 64 }),
        (length, rest) => void openUpload(concat(u32be(length), rest)),
      ),
    )
  })

  test.each([
    ['nothing', new Uint8Array(0), 'frame-truncated'],
    ['no envelope', concat(u32be(0), u32be(0)), 'frame-empty'],
    ['a long envelope claimed', concat(u32be(0xffffffff), u32be(0)), 'envelope-too-long'],
    ['an envelope cut short', concat(u32be(10), u32be(0)), 'frame-truncated'],
    ['a long init claimed', concat(u32be(1), new Uint8Array(1), u32be(65_537)), 'init-too-long'],
    ['an init cut short', concat(u32be(1), new Uint8Array(1), u32be(5)), 'frame-truncated'],
    ['too much media', new Uint8Array(maximumUploadBytes + 1).fill(1, 3, 4), 'media-too-long'],
  ])('refuses %s', (_, body, code) => {
    expect(parseUpload(body)).toEqual({ ok: false, code })
  })

  test('accepts what the statement says, with the init or without', async () => {
    const envelope = await mediaUpload()
    expect(await judge(frameUpload({ envelope, init, media }))).toBe('accepted')
    expect(await judge(frameUpload({ envelope, media }))).toBe('accepted')
  })

  test('refuses other bytes, each with its own code', async () => {
    const envelope = await mediaUpload()
    expect(await judge(frameUpload({ envelope, media: media.with(0, 7) }))).toBe('wrong-media-hash')
    expect(await judge(frameUpload({ envelope, media: media.subarray(1) }))).toBe('wrong-media-size')
    expect(await judge(frameUpload({ envelope, init: init.with(0, 7), media }))).toBe('wrong-init-hash')
    const stop = await signStatement(signer, stopAt(1, head))
    expect(await judge(frameUpload({ envelope: stop }))).toBe('accepted')
    expect(await judge(frameUpload({ envelope: stop, media }))).toBe('unexpected-media')
    expect(await judge(frameUpload({ envelope: stop, init }))).toBe('unexpected-init')
    const stranger = await signerFromSeed(new Uint8Array(32).fill(6))
    const forged = await signStatement({ ...stranger, keyId: signer.keyId }, stopAt(1, head))
    expect(await judge(frameUpload({ envelope: forged }))).toBe('bad-signature')
  })
})
