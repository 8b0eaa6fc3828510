import { createCipheriv, randomBytes } from 'node:crypto'
import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core'
import {
  decodeLeaf,
  frameSealedUpload,
  fromBase64Url,
  fromHex,
  leafHash,
  parseVkey,
  sealedUploadInfo,
  sealedUploadPlace,
  sealedUploadType,
  verifyCheckpoint,
  verifyInclusion,
  verifyOpenings,
} from '@sereno/proof'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { FakePhone, FakeRecording, Signed } from './evidence.test-kit.ts'
import { type House, type Json, openHouse, type Said, saidOf } from './house.test-kit.ts'

const suite = new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() })
let house: House
let phone: FakePhone
beforeAll(async () => {
  house = await openHouse()
  phone = await house.phone()
})
afterAll(() => house.close())

test('a sealed upload gives the receipt of the plain one, and the plain one the receipt of the sealed', async () => {
  const { recording, statements } = await recorded()
  for (const [sequence, made] of statements.entries()) {
    const sealed = await seal(made, recording.id, sequence)
    const [first, second] = sequence % 2 === 0 ? [sealed, made.body] : [made.body, sealed]
    const one = await put(recording.id, sequence, first, first === sealed)
    const other = await put(recording.id, sequence, second, second === sealed)
    expect([one.status, other.status]).toEqual([200, 200])
    expect(one.json.receipt).toBe(other.json.receipt)
  }
  const custodian = await house.person('custodian')
  const seen = await custodian.call(`GET /recordings/${recording.id}`)
  expect(seen.json.recording).toMatchObject({ segments: 2, missing: 0, quarantined: false })
})

test('sealed for another place, to another key, damaged or cut: each refused, and the plain one still comes in', async () => {
  const { recording, statements } = await recorded()
  const [made] = statements as [Signed]
  const code = async (body: Uint8Array): Promise<string> => (await put(recording.id, 0, body, true)).code
  const good = await seal(made, recording.id, 0)
  expect(await code(await seal(made, recording.id, 1))).toBe('segment.not-opened')
  expect(await code(await seal(made, phone.device, 0))).toBe('segment.not-opened')
  const stranger = await suite.kem.generateKeyPair()
  expect(await code(await seal(made, recording.id, 0, { publicKey: stranger.publicKey, keyId: '00'.repeat(8) }))).toBe(
    'segment.not-opened',
  )
  for (const place of [8, 40, 80, 200, good.length - 1]) {
    const damaged = new Uint8Array(good)
    damaged[place] = (damaged[place] ?? 0) ^ 1
    expect(await code(damaged)).toBe('segment.not-opened')
  }
  expect(await code(good.subarray(0, 90))).toBe('segment.bad-frame')
  expect(await code(made.body)).toBe('segment.bad-frame')
  // sealed bytes that are not said to be sealed are a bad frame like any other
  expect((await put(recording.id, 0, good, false)).status).toBe(400)
  expect((await put(recording.id, 0, good, true)).status).toBe(200)
})

test('the phone gets what proves to it that a checkpoint covers its recording, and nobody else’s phone does', async () => {
  const { recording, statements } = await recorded()
  const path = `/api/device/recordings/${recording.id}/cover`
  for (const [sequence, made] of statements.entries()) {
    await put(recording.id, sequence, made.body, false)
  }
  const cover = async (): Promise<Json> => saidOf(await phone.api('GET', path)).json
  for (let round = 0; round < 4 && (await cover()).checkpoint === null; round += 1) {
    house.clock.advance(31_000)
    await house.tick()
    await house.ledger.flush()
  }
  const shown = await cover()
  const vkey = await parseVkey(await house.ledger.vkey())
  const checked = await verifyCheckpoint(String(shown.checkpoint), house.ledger.originUuid, vkey.ok ? [vkey.value] : [])
  const entries = shown.entries as {
    leaf: string
    index: number
    proof: string[]
    openings: Parameters<typeof verifyOpenings>[1]
  }[]
  expect(checked.ok && entries.length > 0).toBe(true)
  const { size, root } = checked.ok ? checked.value.checkpoint : { size: 0, root: new Uint8Array() }
  const heads: unknown[] = []
  for (const entry of entries) {
    const leaf = fromBase64Url(entry.leaf) ?? new Uint8Array()
    const proof = entry.proof.map((step) => fromHex(step) ?? new Uint8Array())
    expect(await verifyInclusion({ leafHash: await leafHash(leaf), index: entry.index, size, proof, root })).toBe(true)
    const decoded = decodeLeaf(leaf)
    const fields = decoded.ok ? await verifyOpenings(decoded.value, entry.openings) : null
    heads.push(fields?.get('head') ?? fields?.get('manifest'))
  }
  expect(heads.every((named) => typeof named === 'string' && /^[0-9a-f]{64}$/.test(named))).toBe(true)
  const other = await house.phone()
  expect(saidOf(await other.api('GET', path)).code).toBe('recording.not-found')
})

async function recorded(): Promise<{ readonly recording: FakeRecording; readonly statements: readonly Signed[] }> {
  const recording = phone.record()
  const statements = [
    await recording.media(randomBytes(20_000)),
    await recording.media(randomBytes(20_000)),
    await recording.stop(),
  ]
  return { recording, statements }
}

async function seal(
  made: Signed,
  recording: string,
  sequence: number,
  to?: { readonly publicKey: CryptoKey; readonly keyId: string },
): Promise<Uint8Array> {
  const { queue } = await house.kernel.signer.publicKeys()
  const raw = Buffer.from(queue.publicKey, 'base64url')
  const recipientPublicKey = to?.publicKey ?? (await suite.kem.deserializePublicKey(whole(raw)))
  const place = sealedUploadPlace(recording, sequence)
  const aes = randomBytes(32)
  const cipher = createCipheriv('aes-256-gcm', aes, new Uint8Array(12)).setAAD(place)
  const body = Buffer.concat([cipher.update(made.body), cipher.final(), cipher.getAuthTag()])
  const wrapped = await suite.seal({ recipientPublicKey, info: whole(sealedUploadInfo) }, whole(aes), whole(place))
  return frameSealedUpload({
    keyId: to?.keyId ?? queue.keyId,
    enc: new Uint8Array(wrapped.enc),
    wrappedKey: new Uint8Array(wrapped.ct),
    body,
  })
}

type CryptoKey = Awaited<ReturnType<typeof suite.kem.deserializePublicKey>>

async function put(recording: string, sequence: number, body: Uint8Array, sealed: boolean): Promise<Said> {
  const headers = { 'content-type': sealed ? sealedUploadType : 'application/octet-stream' }
  const url = `/api/recordings/${recording}/segments/${sequence}`
  return saidOf(await house.call({ method: 'PUT', url, headers, body }))
}

function whole(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer
}
