import { ObjectIdentifier, OctetString, Sequence } from 'asn1js'
import {
  type Attribute,
  Certificate,
  ContentInfo,
  IssuerAndSerialNumber,
  id_sha256,
  SignedData,
  type SignerInfo,
  TSTInfo,
} from 'pkijs'
import { identifyingDigest } from './algorithms.ts'
import { bufferOf } from './bytes.ts'
import { derOf, isSame, keyIdentifierOf, sameBytes } from './certificate.ts'
import { isDer } from './der.ts'

/** A time stamp token, taken apart: what it says, who says it, and what was signed. Nothing of it is verified. */
export type Token = {
  readonly info: TSTInfo
  /** The bytes of the TSTInfo: what the signed digest is over. */
  readonly content: Uint8Array
  readonly signer: SignerInfo
  /** SHA-256 that is stamped; null where the imprint is of another digest. */
  readonly imprint: Uint8Array | null
  readonly nonce: Uint8Array | null
  readonly certificates: readonly Certificate[]
}

const longestBytes = 64 * 1024
const signedDataType = '1.2.840.113549.1.7.2'
const tstInfoType = '1.2.840.113549.1.9.16.1.4'
const contentType = '1.2.840.113549.1.9.3'
const messageDigest = '1.2.840.113549.1.9.4'
const signingCertificate = '1.2.840.113549.1.9.16.2.12'
const signingCertificateV2 = '1.2.840.113549.1.9.16.2.47'
const sha1 = '1.3.14.3.2.26'

/** Reads a token (RFC 3161 §2.4.2), DER; null for anything else. */
export function readToken(der: Uint8Array): Token | null {
  if (der.length > longestBytes || !isDer(der)) {
    return null
  }
  try {
    const { contentType: type, content: inner } = ContentInfo.fromBER(bufferOf(der))
    const signed = new SignedData({ schema: inner })
    const { eContent, eContentType } = signed.encapContentInfo
    const [signer, ...others] = signed.signerInfos
    if (type !== signedDataType || eContentType !== tstInfoType || eContent === undefined || signer === undefined) {
      return null
    }
    const content = new Uint8Array(eContent.getValue())
    const says = attributeValue(signer, contentType)
    const isStamp = says instanceof ObjectIdentifier && says.valueBlock.toString() === tstInfoType
    if (others.length > 0 || !isStamp || !isDer(content)) {
      return null
    }
    const info = TSTInfo.fromBER(bufferOf(content))
    if (info.version !== 1) {
      return null
    }
    const { hashAlgorithm, hashedMessage } = info.messageImprint
    const isOurs = hashAlgorithm.algorithmId === id_sha256 && hashedMessage.valueBlock.valueHexView.length === 32
    return {
      info,
      content,
      signer,
      imprint: isOurs ? new Uint8Array(hashedMessage.valueBlock.valueHexView) : null,
      nonce: info.nonce === undefined ? null : new Uint8Array(info.nonce.valueBlock.valueHexView),
      certificates: signed.certificates?.filter((one) => one instanceof Certificate) ?? [],
    }
  } catch {
    return null
  }
}

/** Whether this is the certificate that the signer names: by issuer and number, or by its key's identifier. */
export function isNamedBy({ sid }: SignerInfo, certificate: Certificate): boolean {
  if (sid instanceof IssuerAndSerialNumber) {
    const isNumber = certificate.serialNumber.isEqual(sid.serialNumber)
    const wanted = new Uint8Array(sid.issuer.valueBeforeDecode)
    return isNumber && sameBytes(wanted, new Uint8Array(certificate.issuer.valueBeforeDecode))
  }
  const identifier = keyIdentifierOf(certificate)
  return identifier !== null && sid instanceof OctetString && sameBytes(identifier, sid.valueBlock.valueHexView)
}

/** The digest that was signed over the content; null without exactly one. */
export function digestSaid(signer: SignerInfo): Uint8Array | null {
  const value = attributeValue(signer, messageDigest)
  return value instanceof OctetString ? new Uint8Array(value.valueBlock.valueHexView) : null
}

/**
 * RFC 3161 §2.4.2, RFC 5816: what was signed names the signer's certificate by its hash, so that nobody puts another one
 * with the same key, and another time or purpose, in its place.
 */
export async function namesItsCertificate(signer: SignerInfo, certificate: Certificate): Promise<boolean> {
  const named = [signingCertificate, signingCertificateV2].filter((type) => attributesOf(signer, type).length > 0)
  const agree = await Promise.all(named.map(async (type) => hasHash(attributeValue(signer, type), type, certificate)))
  return agree.length > 0 && agree.every(Boolean)
}

// SigningCertificate: a sequence whose first member is a list of ESSCertID, the signer's own first.
async function hasHash(value: unknown, type: string, certificate: Certificate): Promise<boolean> {
  const list = value instanceof Sequence ? value.valueBlock.value[0] : null
  const first = list instanceof Sequence ? list.valueBlock.value[0] : null
  const [one, other] = first instanceof Sequence ? first.valueBlock.value : []
  // V2 may name its digest first, and means SHA-256 when it does not.
  const isNamed = type === signingCertificateV2 && one instanceof Sequence
  const named = isNamed ? one.valueBlock.value[0] : null
  const algorithm = named instanceof ObjectIdentifier ? named.valueBlock.toString() : null
  const digest = identifyingDigest(algorithm ?? (type === signingCertificateV2 ? id_sha256 : sha1))
  const hash = isNamed ? other : one
  if (digest === null || !(hash instanceof OctetString)) {
    return false
  }
  const own = new Uint8Array(await crypto.subtle.digest(digest, bufferOf(derOf(certificate))))
  return sameBytes(own, hash.valueBlock.valueHexView)
}

/** The one value of the one attribute of this type, or null. */
function attributeValue(signer: SignerInfo, type: string): unknown {
  const [attribute, ...more] = attributesOf(signer, type)
  const values = attribute?.values ?? []
  return more.length === 0 && values.length === 1 ? values[0] : null
}

function attributesOf(signer: SignerInfo, type: string): readonly Attribute[] {
  return signer.signedAttrs?.attributes.filter((attribute) => attribute.type === type) ?? []
}

/** Certificates, each once. */
export function distinct(certificates: readonly Certificate[]): readonly Certificate[] {
  return certificates.filter((one, place) => certificates.findIndex((other) => isSame(one, other)) === place)
}
