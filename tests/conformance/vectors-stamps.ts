/** Time stamps: good ones, renewed ones, and each way in which one does not count. */
import { createHash } from 'node:crypto'
import type { PackedTimestamp } from '@sereno/proof'
import { packageBytes, packageParts } from '../../packages/proof/src/package.test-kit.ts'
import {
  crossCertifiedToken,
  extensions,
  rootCertificate,
  type StampWish,
  stampCertificate,
  stampToken,
} from '../../packages/timestamp/src/authority.test-kit.ts'
import { flipped } from './forge.ts'
import { stampTrust } from './trusted.ts'
import type { Vector } from './vector.ts'

const parts = await packageParts()
const overManifest = sha256(parts.manifest)
const overCheckpoint = sha256(Buffer.from(parts.checkpoint))
const pss = '1.2.840.113549.1.1.10'
const inOrder = ['20270301000000Z', '20280301000000Z'] as const

export const stampVectors: readonly Vector[] = [
  valid('stamped', 'Manifest and checkpoint stamped by an authority of the trust file.', () => [
    stamp(stampToken(overManifest)),
    { over: 'checkpoint', name: 'uno', token: stampToken(overCheckpoint, { genTime: '20260923000000.25Z' }) },
  ]),
  valid('stamped-through-another', 'Through an authority between the two that may issue.', () => [
    stamp(between([extensions.issues, extensions.signsCertificates])),
  ]),
  valid(
    'stamped-cross-certified',
    'Through authorities of one name; 64 signatures are looked at, which is the most.',
    () => [stamp(crossCertifiedToken(overManifest, { own: 7, others: 8, last: 'root' }))],
  ),
  {
    ...valid('stamped-no-authority', 'The trust file names no authority: not checked.', () => [
      stamp(stampToken(overManifest)),
    ]),
    trust: 'trust',
  },
  {
    ...valid('', 'Without a trust file: good by the authority that the package itself names, which is little.', () => [
      stamp(stampToken(overManifest)),
    ]),
    name: 'open-stamped-no-trust',
    trust: null,
  },
  valid(
    'stamp-renewed',
    'A stamp over a stamp over a stamp, each made before the certificate of the older one ended.',
    () => {
      const first = by({ to: '20270601000000Z' })
      const second = over(first, by({ to: '20280601000000Z' }, { genTime: inOrder[0] }, sha256(first)))
      return [...second, stamp(stampToken(sha256(second[1]?.token ?? first), { genTime: inOrder[1] }), [1, 1])]
    },
  ),
  valid('stamp-ended', 'Its certificate has ended since, and nothing renews it: a warning.', () => [
    stamp(by({ to: '20250601000000Z' }, { genTime: '20250301000000Z' })),
  ]),
  valid('stamp-unknown-algorithm', 'Signed by an algorithm that verifiers do not know: not checked.', () => [
    stamp(stampToken(overManifest, { algorithm: pss })),
  ]),
  valid(
    'stamp-renews-unchecked',
    'What an unknown algorithm signed is renewed, by a stamp from before it and years too late: neither is checked.',
    () => {
      const first = stampToken(overManifest, { algorithm: pss })
      const second = over(first, stampToken(sha256(first), { genTime: '20260922000000Z' }))
      const third = stampToken(sha256(second[1]?.token ?? first), { genTime: '20480101000000Z' })
      return [...second, stamp(third, [1, 1])]
    },
  ),
  forged('other-bytes', 'The stamp is over other bytes.', () => stampToken(overCheckpoint)),
  forged('by-another-key', 'Signed by another key than that of its certificate.', () =>
    stampToken(overManifest, { key: 'root' }),
  ),
  forged('of-a-stranger', 'A whole chain, to an authority that the trust file does not name.', () =>
    by({ signedBy: 'tsa' }),
  ),
  forged('through-nobody', 'Through a certificate that may not issue any.', () => between([extensions.signs])),
  forged(
    'cross-certified',
    'Through fifteen authorities of one name and key that issued one another, and none else.',
    () => crossCertifiedToken(overManifest, { own: 15, others: 0, last: 'own' }),
  ),
  forged('too-many-paths', 'Through authorities of one name; a 65th signature would show that there is a way.', () =>
    crossCertifiedToken(overManifest, { own: 8, others: 7, last: 'root' }),
  ),
  forged('certificate-ended', 'Made after its certificate had ended.', () => by({ to: '20260922235959Z' })),
  forged('certificate-not-begun', 'Made before its certificate began.', () => by({ from: '20260923000001Z' })),
  forged('no-purpose', 'Its certificate is not for time stamping.', () => by({ extensions: [extensions.signs] })),
  forged('purpose-not-critical', 'Its certificate may be taken for another purpose too.', () =>
    by({ extensions: [extensions.signs, extensions.stampsNotCritical] }),
  ),
  forged('other-purpose', 'Its certificate is for servers.', () => by({ extensions: [extensions.serves] })),
  forged('unheard-of', 'A critical extension that verifiers do not know.', () =>
    by({ extensions: [extensions.stamps, extensions.unheardOf] }),
  ),
  forged('names-no-certificate', 'What was signed does not name the certificate.', () =>
    stampToken(overManifest, { named: null }),
  ),
  forged('names-another', 'What was signed names another certificate.', () =>
    stampToken(overManifest, { named: rootCertificate() }),
  ),
  forged('altered', 'One bit of the time that was stamped is another.', () => {
    const token = stampToken(overManifest)
    return flipped(token, Buffer.from(token).indexOf('20260923000000Z') + 3)
  }),
  forged('trailing', 'A byte after the token.', () => Buffer.concat([stampToken(overManifest), Buffer.from([0])])),
  forged('long-length', 'A length in more bytes than it needs.', () => {
    const token = Buffer.from(stampToken(overManifest))
    return Buffer.concat([Buffer.from([0x30, 0x83, 0]), token.subarray(2)])
  }),
  forged('nothing', 'No token at all.', () => Buffer.from('3000', 'hex')),
  forgedRenewal('too-late', 'Renewed after the certificate of the older stamp had ended.', (first) => [
    stamp(first),
    stamp(stampToken(sha256(first), { genTime: inOrder[1] }), [1]),
  ]),
  forgedRenewal('before', 'The renewal is older than what it renews.', (first) => [
    stamp(first),
    stamp(stampToken(sha256(first), { genTime: '20260922000000Z' }), [1]),
  ]),
  forgedRenewal('of-another', 'The renewal is over something else than the older stamp.', (first) => [
    stamp(first),
    stamp(stampToken(overManifest, { genTime: inOrder[0] }), [1]),
  ]),
  {
    ...valid('', 'What another key signed is renewed: the renewal is not checked.', () => {
      const first = stampToken(overManifest, { key: 'root' })
      return over(first, stampToken(sha256(first), { genTime: inOrder[0] }))
    }),
    name: 'forged-stamp-renewed-bad',
  },
  forgedRenewal('of-nothing', 'The stamp that it renews is not there.', (first) => [
    stamp(stampToken(sha256(first), { genTime: inOrder[0] }), [1]),
  ]),
]

function valid(name: string, about: string, make: () => readonly PackedTimestamp[]): Vector {
  return {
    name: `valid-${name}`,
    about,
    trust: 'trust-stamps',
    make: () => packageBytes({ parts: (whole) => ({ ...whole, origin: stampTrust, timestamps: make() }) }),
  }
}

function forged(name: string, about: string, make: () => Uint8Array): Vector {
  return { ...valid('', about, () => [stamp(make())]), name: `forged-stamp-${name}` }
}

function forgedRenewal(name: string, about: string, make: (first: Uint8Array) => readonly PackedTimestamp[]): Vector {
  return { ...valid('', about, () => make(by({ to: '20270601000000Z' }))), name: `forged-stamp-renewed-${name}` }
}

function stamp(token: Uint8Array, renewal: readonly number[] = []): PackedTimestamp {
  return { over: 'manifest', name: 'uno', token, renewal }
}

function over(first: Uint8Array, renewal: Uint8Array): readonly PackedTimestamp[] {
  return [stamp(first), stamp(renewal, [1])]
}

/** A token whose certificate is another one in these respects. */
function by(
  wish: Parameters<typeof stampCertificate>[0],
  more: Partial<StampWish> = {},
  sha = overManifest,
): Uint8Array {
  const certificate = stampCertificate(wish)
  return stampToken(sha, { certificate, named: certificate, certificates: [certificate], ...more })
}

/** A token of an authority that an intermediate one issued, which has these extensions. */
function between(own: readonly Uint8Array[]): Uint8Array {
  const issuer = 'Intermedia de prueba'
  const intermediate = rootCertificate({ subject: issuer, key: 'tsa', serial: 3, extensions: own })
  const certificate = stampCertificate({ issuer, signedBy: 'tsa' })
  return stampToken(overManifest, {
    issuer,
    certificate,
    named: certificate,
    certificates: [intermediate, certificate],
  })
}

function sha256(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha256').update(bytes).digest())
}
