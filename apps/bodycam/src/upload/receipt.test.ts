import {
  encodeReceipt,
  type Receipt,
  receiptPayloadType,
  type Signer,
  signEnvelope,
  signerFromSeed,
  toBase64,
} from '@sereno/proof'
import { beforeAll, expect, test } from 'vitest'
import type { Signed } from '../journal/recording-index.ts'
import { checkReceipt } from './receipt.ts'

const recording = '11111111-1111-4111-8111-111111111111'
const device = '55555555-5555-4555-8555-555555555555'
const signed: Signed = {
  sequence: 3,
  counter: 9,
  what: 'media',
  hash: 'a'.repeat(64),
  mediaSha256: 'b'.repeat(64),
  sizeBytes: 100,
  durationMs: 2000,
  wallClockMs: 1,
  preEvent: false,
  reason: null,
}
const expected = { recording, device, signed }
const receipt: Receipt = {
  format: 1,
  installation: '33333333-3333-4333-8333-333333333333',
  municipality: '44444444-4444-4444-8444-444444444444',
  device,
  recording,
  sequence: 3,
  statement: signed.hash,
  media: { sha256: 'b'.repeat(64), sizeBytes: 90 },
  receivedAtMs: 1_700_000_000_000,
  quarantined: false,
}
let server: Signer
let stranger: Signer

beforeAll(async () => {
  server = await signerFromSeed(new Uint8Array(32).fill(1))
  stranger = await signerFromSeed(new Uint8Array(32).fill(2))
})

test('a receipt for the same bytes by the installation’s key is a receipt', async () => {
  expect(await check(receipt)).toEqual({ ok: true, quarantined: false })
  expect(await check({ ...receipt, quarantined: true })).toEqual({ ok: true, quarantined: true })
})

test('a receipt for anything else leaves the piece held', async () => {
  const others: Receipt[] = [
    { ...receipt, sequence: 4 },
    { ...receipt, statement: 'c'.repeat(64) },
    { ...receipt, media: { sha256: 'c'.repeat(64), sizeBytes: 90 } },
    { ...receipt, media: null },
    { ...receipt, recording: device },
    { ...receipt, device: recording },
  ]
  for (const other of others) {
    expect(await check(other)).toEqual({ ok: false, problem: 'other-statement' })
  }
})

test('a stranger’s key, a bent signature and noise are told apart', async () => {
  expect(await check(receipt, stranger)).toEqual({ ok: false, problem: 'unknown-key' })
  const keys = [{ ...stranger.key, keyId: server.keyId }]
  const envelope = toBase64(await signEnvelope(server, receiptPayloadType, encodeReceipt(receipt)))
  expect(await checkReceipt(envelope, expected, keys)).toEqual({ ok: false, problem: 'bad-signature' })
  for (const noise of ['', '{}', 'AAAA', 'not base64!']) {
    expect(await checkReceipt(noise, expected, keys)).toEqual({ ok: false, problem: 'malformed' })
  }
})

async function check(body: Receipt, by: Signer = server) {
  const envelope = toBase64(await signEnvelope(by, receiptPayloadType, encodeReceipt(body)))
  return checkReceipt(envelope, expected, [{ ...server.key, keyId: server.keyId }])
}
