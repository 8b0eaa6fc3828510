import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core'
import { frameSealedUpload, fromBase64Url, sealedUploadInfo, sealedUploadPlace } from '@sereno/proof'

/** The installation's public key that the phone seals its queue to. */
export type QueueKey = { readonly keyId: string; readonly algorithm: string; readonly publicKey: string }

/** Turns an upload body into one that only the installation opens, at this place only. */
export type SealBody = (
  recording: string,
  sequence: number,
  body: Uint8Array<ArrayBuffer>,
) => Promise<Uint8Array<ArrayBuffer>>

const suite = new CipherSuite({
  kem: new DhkemX25519HkdfSha256(),
  kdf: new HkdfSha256(),
  aead: new Aes256Gcm(),
})
const nonce = new Uint8Array(12)

/**
 * Sealing to this key (evidence format, section 3); null when the key is of a kind this application does not know. The
 * phone forgets the AES key of each body as soon as it is sealed: from then on it holds nothing that opens it.
 */
export async function sealTo(key: QueueKey): Promise<SealBody | null> {
  const raw = key.algorithm === 'x25519' ? fromBase64Url(key.publicKey) : null
  if (raw?.length !== 32) {
    return null
  }
  const recipientPublicKey = await suite.kem.deserializePublicKey(own(raw))
  return async (recording, sequence, body) => {
    const place = sealedUploadPlace(recording, sequence)
    // the nonce may be fixed because this key is used for nothing else
    const bodyKey = crypto.getRandomValues(new Uint8Array(32))
    const aes = await crypto.subtle.importKey('raw', bodyKey, 'AES-GCM', false, ['encrypt'])
    const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv: nonce, additionalData: place }, aes, body)
    const wrapped = await suite.seal({ recipientPublicKey, info: own(sealedUploadInfo) }, bodyKey.buffer, own(place))
    bodyKey.fill(0)
    return frameSealedUpload({
      keyId: key.keyId,
      enc: new Uint8Array(wrapped.enc),
      wrappedKey: new Uint8Array(wrapped.ct),
      body: new Uint8Array(sealed),
    })
  }
}

// A buffer of its own: the library is given whole buffers.
function own(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer
}
