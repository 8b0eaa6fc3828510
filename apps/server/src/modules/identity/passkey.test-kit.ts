/** A passkey without a browser: WebAuthn Level 3 by hand, for one account on one device. */
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { toBase64Url } from '@sereno/proof'

const sha256 = (bytes: Uint8Array | string): Buffer => createHash('sha256').update(bytes).digest()
const isPresent = 0x01
const isVerified = 0x04
const hasCredential = 0x40

export type SoftPasskey = ReturnType<typeof softPasskey>

export function softPasskey(origin: string) {
  const { hostname } = new URL(origin)
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const x = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url')
  const id = randomBytes(32)
  let counter = 0

  function data(flags: number): Buffer {
    const head = Buffer.alloc(5)
    head[0] = flags
    counter += 1
    head.writeUInt32BE(counter, 1)
    return Buffer.concat([sha256(hostname), head])
  }
  const client = (type: string, challenge: string): Buffer =>
    Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }))
  const named = { id: toBase64Url(id), rawId: toBase64Url(id), type: 'public-key', clientExtensionResults: {} }

  return {
    id: named.id,
    /** The answer to `POST /me/passkeys/challenge`. */
    register(challenge: string) {
      const length = Buffer.alloc(2)
      length.writeUInt16BE(id.length)
      // COSE: kty OKP, alg EdDSA, crv Ed25519
      const key = Buffer.concat([Buffer.from('a4010103272006215820', 'hex'), x])
      const bytes = Buffer.concat([data(isPresent | isVerified | hasCredential), Buffer.alloc(16), length, id, key])
      const size = Buffer.alloc(2)
      size.writeUInt16BE(bytes.length)
      // CBOR: { fmt: 'none', attStmt: {}, authData: … }
      const attestation = Buffer.concat([
        Buffer.from('a363666d74646e6f6e656761747453746d74a0686175746844617461', 'hex'),
        Buffer.from([0x59]),
        size,
        bytes,
      ])
      return {
        ...named,
        response: {
          clientDataJSON: toBase64Url(client('webauthn.create', challenge)),
          attestationObject: toBase64Url(attestation),
          transports: ['internal'],
        },
      }
    },
    /** The answer to `POST /session/passkey/challenge`. */
    answer(challenge: string) {
      const authenticatorData = data(isPresent | isVerified)
      const clientData = client('webauthn.get', challenge)
      const signature = sign(null, Buffer.concat([authenticatorData, sha256(clientData)]), privateKey)
      return {
        ...named,
        response: {
          clientDataJSON: toBase64Url(clientData),
          authenticatorData: toBase64Url(authenticatorData),
          signature: toBase64Url(signature),
        },
      }
    },
  }
}
