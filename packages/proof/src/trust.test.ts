import { describe, expect, test } from 'vitest'
import { fromUtf8, utf8 } from './bytes.ts'
import { signEnvelope } from './dsse.ts'
import { signerFromSeed } from './keys.ts'
import { testTrust } from './package.test-kit.ts'
import {
  encodePromise,
  encodeReceipt,
  openPromise,
  openReceipt,
  promisePayloadType,
  type Receipt,
  receiptPayloadType,
} from './receipt.ts'
import { device, installation, municipality, recording } from './statement.test-kit.ts'
import { encodeTrust, formatTrust, parseTrust, trustFingerprint } from './trust.ts'

describe('trust file', () => {
  test('reads what it printed, and what somebody typed from it', async () => {
    const printed = formatTrust(testTrust)
    expect(printed.split('\n').length).toBeGreaterThan(10)
    for (const text of [
      printed,
      printed.replaceAll('\n', '\r\n'),
      printed.replaceAll(' "', '\t "'),
      fromUtf8(encodeTrust(testTrust))!,
    ]) {
      expect(parseTrust(utf8(text))).toEqual({ ok: true, value: testTrust })
    }
    expect(await trustFingerprint(testTrust)).toMatch(/^[0-9a-f]{64}$/)
  })

  test('witnesses, quorum, time authorities and previous logs are read; a file without them is as it was', () => {
    const certificate = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n'
    const whole = {
      ...testTrust,
      witnesses: [{ name: 'Defensoría del Pueblo', keys: testTrust.log.keys }],
      quorum: 2,
      timeAuthorities: [{ name: 'TSA', certificate }],
      previousLogs: [{ origin: recording, keys: testTrust.log.keys, size: 3, root: 'a'.repeat(64) }],
    }
    expect(parseTrust(utf8(formatTrust(whole)))).toEqual({ ok: true, value: whole })
    expect(formatTrust(testTrust)).not.toContain('quorum')
    expect(() => encodeTrust({ ...whole, quorum: 0 })).toThrow(TypeError)
  })

  test('white space inside a name is kept', () => {
    const named = { ...testTrust, name: 'San  Juan "de" Lurigancho\\\\' }
    expect(parseTrust(utf8(formatTrust(named)))).toEqual({ ok: true, value: named })
  })

  test.each([
    ['a member twice', (text: string) => text.replace('"format": 1,', '"format": 1, "format": 1,')],
    ['a member more', (text: string) => text.replace('"format": 1,', '"extra": 1, "format": 1,')],
    ['a later format', (text: string) => text.replace('"format": 1,', '"format": 2,')],
    ['an open string', (text: string) => text.slice(0, -5)],
    ['nothing', () => ''],
    ['no JSON', () => 'hola'],
  ])('refuses %s', (_, change) => {
    expect(parseTrust(utf8(change(formatTrust(testTrust)))).ok).toBe(false)
  })
})

describe('receipts and promises', () => {
  const receipt: Receipt = {
    format: 1,
    installation,
    municipality,
    device,
    recording,
    sequence: 3,
    statement: 'a'.repeat(64),
    media: { sha256: 'b'.repeat(64), sizeBytes: 9 },
    receivedAtMs: 1_790_000_000_000,
    quarantined: false,
  }

  test('read back, and only under their own type', async () => {
    const signer = await signerFromSeed(new Uint8Array(32).fill(4))
    const envelope = await signEnvelope(signer, receiptPayloadType, encodeReceipt(receipt))
    const opened = openReceipt(envelope)
    expect(opened.ok && opened.value.value).toEqual(receipt)
    expect(openPromise(envelope)).toEqual({ ok: false, code: 'unknown-payload-type' })
    const promise = {
      format: 1,
      origin: recording,
      leafHash: 'c'.repeat(64),
      promisedAtMs: 1,
      includedByMs: 60_001,
    } as const
    const promised = openPromise(await signEnvelope(signer, promisePayloadType, encodePromise(promise)))
    expect(promised.ok && promised.value.value).toEqual(promise)
  })

  test('what would not be read is not written', () => {
    expect(() => encodeReceipt({ ...receipt, statement: 'A'.repeat(64) })).toThrow(TypeError)
    expect(() => encodeReceipt({ ...receipt, sequence: 0.5 })).toThrow(TypeError)
  })
})
