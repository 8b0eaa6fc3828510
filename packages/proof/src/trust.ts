import { type Bytes, fromUtf8, utf8 } from './bytes.ts'
import { decodeCanonical, encodeCanonical, type Json } from './canonical-json.ts'
import { sha256Hex } from './hash.ts'
import { type PublicKey, publicKeyShape } from './keys.ts'
import { accept, type Result, refuse } from './result.ts'
import { type Check, flag, instantMs, list, oneOf, shape, text, uuid } from './shape.ts'

/**
 * Which keys speak for a municipality. A verifier gets it from elsewhere (gazette, hand-over record, witness),
 * never from the package; the copy inside a package (`origin.json`) is a claim.
 */
export type Trust = {
  readonly format: 1
  readonly installation: string
  readonly municipality: string
  /** The municipality's name, for people. */
  readonly name: string
  /** A demonstration accepts simulated devices; a real installation never does. */
  readonly demonstration: boolean
  readonly madeAtMs: number
  readonly log: {
    /** The log's UUID, which is also the name of its keys. */
    readonly origin: string
    /** C2SP verifier keys. */
    readonly keys: readonly string[]
  }
  readonly manifestKeys: readonly PublicKey[]
  readonly packageKeys: readonly PublicKey[]
  readonly receiptKeys: readonly PublicKey[]
  readonly promiseKeys: readonly PublicKey[]
  /** C2SP verifier keys of witnesses. */
  readonly witnesses: readonly string[]
}

const keys = list(publicKeyShape, 32)
const vkeys = list(text(/^[\x21-\x7e]{1,4096}$/), 32)

const trustShape: Check<Trust> = shape<Trust>({
  format: oneOf(1),
  installation: uuid,
  municipality: uuid,
  name: text(/^[^\p{C}]{1,200}$/u),
  demonstration: flag,
  madeAtMs: instantMs,
  log: shape({ origin: uuid, keys: vkeys }),
  manifestKeys: keys,
  packageKeys: keys,
  receiptKeys: keys,
  promiseKeys: keys,
  witnesses: vkeys,
})

/** The form in which it is published: the canonical members on lines of their own, for people to compare. */
export function formatTrust(trust: Trust): string {
  return `${JSON.stringify(JSON.parse(fromUtf8(encodeTrust(trust)) ?? 'null'), null, 2)}\n`
}

/** Canonical bytes, as they stand in a package. */
export function encodeTrust(trust: Trust): Bytes {
  const value: Json = { ...trust }
  if (trustShape(value) === undefined) {
    throw new TypeError('not a trust file')
  }
  return encodeCanonical(value)
}

/**
 * Reads a trust file. White space between tokens is free, so that it survives being printed and typed; the rest is
 * canonical JSON.
 */
export function parseTrust(bytes: Uint8Array): Result<Trust, 'malformed-trust'> {
  const printed = fromUtf8(bytes)
  if (printed === null || bytes.length > 1024 * 1024 || !printed.isWellFormed()) {
    return refuse('malformed-trust')
  }
  const decoded = decodeCanonical(utf8(withoutWhiteSpace(printed)))
  const trust = decoded.ok ? trustShape(decoded.value) : undefined
  return trust === undefined ? refuse('malformed-trust') : accept(trust)
}

/** SHA-256 of the canonical form: what people read to one another, and what a gazette prints. */
export async function trustFingerprint(trust: Trust): Promise<string> {
  return sha256Hex(encodeTrust(trust))
}

// Outside strings only. A string that is not closed is left to the decoder to refuse.
function withoutWhiteSpace(json: string): string {
  return json.replaceAll(/("(?:[^"\\]|\\.)*")|[ \t\r\n]+/g, '$1')
}
