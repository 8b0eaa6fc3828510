import type { TimestampFinding, Trust } from '@sereno/proof'
import type { Certificate } from 'pkijs'
import { algorithmEndsAtMs, digestName, signatureOf } from './algorithms.ts'
import { bufferOf } from './bytes.ts'
import {
  isForStamps,
  isSame,
  isValidAt,
  keyOf,
  nameOf,
  readCertificate,
  sameBytes,
  signatureState,
} from './certificate.ts'
import { pathFrom } from './path.ts'
import { accept, type Result, refuse } from './result.ts'
import { digestSaid, distinct, isNamedBy, namesItsCertificate, readToken, type Token } from './token.ts'

/** What a token says, once it is verified. */
export type Stamp = {
  readonly atMs: number
  /** Common name of the certificate that signed it. */
  readonly signedBy: string
  /** Which of the authorities it leads to, by its place. */
  readonly authority: number
  /** When the certificate that signed it ends. */
  readonly expiresAtMs: number
  /** When its algorithm should no longer be the newest that vouches for anything. */
  readonly algorithmEndsAtMs: number
}

export type StampProblem =
  | 'malformed-timestamp'
  | 'timestamp-differs'
  | 'unknown-authority'
  | 'too-many-paths'
  | 'bad-signature'
  | 'weak-key'
  | 'wrong-purpose'
  | 'certificate-not-valid'
  | 'unsupported-algorithm'

const problems = {
  'no-path': 'unknown-authority',
  unsupported: 'unsupported-algorithm',
  'too-many-paths': 'too-many-paths',
} as const

/** Most certificates of a token that a path is looked for among. */
const mostCertificates = 16

/**
 * Verifies an RFC 3161 token: over this SHA-256, with this nonce if given, signed by a certificate made for time
 * stamping alone that leads to one of the authorities' (PEM), as it was valid when the stamp was made. Revocation is
 * not looked up. Never throws on what it reads. The order of the checks is the format's (section 13).
 */
export async function verifyStamp(
  token: Uint8Array,
  wanted: { readonly sha256: Uint8Array; readonly certificates: readonly string[]; readonly nonce?: Uint8Array },
): Promise<Result<Stamp, StampProblem>> {
  const read = readToken(token)
  if (read === null || read.certificates.length > mostCertificates) {
    return refuse('malformed-timestamp')
  }
  const { imprint, nonce } = read
  const isAnswer = wanted.nonce === undefined || (nonce !== null && sameBytes(nonce, Uint8Array.of(1, ...wanted.nonce)))
  if (imprint === null || !sameBytes(imprint, wanted.sha256) || !isAnswer) {
    return refuse('timestamp-differs')
  }
  const trusted = wanted.certificates.map(readCertificate)
  const known = distinct([...read.certificates, ...trusted.filter((one) => one !== null)])
  const signer = known.find((certificate) => isNamedBy(read.signer, certificate))
  if (signer === undefined) {
    return refuse('unknown-authority')
  }
  const problem = await signedWrong(read, signer)
  return problem === null ? ledTo(read, signer, trusted) : refuse(problem)
}

async function ledTo(
  read: Token,
  signer: Certificate,
  trusted: readonly (Certificate | null)[],
): Promise<Result<Stamp, StampProblem>> {
  const { genTime } = read.info
  const authorities = trusted.filter((one) => one !== null)
  const end = await pathFrom(signer, authorities, read.certificates, genTime)
  if (typeof end === 'string') {
    return refuse(problems[end])
  }
  return accept({
    atMs: genTime.getTime(),
    signedBy: nameOf(signer),
    authority: trusted.findIndex((one) => one !== null && isSame(one, end)),
    expiresAtMs: signer.notAfter.value.getTime(),
    algorithmEndsAtMs: algorithmEndsAtMs(keyOf(signer)),
  })
}

/** For the verifier of packages: by the authorities of a trust file. */
export async function checkTimestamp(
  token: Uint8Array,
  sha256: Uint8Array,
  trust: Pick<Trust, 'timeAuthorities'>,
): Promise<TimestampFinding> {
  const authorities = trust.timeAuthorities ?? []
  const stamp = await verifyStamp(token, { sha256, certificates: authorities.map(({ certificate }) => certificate) })
  if (!stamp.ok) {
    return stamp.code === 'unsupported-algorithm' ? { status: 'unsupported' } : { status: 'bad', code: stamp.code }
  }
  const { authority, atMs, expiresAtMs } = stamp.value
  return { status: 'good', authority: authorities[authority]?.name ?? '', atMs, expiresAtMs }
}

export function isCertificate(pem: string): boolean {
  return readCertificate(pem) !== null
}

async function signedWrong(read: Token, signer: Certificate): Promise<StampProblem | null> {
  const { signatureAlgorithm, digestAlgorithm, signature, signedAttrs } = read.signer
  const digest = digestName(digestAlgorithm.algorithmId)
  const wanted = signatureOf(signatureAlgorithm.algorithmId)
  if (digest === null || wanted === null) {
    return 'unsupported-algorithm'
  }
  const said = digestSaid(read.signer)
  const own = new Uint8Array(await crypto.subtle.digest(digest, bufferOf(read.content)))
  if (signedAttrs === undefined || said === null || !sameBytes(said, own)) {
    return 'bad-signature'
  }
  const state = await signatureState({
    key: signer,
    algorithm: signatureAlgorithm,
    digest: wanted.digest ?? digest,
    signature,
    bytes: new Uint8Array(signedAttrs.encodedValue),
  })
  if (state !== 'good') {
    return state === 'bad' ? 'bad-signature' : state === 'weak' ? 'weak-key' : 'unsupported-algorithm'
  }
  if (!(await namesItsCertificate(read.signer, signer))) {
    return 'bad-signature'
  }
  if (!isForStamps(signer)) {
    return 'wrong-purpose'
  }
  return isValidAt(signer, read.info.genTime) ? null : 'certificate-not-valid'
}
