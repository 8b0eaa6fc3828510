import { fromBase64 } from '@sereno/proof'
import { BitString, type OctetString } from 'asn1js'
import {
  type AlgorithmIdentifier,
  BasicConstraints,
  Certificate,
  type Extension,
  ExtKeyUsage,
  getCrypto,
  id_BasicConstraints,
  id_CertificatePolicies,
  id_ExtKeyUsage,
  id_KeyUsage,
  id_SubjectKeyIdentifier,
  type RelativeDistinguishedNames,
  RSAPublicKey,
} from 'pkijs'
import { curves, ellipticKey, leastRsaBits, rsaKey, signatureOf } from './algorithms.ts'
import { bufferOf } from './bytes.ts'
import { isDer } from './der.ts'

const timeStampingPurpose = '1.3.6.1.5.5.7.3.8'
const commonName = '2.5.4.3'
/** Critical extensions that are looked at below; any other refuses (RFC 5280 §4.2). */
const understood: ReadonlySet<string> = new Set([
  id_BasicConstraints,
  id_KeyUsage,
  id_ExtKeyUsage,
  id_CertificatePolicies,
])

/** Null for what is no certificate. */
export function readCertificate(pem: string): Certificate | null {
  const body = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/.exec(pem)?.[1]
  const der = fromBase64((body ?? '').replaceAll(/\s/g, ''))
  if (der === null || !isDer(der)) {
    return null
  }
  try {
    return Certificate.fromBER(bufferOf(der))
  } catch {
    return null
  }
}

export function nameOf(certificate: Certificate): string {
  const found = certificate.subject.typesAndValues.find(({ type }) => String(type) === commonName)
  return String(found?.value.valueBlock.value ?? '')
}

/** RFC 3161 §2.3: one extended key usage, critical, and no other. */
export function isForStamps(certificate: Certificate): boolean {
  const usage = extension(certificate, id_ExtKeyUsage)
  const parsed: unknown = usage?.parsedValue
  const isOnly = parsed instanceof ExtKeyUsage && parsed.keyPurposes.join() === timeStampingPurpose
  return usage?.critical === true && isOnly && mayDo(certificate, [0, 1]) && isUnderstood(certificate)
}

export function isValidAt(certificate: Certificate, at: Date): boolean {
  return certificate.notBefore.value <= at && at <= certificate.notAfter.value
}

type KeyState = 'good' | 'weak' | 'unsupported'

function keyStateOf(certificate: Certificate): KeyState {
  const { algorithm, bits, curve } = keyOf(certificate)
  if (algorithm === rsaKey) {
    return bits < leastRsaBits ? 'weak' : 'good'
  }
  return algorithm === ellipticKey && curves.has(curve) ? 'good' : 'unsupported'
}

/** What kind of key it is, and of how many bits where that says how strong. */
export function keyOf({ subjectPublicKeyInfo }: Certificate): {
  readonly algorithm: string
  readonly bits: number
  readonly curve: string
} {
  const { algorithm, subjectPublicKey } = subjectPublicKeyInfo
  const isRsa = algorithm.algorithmId === rsaKey
  return {
    algorithm: algorithm.algorithmId,
    bits: isRsa ? modulusBits(subjectPublicKey.valueBlock.valueHexView) : 0,
    curve: isRsa ? '' : String(algorithm.algorithmParams?.valueBlock ?? ''),
  }
}

function modulusBits(key: Uint8Array): number {
  try {
    const digits = RSAPublicKey.fromBER(bufferOf(key)).modulus.valueBlock.valueHexView
    const from = digits.findIndex((byte) => byte !== 0)
    return from < 0 ? 0 : (digits.length - from) * 8 - (Math.clz32(digits[from] ?? 0) - 24)
  } catch {
    return 0
  }
}

/** The certificate's own subject key identifier, or null. */
export function keyIdentifierOf(certificate: Certificate): Uint8Array | null {
  const parsed = extension(certificate, id_SubjectKeyIdentifier)?.parsedValue as OctetString | undefined
  return parsed === undefined ? null : new Uint8Array(parsed.valueBlock.valueHexView)
}

export function isSame(left: Certificate, right: Certificate): boolean {
  const [one, other] = [left, right].map(({ signatureValue }) => signatureValue.valueBlock.valueHexView)
  const isSigned = one !== undefined && other !== undefined && sameBytes(one, other)
  return isSigned && sameBytes(left.tbsView, right.tbsView)
}

export function derOf(certificate: Certificate): Uint8Array {
  return new Uint8Array(certificate.toSchema().toBER(false))
}

export function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, place) => byte === right[place])
}

/** Whether one names the other as its issuer, byte for byte. */
export function isNamedIssuer(certificate: Certificate, issuer: Certificate): boolean {
  return sameBytes(nameBytes(certificate.issuer), nameBytes(issuer.subject))
}

type Signed = {
  readonly key: Certificate
  readonly algorithm: AlgorithmIdentifier
  /** WebCrypto's name; null where the algorithm is none of ours. */
  readonly digest: string | null
  readonly signature: BitString | OctetString
  readonly bytes: Uint8Array
}

/** Whether a signature over these bytes is by the key of a certificate. */
export async function signatureState(signed: Signed): Promise<'good' | 'bad' | 'weak' | 'unsupported'> {
  const { key, algorithm, digest, signature, bytes } = signed
  const state = keyStateOf(key)
  const wanted = signatureOf(algorithm.algorithmId)
  if (digest === null || wanted === null || state === 'unsupported') {
    return 'unsupported'
  }
  const { subjectPublicKeyInfo } = key
  const isElliptic = wanted.key === ellipticKey
  if (wanted.key !== subjectPublicKeyInfo.algorithm.algorithmId) {
    return 'bad'
  }
  if (isElliptic && !isDer(signature.valueBlock.valueHexView)) {
    return 'bad'
  }
  try {
    const data = bufferOf(bytes)
    const isGood = await getCrypto(true).verifyWithPublicKey(data, signature, subjectPublicKeyInfo, algorithm, digest)
    return isGood ? (state === 'weak' ? 'weak' : 'good') : 'bad'
  } catch {
    return 'bad'
  }
}

/** Whether it is an authority's, and allows so many certificates between itself and the signer's. */
export function mayIssue(certificate: Certificate, below: number): boolean {
  const parsed: unknown = extension(certificate, id_BasicConstraints)?.parsedValue
  if (!(parsed instanceof BasicConstraints) || !parsed.cA) {
    return false
  }
  const most = parsed.pathLenConstraint
  const isLong = typeof most === 'number' && below > most
  return !isLong && mayDo(certificate, [5]) && isUnderstood(certificate)
}

/** Whether one of these bits of the key usage is set; without the extension everything is allowed. */
function mayDo(certificate: Certificate, bits: readonly number[]): boolean {
  const usage = extension(certificate, id_KeyUsage)
  if (usage === null) {
    return true
  }
  const parsed: unknown = usage.parsedValue
  const [first = 0] = parsed instanceof BitString ? parsed.valueBlock.valueHexView : []
  return bits.some((bit) => (first & (0x80 >> bit)) !== 0)
}

function isUnderstood(certificate: Certificate): boolean {
  return (certificate.extensions ?? []).every(({ critical, extnID }) => !critical || understood.has(extnID))
}

function nameBytes(name: RelativeDistinguishedNames): Uint8Array {
  return new Uint8Array(name.valueBeforeDecode)
}

function extension(certificate: Certificate, id: string): Extension | null {
  return certificate.extensions?.find(({ extnID }) => extnID === id) ?? null
}
