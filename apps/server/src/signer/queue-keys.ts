import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core'
import { keyId, sealedUploadInfo } from '@sereno/proof'
import { type KeyInfo, SignerRefusal } from './terms.ts'
import type { Vault } from './vault.ts'

/** What phones seal their queues to. The private half opens 80 bytes at a time here and never leaves. */
export type QueueKeys = {
  /** The one to seal to now. */
  readonly current: KeyInfo
  /** The AES key of one sealed upload (RFC 9180 §6.1). Throws `SignerRefusal` signer.cannot-open. */
  readonly open: (sealed: {
    readonly keyId: string
    readonly enc: Uint8Array
    readonly wrappedKey: Uint8Array
    readonly place: Uint8Array
  }) => Promise<Uint8Array>
}

const suite = new CipherSuite({
  kem: new DhkemX25519HkdfSha256(),
  kdf: new HkdfSha256(),
  aead: new Aes256Gcm(),
})
/** `queue.key` is the current one. One that it replaced stays as `queue-<key id>.key`: what lies on phones must open. */
const keyFile = /^queue(?:-[0-9a-f]{16})?\.key$/

/** Reads the keys, making the current one when there is none. PKCS#8 PEM. */
export async function openQueueKeys(vault: Pick<Vault, 'names' | 'read' | 'write'>): Promise<QueueKeys> {
  const current = await infoOf(openCurrent(vault))
  const privateKeys = new Map<string, CryptoKey>()
  for (const name of vault.names().filter((each) => keyFile.test(each))) {
    const stored = vault.read(name)
    if (stored !== null) {
      const key = createPrivateKey(Buffer.from(stored))
      privateKeys.set((await infoOf(key)).keyId, await importable(key))
    }
  }
  return {
    current,
    async open({ keyId: wanted, enc, wrappedKey, place }) {
      const recipientKey = privateKeys.get(wanted)
      if (recipientKey === undefined) {
        throw new SignerRefusal('signer.cannot-open', `no key ${wanted}`)
      }
      try {
        const opened = await suite.open(
          { recipientKey, enc: own(enc), info: own(sealedUploadInfo) },
          own(wrappedKey),
          own(place),
        )
        return new Uint8Array(opened)
      } catch {
        throw new SignerRefusal('signer.cannot-open', `not sealed to ${wanted} for this place`)
      }
    },
  }
}

type CryptoKey = Awaited<ReturnType<typeof suite.kem.deserializePrivateKey>>

function openCurrent(vault: Pick<Vault, 'read' | 'write'>): KeyObject {
  const stored = vault.read('queue.key')
  if (stored !== null) {
    return createPrivateKey(Buffer.from(stored))
  }
  const { privateKey } = generateKeyPairSync('x25519')
  vault.write('queue.key', privateKey.export({ type: 'pkcs8', format: 'pem' }))
  return privateKey
}

async function infoOf(key: KeyObject): Promise<KeyInfo> {
  const { x = '' } = createPublicKey(key).export({ format: 'jwk' })
  const open = { algorithm: 'x25519', publicKey: x }
  return { ...open, keyId: await keyId(open) }
}

function importable(key: KeyObject): Promise<CryptoKey> {
  const { d = '' } = key.export({ format: 'jwk' })
  return suite.kem.deserializePrivateKey(own(Buffer.from(d, 'base64url')))
}

// A buffer of its own: WebCrypto is given whole buffers by the library.
function own(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer
}
