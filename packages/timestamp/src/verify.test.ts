import { hash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import {
  crossCertifiedToken,
  der,
  extensions,
  pemOf,
  rootCertificate,
  type StampWish,
  stampCertificate,
  stampToken,
} from './authority.test-kit.ts'
import { isDer } from './der.ts'
import { checkTimestamp, isCertificate, readResponse, timestampRequest, verifyStamp } from './index.ts'

const nothing = { sha256: new Uint8Array(32), certificates: [] }

test('a request is what RFC 3161 §2.4.1 shows: version 1, the imprint, a positive nonce, certificate wanted', () => {
  const request = timestampRequest(hash('sha256', 'x', 'buffer'), new Uint8Array(8).fill(0xff))
  const hex = Buffer.from(request).toString('hex')
  expect(hex).toBe(`3042020101302f300b06096086480165030402010420${hash('sha256', 'x')}020901ffffffffffffffff0101ff`)
})

test('other bytes are no token, no response and no certificate; nothing throws', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
      expect((await verifyStamp(bytes, nothing)).ok).toBe(false)
      expect(readResponse(bytes).ok).toBe(false)
    }),
  )
  expect(isCertificate('-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----')).toBe(false)
  expect(isCertificate('')).toBe(false)
  expect(await checkTimestamp(new Uint8Array(3), new Uint8Array(32), {})).toEqual({
    status: 'bad',
    code: 'malformed-timestamp',
  })
})

test('a refusal of the authority is no token', () => {
  // TimeStampResp { status { rejection(2) } }
  expect(readResponse(Uint8Array.from([0x30, 0x05, 0x30, 0x03, 0x02, 0x01, 0x02]))).toEqual({
    ok: false,
    code: 'not-granted',
  })
})

const stamped = new Uint8Array(hash('sha256', 'what is stamped', 'buffer'))
const root = pemOf(rootCertificate())

async function judged(token: Uint8Array, certificate = root): Promise<string> {
  const stamp = await verifyStamp(token, { sha256: stamped, certificates: [certificate] })
  return stamp.ok ? `by ${stamp.value.signedBy} at ${stamp.value.atMs}` : stamp.code
}

/** A token whose signing certificate is another one in these respects. */
function by(wish: Parameters<typeof stampCertificate>[0], more: Partial<StampWish> = {}): Uint8Array {
  const certificate = stampCertificate(wish)
  return stampToken(stamped, { certificate, named: certificate, certificates: [certificate], ...more })
}

const good = `by Sello de prueba at ${Date.UTC(2026, 8, 23)}`

test('a token is good by the root its chain ends in, or by the very certificate that signed it', async () => {
  expect(await judged(stampToken(stamped))).toBe(good)
  expect(await judged(stampToken(stamped), pemOf(stampCertificate()))).toBe(good)
  expect(await judged(stampToken(stamped, { certificates: [] }), pemOf(stampCertificate()))).toBe(good)
  expect(await judged(stampToken(stamped, { genTime: '20260923000000.5Z' }))).toBe(
    `by Sello de prueba at ${Date.UTC(2026, 8, 23) + 500}`,
  )
})

test('a stamp says when its certificate ends, and when its algorithm should no longer be the newest', async () => {
  const stamp = await verifyStamp(stampToken(stamped), { sha256: stamped, certificates: ['nothing', root] })
  expect(stamp).toEqual({
    ok: true,
    value: {
      atMs: Date.UTC(2026, 8, 23),
      signedBy: 'Sello de prueba',
      authority: 1,
      expiresAtMs: Date.UTC(2049, 11, 31, 23, 59, 59),
      algorithmEndsAtMs: Date.UTC(2031, 0, 1),
    },
  })
})

test.each<[string, string, Uint8Array]>([
  ['other bytes', 'timestamp-differs', stampToken(new Uint8Array(32))],
  ['signed by another key', 'bad-signature', stampToken(stamped, { key: 'root' })],
  ['signed over another content', 'bad-signature', stampToken(stamped, { digest: new Uint8Array(32) })],
  ['that names no certificate', 'bad-signature', stampToken(stamped, { named: null })],
  ['that names another certificate', 'bad-signature', stampToken(stamped, { named: rootCertificate() })],
  ['whose certificate is not there', 'unknown-authority', stampToken(stamped, { certificates: [] })],
  ['of a certificate for no purpose', 'wrong-purpose', by({ extensions: [extensions.signs] })],
  ['for a purpose that is not critical', 'wrong-purpose', by({ extensions: [extensions.stampsNotCritical] })],
  ['for another purpose', 'wrong-purpose', by({ extensions: [extensions.serves] })],
  ['with what nobody understands', 'wrong-purpose', by({ extensions: [extensions.stamps, extensions.unheardOf] })],
  ['that may only issue', 'wrong-purpose', by({ extensions: [extensions.stamps, extensions.signsCertificates] })],
  ['made after its certificate ended', 'certificate-not-valid', by({ to: '20260922235959Z' })],
  ['made before it began', 'certificate-not-valid', by({ from: '20260923000001Z' })],
  ['of a root that nobody named', 'unknown-authority', by({ signedBy: 'tsa' })],
  ['of another issuer', 'unknown-authority', by({ issuer: 'Otra raiz' }, { issuer: 'Otra raiz' })],
])('a stamp %s: %s', async (_, code, token) => {
  expect(await judged(token)).toBe(code)
})

test('an issuer issues only as long and as deep as it may', async () => {
  const between = { subject: 'Intermedia', serial: 3, key: 'tsa' as const }
  const ca = [extensions.issues, extensions.signsCertificates]
  const through = (certificate: Uint8Array): Uint8Array => {
    const own = stampCertificate({ issuer: 'Intermedia', signedBy: 'tsa' })
    return stampToken(stamped, { issuer: 'Intermedia', certificate: own, named: own, certificates: [own, certificate] })
  }
  expect(await judged(through(rootCertificate({ ...between, extensions: ca })))).toBe(good)
  for (const wish of [
    { extensions: [] },
    { extensions: [extensions.issues, extensions.signs] },
    { extensions: ca, to: '20260101000000Z' },
    { extensions: [...ca, extensions.unheardOf] },
  ]) {
    expect(await judged(through(rootCertificate({ ...between, ...wish })))).toBe('unknown-authority')
  }
  expect(await judged(stampToken(stamped), pemOf(rootCertificate({ to: '20260101000000Z' })))).toBe('unknown-authority')
})

test('authorities that certified one another cost a bounded number of signatures, and hide no way that there is', async () => {
  const looked = vi.spyOn(crypto.subtle, 'verify')
  const judgedBy = async (wish: Parameters<typeof crossCertifiedToken>[1]): Promise<readonly [string, number]> => {
    looked.mockClear()
    const said = await judged(crossCertifiedToken(stamped, wish))
    // Without the stamp's own.
    return [said, looked.mock.calls.length - 1]
  }
  expect(await judgedBy({ own: 15, others: 0, last: 'own' })).toEqual(['unknown-authority', 15])
  expect(await judgedBy({ own: 15, others: 0, last: 'root' })).toEqual([good, 16])
  expect(await judgedBy({ own: 7, others: 8, last: 'root' })).toEqual([good, 64])
  expect(await judgedBy({ own: 8, others: 7, last: 'root' })).toEqual(['too-many-paths', 64])
  looked.mockRestore()
})

test('what allows nothing below it is found by the short way, though a longer one leads to it too', async () => {
  const nothingBelow = der(0x30, der(0x01, Uint8Array.of(0xff)), der(0x02, Uint8Array.of(0)))
  const narrow = der(
    0x30,
    der(0x06, Uint8Array.of(0x55, 0x1d, 0x13)),
    der(0x01, Uint8Array.of(0xff)),
    der(0x04, nothingBelow),
  )
  const issuer = 'Intermedia'
  const wide = rootCertificate({ subject: issuer, issuer, serial: 3, key: 'tsa', signedBy: 'tsa' })
  const last = rootCertificate({
    subject: issuer,
    serial: 4,
    key: 'tsa',
    extensions: [narrow, extensions.signsCertificates],
  })
  const own = stampCertificate({ issuer, signedBy: 'tsa' })
  for (const between of [
    [wide, last],
    [last, wide],
  ]) {
    const certificates = [own, ...between]
    expect(await judged(stampToken(stamped, { issuer, certificate: own, named: own, certificates }))).toBe(good)
  }
})

test('a flipped bit is found wherever it counts; the versions and lists that only announce what follows do not', async () => {
  const token = stampToken(stamped)
  const unnoticed: number[] = []
  for (let at = 0; at < token.length; at += 5) {
    const flipped = new Uint8Array(token)
    flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 8))
    if ((await judged(flipped)) === good) {
      unnoticed.push(at)
    }
  }
  // SignedData's version and list of digests; the NULL beside a digest's name.
  expect(unnoticed.filter((at) => at !== 25 && (at < 32 || at > 41) && at !== 940)).toEqual([])
}, 60_000)

test('one form alone is DER', () => {
  const value = der(0x30, der(0x02, Uint8Array.of(5)))
  expect(isDer(value)).toBe(true)
  const others = [
    '',
    '3003020105ff',
    '308103020105',
    '3080020105 0000',
    '300402020005',
    '3003010101',
    '30020500',
    '1f0100',
    '10020500',
  ]
  expect(others.map((hex) => isDer(Buffer.from(hex.replaceAll(' ', ''), 'hex')))).toEqual(
    others.map((hex) => hex === '30020500'),
  )
})
