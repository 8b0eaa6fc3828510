import { type Bytes, fromUtf8, utf8 } from './bytes.ts'
import { decodeCanonical, encodeCanonical, type Json } from './canonical-json.ts'
import { sha256Hex } from './hash.ts'
import { type PublicKey, publicKeyShape } from './keys.ts'
import { accept, type Result, refuse } from './result.ts'
import { type Check, flag, hash, instantMs, integer, list, oneOf, shape, text, uuid } from './shape.ts'

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
  /** Who outside the municipality watches the log. */
  readonly witnesses: readonly TrustedWitness[]
  /** How many of them must have cosigned a checkpoint. Absent: none need to. */
  readonly quorum?: number
  /** Whose RFC 3161 time stamps count. */
  readonly timeAuthorities?: readonly TimeAuthority[]
  /** Logs that this one continues, with the checkpoint that each ended with, newest first. */
  readonly previousLogs?: readonly PreviousLog[]
}

/** One body with one or more keys: however many of them signed, it counts once. */
export type TrustedWitness = { readonly name: string; readonly keys: readonly string[] }

/** The certificate is PEM: the authority's own, or the root that its chain ends in. */
export type TimeAuthority = { readonly name: string; readonly certificate: string }

export type PreviousLog = {
  readonly origin: string
  readonly keys: readonly string[]
  readonly size: number
  /** Root of its last checkpoint, hexadecimal. */
  readonly root: string
}

const keys = list(publicKeyShape, 32)
const vkeys = list(text(/^[\x21-\x7e]{1,4096}$/), 32)
const pem = text(/^-----BEGIN CERTIFICATE-----\n(?:[A-Za-z0-9+/=]{1,76}\n)+-----END CERTIFICATE-----\n?$/)

const personsName = text(/^[^\p{C}]{1,200}$/u)

type Required = Omit<Trust, 'quorum' | 'timeAuthorities' | 'previousLogs'>

const requiredShape: Check<Required> = shape<Required>({
  format: oneOf(1),
  installation: uuid,
  municipality: uuid,
  name: personsName,
  demonstration: flag,
  madeAtMs: instantMs,
  log: shape({ origin: uuid, keys: vkeys }),
  manifestKeys: keys,
  packageKeys: keys,
  receiptKeys: keys,
  promiseKeys: keys,
  witnesses: list(shape<TrustedWitness>({ name: personsName, keys: vkeys }), 32),
})

// Members that came later: a file without them is as good as it was.
const optionalChecks: { readonly [Name in keyof Omit<Trust, keyof Required>]-?: Check<NonNullable<Trust[Name]>> } = {
  quorum: integer(1, 32),
  timeAuthorities: list(shape<TimeAuthority>({ name: personsName, certificate: pem }), 32),
  previousLogs: list(shape<PreviousLog>({ origin: uuid, keys: vkeys, size: integer(1), root: hash }), 32),
}

const trustShape: Check<Trust> = (value) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return undefined
  }
  const members = Object.entries(value)
  const required = requiredShape(Object.fromEntries(members.filter(([name]) => !Object.hasOwn(optionalChecks, name))))
  const optional: Record<string, unknown> = {}
  for (const [name, check] of Object.entries<Check<unknown>>(optionalChecks)) {
    const member = members.find(([found]) => found === name)
    const read = member === undefined ? undefined : check(member[1])
    if (member !== undefined && read === undefined) {
      return undefined
    }
    if (read !== undefined) {
      optional[name] = read
    }
  }
  return required === undefined ? undefined : { ...required, ...optional }
}

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
