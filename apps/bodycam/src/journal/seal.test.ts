import { createDecipheriv } from 'node:crypto'
import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core'
import {
  keyId,
  parseSealedUpload,
  type SealedUpload,
  sealedUploadInfo,
  sealedUploadPlace,
  toBase64Url,
} from '@sereno/proof'
import { beforeAll, expect, test } from 'vitest'
import { openJournal } from './journal.ts'
import { type MemoryFolder, memoryFolder } from './memory-folder.ts'
import type { Signed } from './recording-index.ts'
import { type SealBody, sealTo } from './seal.ts'
import { unseal, type VaultKey } from './vault.ts'

const recording = '11111111-1111-4111-8111-111111111111'
const suite = new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() })
let vault: VaultKey
let seal: SealBody
let open: (sequence: number, sealed: SealedUpload) => Promise<Uint8Array>

beforeAll(async () => {
  const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
  vault = { key, randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)) }
  const pair = await suite.kem.generateKeyPair()
  const publicKey = toBase64Url(new Uint8Array(await suite.kem.serializePublicKey(pair.publicKey)))
  const known = { algorithm: 'x25519', publicKey }
  seal = (await sealTo({ ...known, keyId: await keyId(known) }))!
  open = async (sequence, { enc, wrappedKey, body }) => {
    const place = sealedUploadPlace(recording, sequence)
    const whole = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer
    const context = { recipientKey: pair.privateKey, enc: whole(enc), info: whole(sealedUploadInfo) }
    const aes = new Uint8Array(await suite.open(context, whole(wrappedKey), whole(place)))
    const decipher = createDecipheriv('aes-256-gcm', aes, new Uint8Array(12))
    decipher.setAAD(place).setAuthTag(body.subarray(-16))
    return Buffer.concat([decipher.update(body.subarray(0, -16)), decipher.final()])
  }
})

test('after the stop the phone holds nothing that it can open; the installation opens all of it', async () => {
  const folder = memoryFolder()
  const journal = await recorded(folder, 4)
  expect(await journal.sealAway(recording, seal)).toBe(4)
  for (const [file, bytes] of folder.state.files) {
    for (let sequence = 0; sequence < 4 && !file.endsWith('/log'); sequence += 1) {
      expect(await unseal(vault, `body/${recording}/${sequence}`, bytes)).toBeNull()
    }
  }
  for (let sequence = 0; sequence < 4; sequence += 1) {
    expect(await journal.body(recording, sequence)).toBeNull()
    const sealed = parseSealedUpload((await journal.sealedBody(recording, sequence))!)!
    expect([...(await open(sequence, sealed))]).toEqual([...bodyOf(sequence)])
    // a box is good for its own place only
    await expect(open(sequence + 1, sealed)).rejects.toThrow()
  }
  expect(await journal.sealAway(recording, seal)).toBe(0)
})

test('what is still being recorded stays as it is', async () => {
  const journal = await openJournal(memoryFolder(), vault)
  await journal.open(recording, 1, false)
  await journal.commit(recording, signed(0, 'media'), bodyOf(0))
  expect(await journal.sealAway(recording, seal)).toBe(0)
  expect(await journal.body(recording, 0)).not.toBeNull()
})

test('a kill at any write or removal while it seals: the next start finishes it, and no body is lost', async () => {
  for (let steps = 0; steps <= 8; steps += 1) {
    const folder = memoryFolder()
    const journal = await recorded(folder, 4)
    let left = steps
    const dying: SealBody = async (...given) => {
      // the kill comes between any two files
      if (left === 0) {
        throw new Error('killed')
      }
      left -= 1
      return seal(...given)
    }
    folder.state.writesLeft = Math.floor(steps / 2)
    await journal.sealAway(recording, dying).catch(() => undefined)
    folder.state.writesLeft = Number.POSITIVE_INFINITY
    if (folder.state.files.has(`recordings/${recording}/3.seg`)) {
      // a box torn in the middle, its body still beside it
      folder.state.files.set(`recordings/${recording}/3.box`, new Uint8Array(50))
    }
    const again = await openJournal(folder, vault)
    await again.sealAway(recording, seal)
    for (let sequence = 0; sequence < 4; sequence += 1) {
      const sealed = parseSealedUpload((await again.sealedBody(recording, sequence))!)!
      expect([...(await open(sequence, sealed))]).toEqual([...bodyOf(sequence)])
    }
    expect([...folder.state.files.keys()].filter((name) => name.endsWith('.seg'))).toEqual([])
  }
})

test('a sealed copy is erased like any other: against its receipt only, and its file with it', async () => {
  const folder = memoryFolder()
  const journal = await recorded(folder, 2)
  await journal.sealAway(recording, seal)
  await journal.erase(recording, 0)
  expect(await journal.sealedBody(recording, 0)).not.toBeNull()
  await journal.note(recording, { kind: 'receipt', sequence: 0, quarantined: false, atMs: 1 })
  await journal.erase(recording, 0)
  expect(await journal.sealedBody(recording, 0)).toBeNull()
  expect(await journal.sealedBody(recording, 1)).not.toBeNull()
})

test('a key of another kind seals nothing', async () => {
  expect(await sealTo({ keyId: '00'.repeat(8), algorithm: 'ml-kem-768', publicKey: 'AAAA' })).toBeNull()
})

async function recorded(folder: MemoryFolder, count: number) {
  const journal = await openJournal(folder, vault)
  await journal.open(recording, 1, false)
  for (let sequence = 0; sequence < count; sequence += 1) {
    await journal.commit(recording, signed(sequence, sequence === count - 1 ? 'stop' : 'media'), bodyOf(sequence))
  }
  return journal
}

function bodyOf(sequence: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(300).fill(sequence + 1)
}

function signed(sequence: number, what: 'media' | 'stop'): Signed {
  const hash = `${sequence}`.repeat(64)
  const sizes = { sizeBytes: 300, durationMs: 2000, wallClockMs: 1, preEvent: false }
  return {
    sequence,
    counter: sequence,
    what,
    hash,
    mediaSha256: hash,
    reason: what === 'stop' ? 'officer' : null,
    ...sizes,
  }
}
