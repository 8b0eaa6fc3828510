import type { Bytes } from './bytes.ts'
import { concat, fromBase64, toBase64, utf8 } from './bytes.ts'
import { decodeCanonical, encodeCanonical, type Json } from './canonical-json.ts'
import type { Signer, Verifier } from './keys.ts'
import { accept, type Result, refuse } from './result.ts'
import { type Check, list, shape, text } from './shape.ts'

export type EnvelopeSignature = { readonly keyId: string; readonly signature: Uint8Array }

/** An opened DSSE envelope. Opening checks the form only: {@link isSignedBy} checks a signature. */
export type Envelope = {
  readonly payload: Uint8Array
  readonly payloadType: string
  readonly signatures: readonly EnvelopeSignature[]
}

type EnvelopeJson = {
  readonly payload: string
  readonly payloadType: string
  readonly signatures: readonly { readonly keyid: string; readonly sig: string }[]
}

const maximumSignatures = 8
const base64Text = text(/^[A-Za-z0-9+/]*={0,2}$/)
const envelopeShape: Check<EnvelopeJson> = shape<EnvelopeJson>({
  payload: base64Text,
  payloadType: text(/^[\x21-\x7e]{1,128}$/),
  signatures: list(shape({ keyid: text(/^[0-9a-f]{16}$/), sig: base64Text }), maximumSignatures),
})

/**
 * Pre-authentication encoding of DSSE v1 (protocol.md): the bytes that are signed.
 *
 * @example
 * preAuthenticationEncoding('http://example.com/HelloWorld', utf8('hello world'))
 * // DSSEv1 29 http://example.com/HelloWorld 11 hello world
 */
export function preAuthenticationEncoding(payloadType: string, payload: Uint8Array): Bytes {
  const type = utf8(payloadType)
  return concat(utf8(`DSSEv1 ${type.length} `), type, utf8(` ${payload.length} `), payload)
}

/** Signs and answers the envelope's own bytes, which are canonical JSON, so that they have one hash. */
export async function signEnvelope(signer: Signer, payloadType: string, payload: Uint8Array): Promise<Bytes> {
  const signature = await signer.sign(preAuthenticationEncoding(payloadType, payload))
  return encodeEnvelope({ payload, payloadType, signatures: [{ keyId: signer.keyId, signature }] })
}

/** {@link signEnvelope} over the canonical JSON of a value. */
export async function signCanonical(signer: Signer, payloadType: string, value: Json): Promise<Bytes> {
  return signEnvelope(signer, payloadType, encodeCanonical(value))
}

export function encodeEnvelope(envelope: Envelope): Bytes {
  return encodeCanonical({
    payload: toBase64(envelope.payload),
    payloadType: envelope.payloadType,
    signatures: envelope.signatures.map(({ keyId, signature }) => ({ keyid: keyId, sig: toBase64(signature) })),
  })
}

/** Reads an envelope strictly: canonical JSON, these members and no other, one to eight signatures. */
export function openEnvelope(bytes: Uint8Array): Result<Envelope, 'not-canonical' | 'malformed-envelope'> {
  const decoded = decodeCanonical(bytes)
  if (!decoded.ok) {
    return decoded
  }
  const read = envelopeShape(decoded.value)
  const payload = read === undefined ? null : fromBase64(read.payload)
  if (read === undefined || payload === null || read.signatures.length === 0) {
    return refuse('malformed-envelope')
  }
  const signatures: EnvelopeSignature[] = []
  for (const { keyid, sig } of read.signatures) {
    const signature = fromBase64(sig)
    if (signature === null) {
      return refuse('malformed-envelope')
    }
    signatures.push({ keyId: keyid, signature })
  }
  return accept({ payload, payloadType: read.payloadType, signatures })
}

/** Whether this key made one of the signatures over type and payload. */
export async function isSignedBy(envelope: Envelope, verifier: Verifier): Promise<boolean> {
  const message = preAuthenticationEncoding(envelope.payloadType, envelope.payload)
  for (const { keyId, signature } of envelope.signatures) {
    if (keyId === verifier.keyId && (await verifier.verify(message, signature))) {
      return true
    }
  }
  return false
}
