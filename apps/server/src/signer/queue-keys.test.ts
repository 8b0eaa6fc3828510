import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core'
import { sealedUploadInfo, sealedUploadPlace } from '@sereno/proof'
import { expect, test } from 'vitest'
import { openQueueKeys } from './queue-keys.ts'
import type { KeyInfo } from './terms.ts'
import type { Vault } from './vault.ts'

const suite = new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() })
const place = sealedUploadPlace('11111111-1111-4111-8111-111111111111', 7)
const secret = new Uint8Array(32).fill(9)

test('one key for ever; what was sealed to the one before still opens; another place does not', async () => {
  const kept = new Map<string, Uint8Array>()
  const vault: Pick<Vault, 'names' | 'read' | 'write'> = {
    names: () => [...kept.keys()],
    read: (name) => kept.get(name) ?? null,
    write: (name, bytes) => {
      kept.set(name, typeof bytes === 'string' ? Buffer.from(bytes) : bytes)
    },
  }
  const first = await openQueueKeys(vault)
  expect((await openQueueKeys(vault)).current).toEqual(first.current)
  const sealed = await sealTo(first.current)
  expect(await first.open(sealed)).toEqual(secret)

  // rotation: the old one steps aside under its own name, and a new one is made
  kept.set(`queue-${first.current.keyId}.key`, kept.get('queue.key') ?? new Uint8Array())
  kept.delete('queue.key')
  const second = await openQueueKeys(vault)
  expect(second.current.keyId).not.toBe(first.current.keyId)
  expect(await second.open(sealed)).toEqual(secret)
  expect(await second.open(await sealTo(second.current))).toEqual(secret)

  const refused = { code: 'signer.cannot-open' }
  const elsewhere = sealedUploadPlace('11111111-1111-4111-8111-111111111111', 8)
  await expect(second.open({ ...sealed, place: elsewhere })).rejects.toMatchObject(refused)
  await expect(second.open({ ...sealed, keyId: second.current.keyId })).rejects.toMatchObject(refused)
  await expect(second.open({ ...sealed, keyId: '0'.repeat(16) })).rejects.toMatchObject(refused)
  await expect(second.open({ ...sealed, enc: new Uint8Array(32) })).rejects.toMatchObject(refused)
})

async function sealTo({ keyId, publicKey }: KeyInfo) {
  const recipientPublicKey = await suite.kem.deserializePublicKey(whole(Buffer.from(publicKey, 'base64url')))
  const { enc, ct } = await suite.seal(
    { recipientPublicKey, info: whole(sealedUploadInfo) },
    whole(secret),
    whole(place),
  )
  return { keyId, enc: new Uint8Array(enc), wrappedKey: new Uint8Array(ct), place }
}

function whole(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer
}
