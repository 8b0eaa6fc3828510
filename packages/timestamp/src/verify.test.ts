import { hash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
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
    code: 'unknown-authority',
  })
})

test('a refusal of the authority is no token', () => {
  // TimeStampResp { status { rejection(2) } }
  expect(readResponse(Uint8Array.from([0x30, 0x05, 0x30, 0x03, 0x02, 0x01, 0x02]))).toEqual({
    ok: false,
    code: 'not-granted',
  })
})
