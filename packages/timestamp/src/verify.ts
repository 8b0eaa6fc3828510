import { fromBase64, type Trust } from '@sereno/proof'
import { ObjectIdentifier, type OctetString } from 'asn1js'
import { Certificate, ExtKeyUsage, id_ExtKeyUsage, id_sha256, SignedData, SignedDataVerifyError, TSTInfo } from 'pkijs'
import { bufferOf } from './bytes.ts'
import { tokenOf } from './exchange.ts'
import { accept, type Result, refuse } from './result.ts'

/** What a token says, once it is verified. */
export type Stamp = {
  readonly atMs: number
  /** Common name of the certificate that signed it. */
  readonly signedBy: string
  /** When that certificate ends. */
  readonly expiresAtMs: number
}

export type StampProblem = 'malformed-timestamp' | 'timestamp-differs' | 'unknown-authority' | 'bad-signature'

const tstInfoType = '1.2.840.113549.1.9.16.1.4'
const plainData = '1.2.840.113549.1.7.1'
const contentTypeAttribute = '1.2.840.113549.1.9.3'
const timeStampingPurpose = '1.3.6.1.5.5.7.3.8'
const commonName = '2.5.4.3'

/**
 * Verifies an RFC 3161 token: over this SHA-256, with this nonce if given, signed by a certificate made for time
 * stamping alone that leads to one of the authorities' (PEM), as it was valid when the stamp was made. Revocation is
 * not looked up. Never throws on what it reads.
 */
export async function verifyStamp(
  token: Uint8Array,
  wanted: { readonly sha256: Uint8Array; readonly certificates: readonly string[]; readonly nonce?: Uint8Array },
): Promise<Result<Stamp, StampProblem>> {
  const read = readToken(token)
  const trusted = wanted.certificates.map(readCertificate).filter((certificate) => certificate !== null)
  if (read === null) {
    return refuse('malformed-timestamp')
  }
  const { signed, info } = read
  const { messageImprint } = info
  const hashed = new Uint8Array(messageImprint.hashedMessage.valueBlock.valueHexView)
  const isOver = messageImprint.hashAlgorithm.algorithmId === id_sha256 && same(hashed, wanted.sha256)
  const nonce = info.nonce === undefined ? null : new Uint8Array(info.nonce.valueBlock.valueHexView)
  const isAnswer = wanted.nonce === undefined || (nonce !== null && same(nonce, new Uint8Array([1, ...wanted.nonce])))
  if (!isOver || !isAnswer) {
    return refuse('timestamp-differs')
  }
  const checked = await checkSignature(signed, info.genTime, trusted)
  if (!checked.ok) {
    return checked
  }
  const signer = checked.value
  return accept({
    atMs: info.genTime.getTime(),
    signedBy: nameOf(signer),
    expiresAtMs: signer.notAfter.value.getTime(),
  })
}

/** For the verifier of packages: by the authorities of a trust file. */
export async function checkTimestamp(
  token: Uint8Array,
  sha256: Uint8Array,
  trust: Pick<Trust, 'timeAuthorities'>,
): Promise<
  | { readonly status: 'good'; readonly authority: string; readonly atMs: number }
  | { readonly status: 'bad'; readonly code: StampProblem }
> {
  let code: StampProblem = 'unknown-authority'
  for (const { name, certificate } of trust.timeAuthorities ?? []) {
    const stamp = await verifyStamp(token, { sha256, certificates: [certificate] })
    if (stamp.ok) {
      return { status: 'good', authority: name, atMs: stamp.value.atMs }
    }
    code = stamp.code === 'unknown-authority' ? code : stamp.code
  }
  return { status: 'bad', code }
}

export function isCertificate(pem: string): boolean {
  return readCertificate(pem) !== null
}

function readToken(der: Uint8Array): { readonly signed: SignedData; readonly info: TSTInfo } | null {
  try {
    const signed = new SignedData({ schema: tokenOf(der)?.content })
    const { eContent, eContentType } = signed.encapContentInfo
    const [signer] = signed.signerInfos
    const attribute = signer?.signedAttrs?.attributes.find(({ type }) => type === contentTypeAttribute)?.values[0]
    const says = attribute instanceof ObjectIdentifier ? attribute.valueBlock.toString() : null
    if (
      eContent === undefined ||
      eContentType !== tstInfoType ||
      says !== tstInfoType ||
      signed.signerInfos.length !== 1
    ) {
      return null
    }
    return { signed, info: TSTInfo.fromBER((eContent as OctetString).getValue()) }
  } catch {
    return null
  }
}

async function checkSignature(
  signed: SignedData,
  at: Date,
  trusted: readonly Certificate[],
): Promise<Result<Certificate, StampProblem>> {
  // The library would hash the stamped bytes again; we have their hash only and have compared it. As plain data it
  // checks the rest: the digest over what was signed, the signature, the chain at the time of the stamp.
  signed.encapContentInfo.eContentType = plainData
  const own = signed.certificates?.filter((certificate) => certificate instanceof Certificate) ?? []
  const isDirect = own.some((certificate) => trusted.some((known) => isSame(certificate, known) && isForStamps(known)))
  try {
    const result = await signed.verify({
      signer: 0,
      checkDate: at,
      checkChain: !isDirect,
      trustedCerts: [...trusted],
      extendedMode: true,
    })
    const signer = result.signerCertificate
    if (result.signatureVerified !== true || !(signer instanceof Certificate)) {
      return refuse('bad-signature')
    }
    const isKnown = !isDirect || trusted.some((known) => isSame(known, signer))
    const isValid = signer.notBefore.value <= at && at <= signer.notAfter.value
    return isKnown && isValid && isForStamps(signer) ? accept(signer) : refuse('unknown-authority')
  } catch (error) {
    const isChain = error instanceof SignedDataVerifyError && (error.code === 5 || error.code === 3 || error.code === 2)
    return refuse(isChain ? 'unknown-authority' : 'bad-signature')
  }
}

// RFC 3161 §2.3: one extended key usage, critical, and no other.
function isForStamps(certificate: Certificate): boolean {
  const usage = certificate.extensions?.find(({ extnID }) => extnID === id_ExtKeyUsage)
  const parsed: unknown = usage?.parsedValue
  return (
    usage?.critical === true &&
    parsed instanceof ExtKeyUsage &&
    parsed.keyPurposes.length === 1 &&
    parsed.keyPurposes[0] === timeStampingPurpose
  )
}

function nameOf(certificate: Certificate): string {
  const found = certificate.subject.typesAndValues.find(({ type }) => String(type) === commonName)
  return String(found?.value.valueBlock.value ?? '')
}

function readCertificate(pem: string): Certificate | null {
  const body = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/.exec(pem)?.[1]
  const der = fromBase64((body ?? '').replaceAll(/\s/g, ''))
  if (der === null || der.length === 0) {
    return null
  }
  try {
    return Certificate.fromBER(bufferOf(der))
  } catch {
    return null
  }
}

function isSame(left: Certificate, right: Certificate): boolean {
  return same(new Uint8Array(left.toSchema().toBER(false)), new Uint8Array(right.toSchema().toBER(false)))
}

function same(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, place) => byte === right[place])
}
