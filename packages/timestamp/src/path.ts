import type { Certificate } from 'pkijs'
import { signatureOf } from './algorithms.ts'
import { isNamedIssuer, isSame, isValidAt, mayIssue, signatureState } from './certificate.ts'
import { distinct } from './token.ts'

/** Most certificates from the signer's to an authority's, both counted. */
const longestPath = 8
/** Most signatures that one search looks at. A chain of any real authority takes a handful. */
const mostSignatures = 64

export type PathEnd = Certificate | 'no-path' | 'unsupported' | 'too-many-paths'

/**
 * The first of these authorities' certificates that a signer's leads to through the others, all valid at that instant: each
 * was issued by the next (name for name, byte for byte, and its signature), which is one that may issue. Revocation is not
 * looked up.
 *
 * Breadth first, and no certificate is reached twice: an issuer only ever forbids depth below it, so that the shortest way to
 * it allows all that a longer one does. Authorities that certified one another therefore cost no more than a chain.
 */
export async function pathFrom(
  signer: Certificate,
  authorities: readonly Certificate[],
  between: readonly Certificate[],
  at: Date,
): Promise<PathEnd> {
  const isAuthority = (certificate: Certificate): boolean => authorities.some((one) => isSame(one, certificate))
  if (isAuthority(signer)) {
    return isValidAt(signer, at) ? signer : 'no-path'
  }
  const open = new Set(distinct([...authorities, ...between]).filter((one) => !isSame(one, signer)))
  const reached = [{ certificate: signer, depth: 1 }]
  let looked = 0
  let isUnsupported = false
  // Grows while it is walked.
  for (const { certificate, depth } of reached) {
    for (const issuer of depth < longestPath ? open : []) {
      if (!isNamedIssuer(certificate, issuer) || !isValidAt(issuer, at) || !mayIssue(issuer, depth - 1)) {
        continue
      }
      if (looked === mostSignatures) {
        return 'too-many-paths'
      }
      looked += 1
      const state = await issuedState(certificate, issuer)
      if (state === 'good' && isAuthority(issuer)) {
        return issuer
      }
      if (state === 'good') {
        open.delete(issuer)
        reached.push({ certificate: issuer, depth: depth + 1 })
      }
      isUnsupported ||= state === 'unsupported'
    }
  }
  return isUnsupported ? 'unsupported' : 'no-path'
}

async function issuedState(certificate: Certificate, issuer: Certificate): Promise<'good' | 'no-path' | 'unsupported'> {
  const { algorithmId } = certificate.signatureAlgorithm
  if (algorithmId !== certificate.signature.algorithmId) {
    return 'no-path'
  }
  const state = await signatureState({
    key: issuer,
    algorithm: certificate.signatureAlgorithm,
    digest: signatureOf(algorithmId)?.digest ?? null,
    signature: certificate.signatureValue,
    bytes: certificate.tbsView,
  })
  return state === 'good' || state === 'unsupported' ? state : 'no-path'
}
