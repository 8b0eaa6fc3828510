/** A dock in the fewest lines, for tests that need a recording of another camera. */
import { createHash, randomUUID } from 'node:crypto'
import {
  type FileStatement,
  fileBlockBytes,
  fileBlocksRoot,
  signerFromSeed,
  signStatement,
  statementHash,
  toBase64Url,
  utf8,
} from '@sereno/proof'
import { expect } from 'vitest'
import type { Ask } from './intake.test-kit.ts'

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** The installation as a dock reaches it; `office` enrols it. */
export type Site = {
  readonly office: Ask
  readonly send: (asked: {
    readonly method: 'POST' | 'PUT'
    readonly url: string
    readonly headers: Record<string, string>
    readonly body: string | Buffer
  }) => Promise<{ readonly status: number; readonly body: Uint8Array }>
}

/** Enrols, sends one block (first wrongly announced), signs, completes. Answers the recording. */
export async function uploadFile(site: Site, name: string, bytes: Uint8Array, seed = 7): Promise<string> {
  const { json: enrolment } = await site.office('POST /devices/enrolments', { kind: 'dock' })
  const signer = await signerFromSeed(new Uint8Array(32).fill(seed))
  const { publicKey } = signer.key
  const signature = toBase64Url(await signer.sign(utf8(`sereno-enrol-v1.${enrolment.token}.${publicKey}`)))
  const about = { protection: 'software', simulated: false, appVersion: 'test', build: null, algorithm: 'ed25519' }
  const post = async (url: string, payload: object, headers: Record<string, string> = {}) => {
    const answered = await site.send({
      method: 'POST',
      url: `/api${url}`,
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify(payload),
    })
    const text = new TextDecoder().decode(answered.body)
    expect(answered.status, text).toBe(200)
    return JSON.parse(text) as Record<string, never>
  }
  const self = (await post('/device/enrol', { token: enrolment.token, publicKey, signature, ...about })) as unknown as {
    device: { id: string; keyEpoch: number }
    installation: string
    municipality: { id: string }
  }
  const device = self.device.id
  const { nonce } = await post('/device/challenge', { device })
  const proof = toBase64Url(await signer.sign(utf8(`sereno-session-v1.${device}.${nonce}`)))
  const { token } = await post('/device/session', { device, nonce, signature: proof })
  const headers = { authorization: `Device ${token}` }
  const id = randomUUID()
  const hint = { maker: null, model: null, serial: null, startedAt: null, clockOffsetMs: null, basis: null }
  await post(
    '/device/uploads',
    { id, name, sizeBytes: bytes.length, pathSha256: null, modifiedAt: null, hint },
    headers,
  )
  const wrong = await put(site, id, headers, bytes, 'a'.repeat(64))
  expect(wrong).toBe(422)
  expect(await put(site, id, headers, bytes, sha256(bytes))).toBe(200)
  const base = {
    format: 1,
    installation: self.installation,
    municipality: self.municipality.id,
    device,
    keyEpoch: self.device.keyEpoch,
    recording: id,
    wallClockMs: Date.now(),
    monotonicMs: 1,
    serverTime: null,
    checkpoint: null,
    build: 'b'.repeat(64),
    keyProtection: 'software',
  } as const
  const file: FileStatement = {
    ...base,
    counter: 0,
    sequence: 0,
    previous: null,
    file: {
      name,
      sizeBytes: bytes.length,
      sha256: sha256(bytes),
      blockBytes: fileBlockBytes,
      blocks: await fileBlocksRoot([sha256(bytes)]),
    },
    source: { kind: 'dock', path: null, modifiedMs: null },
  }
  const statement = await signStatement(signer, { kind: 'file', body: file })
  const previous = await statementHash(statement)
  const stopBody = { ...base, counter: 1, sequence: 1, previous, reason: 'closed', count: 1, head: previous } as const
  const stop = await signStatement(signer, { kind: 'stop', body: stopBody })
  const text = (envelope: Uint8Array): string => Buffer.from(envelope).toString('base64')
  await post(`/device/uploads/${id}/complete`, { statement: text(statement), stop: text(stop) }, headers)
  return id
}

async function put(
  site: Site,
  id: string,
  headers: Record<string, string>,
  bytes: Uint8Array,
  announced: string,
): Promise<number> {
  const answered = await site.send({
    method: 'PUT',
    url: `/api/device/uploads/${id}/blocks/0`,
    headers: { ...headers, 'content-type': 'application/octet-stream', 'x-block-sha256': announced },
    body: Buffer.from(bytes),
  })
  return answered.status
}
