/**
 * A phone for tests, faults and benchmarks: enrols through the API, signs statements as the app does and uploads them.
 * It carries any bytes as media; ingest does not look into them.
 */
import { createHash, randomUUID } from 'node:crypto'
import type { DeviceSelf } from '@sereno/contracts'
import {
  encodeCanonical,
  frameUpload,
  type GapReason,
  type Json,
  type MediaStatement,
  type Position,
  positionsCommitment,
  type Signer,
  type Statement,
  type StatementBase,
  type StopReason,
  signerFromSeed,
  signStatement,
  toBase64Url,
  utf8,
} from '@sereno/proof'
import type { Answered, People } from '../../test-kit/index.ts'

export type { Answered } from '../../test-kit/index.ts'
/** However the test reaches the server: fetch, or fastify's inject. `url` begins with `/api`. */
export type Call = People['call']

export function jsonOf<T = Record<string, unknown>>(answered: Answered): T {
  return JSON.parse(new TextDecoder().decode(answered.body)) as T
}

/** A signed statement and the body that carries it. */
export type Signed = {
  readonly statement: Statement
  readonly hash: string
  readonly envelope: Uint8Array
  readonly body: Uint8Array
}

export type MediaOptions = Partial<MediaStatement> & { readonly withoutInit?: boolean; readonly withInit?: boolean }

export type FakeRecording = {
  readonly id: string
  readonly init: Uint8Array
  readonly signed: readonly Signed[]
  readonly media: (bytes: Uint8Array, options?: MediaOptions) => Promise<Signed>
  readonly gap: (reason: GapReason, missingMs: number) => Promise<Signed>
  readonly stop: (reason?: StopReason) => Promise<Signed>
  /** Another statement for the newest sequence: what an honest phone never signs. */
  readonly contradict: (bytes: Uint8Array) => Promise<Signed>
  readonly opening: (positions: readonly Position[]) => Promise<{ commitment: string; salt: string; positions: string }>
}

export type PhoneIdentity = {
  readonly signer: Signer
  readonly device: string
  readonly installation: string
  readonly municipality: string
  readonly keyEpoch: number
}

export type PhoneClock = { readonly nowMs: () => number; readonly advance: (ms: number) => void }

/** A phone's own clock: starts where told, and moves only when something is recorded. */
export function phoneClock(startMs: number): PhoneClock {
  let now = startMs
  return {
    nowMs: () => now,
    advance: (ms) => {
      now += ms
    },
  }
}

/** A seed from words, so that a test's keys are the same in each run. */
export function seedOf(words: string): Uint8Array {
  return createHash('sha256').update(words).digest()
}

/** Signs recordings for a device that is enrolled already. Counter and head run on across its recordings. */
export function createRecorder(phone: PhoneIdentity, clock: PhoneClock): { readonly record: () => FakeRecording } {
  let counter = 0
  let deviceHead: string | null = null

  function record(): FakeRecording {
    const id = randomUUID()
    const init = utf8(`init of ${id}`)
    const initHash = hashOf(init)
    const signed: Signed[] = []
    const startedAt = clock.nowMs()
    let recordingHead: string | null = deviceHead

    const base = (): StatementBase => ({
      format: 1,
      installation: phone.installation,
      municipality: phone.municipality,
      device: phone.device,
      keyEpoch: phone.keyEpoch,
      counter,
      recording: id,
      sequence: signed.length,
      previous: recordingHead,
      wallClockMs: clock.nowMs(),
      monotonicMs: clock.nowMs() - startedAt,
      serverTime: null,
      checkpoint: null,
      build: 'b'.repeat(64),
      keyProtection: 'software',
    })

    const sign = async (statement: Statement, parts: { init?: Uint8Array; media?: Uint8Array }): Promise<Signed> => {
      const envelope = await signStatement(phone.signer, statement)
      return { statement, hash: hashOf(envelope), envelope, body: frameUpload({ envelope, ...parts }) }
    }

    const keep = (made: Signed): Signed => {
      signed.push(made)
      counter += 1
      recordingHead = made.hash
      deviceHead = made.hash
      return made
    }

    const mediaBody = (bytes: Uint8Array, options: MediaOptions): MediaStatement => {
      const { withoutInit: _, withInit: __, ...changes } = options
      return {
        ...base(),
        init: initHash,
        codecs: { video: 'avc1.42001f', audio: null },
        audioOn: false,
        preEvent: false,
        media: { sha256: hashOf(bytes), sizeBytes: bytes.length },
        timescale: 1_000,
        decodeTime: clock.nowMs() - startedAt - 2_000,
        duration: 2_000,
        positions: null,
        ...changes,
      }
    }

    return {
      id,
      init,
      signed,
      media: async (bytes, options = {}) => {
        clock.advance(2_000)
        const body = mediaBody(bytes, options)
        const carries = options.withInit === true || (body.sequence === 0 && options.withoutInit !== true)
        return keep(await sign({ kind: 'media', body }, { media: bytes, ...(carries ? { init } : {}) }))
      },
      gap: async (reason, missingMs) => {
        const fromMs = clock.nowMs()
        clock.advance(missingMs)
        const times = { fromMs, toMs: clock.nowMs(), missingMs }
        return keep(await sign({ kind: 'gap', body: { ...base(), observed: true, reason, ...times } }, {}))
      },
      stop: async (reason = 'officer') => {
        const shared = base()
        const head = shared.sequence === 0 ? null : shared.previous
        return keep(await sign({ kind: 'stop', body: { ...shared, reason, count: shared.sequence, head } }, {}))
      },
      contradict: async (bytes) => {
        const newest = signed.at(-1)?.statement
        if (newest?.kind !== 'media') {
          throw new TypeError('only media is contradicted')
        }
        const media = { sha256: hashOf(bytes), sizeBytes: bytes.length }
        return sign({ kind: 'media', body: { ...newest.body, media } }, { media: bytes })
      },
      opening: async (positions) => {
        const salt = createHash('sha256').update(`${id} ${signed.length}`).digest()
        return {
          commitment: await positionsCommitment(salt, positions),
          salt: toBase64Url(salt),
          positions: new TextDecoder().decode(encodeCanonical(positions.map((one) => ({ ...one })) as Json)),
        }
      },
    }
  }

  return { record }
}

export type FakePhone = PhoneIdentity & {
  readonly self: DeviceSelf
  readonly record: () => FakeRecording
  /** Sends a signed statement to its own place, or wherever `place` says. */
  readonly upload: (signed: Signed, place?: { recording?: string; sequence?: number }) => Promise<Answered>
  /** A call with the device's session. */
  readonly api: (method: 'GET' | 'POST', url: string, body?: Json) => Promise<Answered>
}

export type FakePhoneOptions = {
  readonly call: Call
  /** What the QR code carries: from `POST /devices/enrolments`. */
  readonly token: string
  readonly clock: PhoneClock
  readonly simulated?: boolean
  /** Makes the key; different phones need different words. */
  readonly words?: string
}

const json = { 'content-type': 'application/json' }

/** Enrols and opens a session. Throws when the server refuses either. */
export async function fakePhone(options: FakePhoneOptions): Promise<FakePhone> {
  const { call, token, clock } = options
  const signer = await signerFromSeed(seedOf(options.words ?? token))
  const signText = async (text: string): Promise<string> => toBase64Url(await signer.sign(utf8(text)))
  const post = async <T>(url: string, body: Json): Promise<T> => {
    const answered = await call({ method: 'POST', url, headers: json, body: JSON.stringify(body) })
    if (answered.status !== 200) {
      throw new Error(`${url} answered ${answered.status}: ${new TextDecoder().decode(answered.body)}`)
    }
    return jsonOf<T>(answered)
  }
  const { publicKey } = signer.key
  const self = await post<DeviceSelf>('/api/device/enrol', {
    token,
    publicKey,
    algorithm: 'ed25519',
    signature: await signText(`sereno-enrol-v1.${token}.${publicKey}`),
    protection: 'software',
    simulated: options.simulated ?? false,
    appVersion: 'test',
    build: null,
  })
  const device = self.device.id
  const { nonce } = await post<{ nonce: string }>('/api/device/challenge', { device })
  const session = await post<{ token: string }>('/api/device/session', {
    device,
    nonce,
    signature: await signText(`sereno-session-v1.${device}.${nonce}`),
  })
  const identity: PhoneIdentity = {
    signer,
    device,
    installation: self.installation,
    municipality: self.municipality.id,
    keyEpoch: self.device.keyEpoch,
  }
  return {
    ...identity,
    self,
    record: createRecorder(identity, clock).record,
    upload: ({ statement, body }, place = {}) => uploadTo(call, statement, body, place),
    api: (method, url, body) =>
      call({
        method,
        url,
        headers: { ...(body === undefined ? {} : json), authorization: `Device ${session.token}` },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
  }
}

/** Sends an upload body to the place its statement names, or another. */
export function uploadTo(
  call: Call,
  statement: Statement,
  body: Uint8Array,
  place: { readonly recording?: string; readonly sequence?: number } = {},
): Promise<Answered> {
  const recording = place.recording ?? statement.body.recording
  const sequence = place.sequence ?? statement.body.sequence
  return call({
    method: 'PUT',
    url: `/api/recordings/${recording}/segments/${sequence}`,
    headers: { 'content-type': 'application/octet-stream' },
    body,
  })
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
