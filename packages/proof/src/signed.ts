import type { Bytes } from './bytes.ts'
import { decodeCanonical, encodeCanonical, type Json } from './canonical-json.ts'
import { type Envelope, openEnvelope } from './dsse.ts'
import { accept, type Result, refuse } from './result.ts'
import type { Check } from './shape.ts'

export type SignedProblem = 'not-canonical' | 'malformed-envelope' | 'unknown-payload-type' | 'malformed-payload'

/** A payload read strictly, with the envelope whose signature is still to be checked. */
export type Opened<Value> = { readonly value: Value; readonly envelope: Envelope }

/** Opens an envelope of one payload type. Form only: `isSignedBy` checks the signature. */
export function openSigned<Value>(
  bytes: Uint8Array,
  payloadType: string,
  check: Check<Value>,
): Result<Opened<Value>, SignedProblem> {
  const envelope = openEnvelope(bytes)
  if (!envelope.ok) {
    return envelope
  }
  if (envelope.value.payloadType !== payloadType) {
    return refuse('unknown-payload-type')
  }
  const decoded = decodeCanonical(envelope.value.payload)
  if (!decoded.ok) {
    return decoded
  }
  const value = check(decoded.value)
  return value === undefined ? refuse('malformed-payload') : accept({ value, envelope: envelope.value })
}

/** The payload to be signed. Throws TypeError on a value that its own reader would refuse. */
export function encodePayload<Value>(value: Value & Json, check: Check<Value>): Bytes {
  if (check(value) === undefined) {
    throw new TypeError('not a well-formed payload')
  }
  return encodeCanonical(value)
}
