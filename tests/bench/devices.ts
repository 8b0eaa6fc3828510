import { randomBytes, randomUUID } from 'node:crypto'
import {
  frameUpload,
  type MediaStatement,
  type SeenCheckpoint,
  type Signer,
  sha256Hex,
  signerFromSeed,
  signStatement,
  statementHash,
  toBase64Url,
  utf8,
} from '@sereno/proof'
import { type Api, createApi, type Fetch } from '../../apps/simulator/src/api.ts'
import { type Desk, signIn } from '../../apps/simulator/src/office.ts'

/** A device as a benchmark uses it: enrolled, issued, its shift begun; it makes statements as fast as it can sign. */
export type BenchDevice = {
  readonly id: string
  readonly token: string
  readonly api: Api
  readonly signer: Signer
  /** The next media statement of the chain over these bytes, as the parts of an upload body. */
  readonly nextUpload: (recording: string, media: Media) => Promise<Upload>
  readonly stopUpload: (recording: string) => Promise<Upload>
}
export type Media = { readonly bytes: Uint8Array; readonly sha256: string }
/** `head` and `media` follow each other in the body; apart, so that a thousand bodies share one media buffer. */
export type Upload = {
  readonly path: string
  readonly head: Uint8Array
  readonly media: Uint8Array
}

/** Any bytes: the server stores what was signed, and looks no further into a segment. */
const init = new Uint8Array(randomBytes(900))

export function randomMedia(sizeBytes: number, count: number): Promise<readonly Media[]> {
  return Promise.all(
    Array.from({ length: count }, async () => {
      const bytes = new Uint8Array(randomBytes(sizeBytes))
      return { bytes, sha256: await sha256Hex(bytes) }
    }),
  )
}

export const plainFetch: Fetch = (url, request) => fetch(url, request)

/** Signs in with a role's link. */
export function desk(url: string, link: string | undefined): Promise<Desk> {
  if (link === undefined) {
    throw new Error('the product gave no link for a role this benchmark needs')
  }
  return signIn(url, link, plainFetch)
}

/** Enrols devices, issues each to an officer of its own and starts its shift, all through the public API. */
export async function enrolDevices(url: string, office: Desk, count: number): Promise<readonly BenchDevice[]> {
  const devices: BenchDevice[] = []
  for (let first = 0; first < count; first += 8) {
    const batch = Array.from({ length: Math.min(8, count - first) }, (_, i) => enrolDevice(url, office, first + i))
    devices.push(...(await Promise.all(batch)))
  }
  return devices
}

async function enrolDevice(url: string, office: Desk, number: number): Promise<BenchDevice> {
  const { token: enrolment } = await office.api.call('POST /devices/enrolments', {
    body: { kind: 'phone', simulated: true },
  })
  const code = `B${randomUUID().slice(0, 4)}${number}`
  const officer = await office.api.call('POST /officers', { body: { code, name: `Agente de medición ${code}` } })
  const signer = await signerFromSeed(new Uint8Array(randomBytes(32)))
  const { publicKey } = signer.key
  const build = await sha256Hex(utf8('bench'))
  const stranger = createApi(url, plainFetch, () => ({}))
  const self = await stranger.call('POST /device/enrol', {
    body: {
      token: enrolment,
      publicKey,
      algorithm: 'ed25519',
      signature: toBase64Url(await signer.sign(utf8(`sereno-enrol-v1.${enrolment}.${publicKey}`))),
      protection: 'software',
      simulated: true,
      appVersion: 'bench',
      build,
    },
  })
  const device = self.device.id
  const { pin } = await office.api.call('POST /devices/:id/issue', {
    params: { id: device },
    body: { officer: officer.id },
  })
  const { nonce } = await stranger.call('POST /device/challenge', { body: { device } })
  const signature = toBase64Url(await signer.sign(utf8(`sereno-session-v1.${device}.${nonce}`)))
  const { token } = await stranger.call('POST /device/session', { body: { device, nonce, signature } })
  const api = createApi(url, plainFetch, () => ({ authorization: `Device ${token}` }))
  await api.call('POST /device/shift', {
    body: {
      pin,
      check: (['battery', 'storage', 'persist', 'clock', 'gps', 'lens'] as const).map((item) => ({
        item,
        passed: true,
        value: 'bench',
      })),
    },
  })
  return { id: device, token, api, signer, ...chain() }

  function chain(): Pick<BenchDevice, 'nextUpload' | 'stopUpload'> {
    const initSha256 = sha256Hex(init)
    const checkpoint: SeenCheckpoint | null = self.checkpoint
    let counter = (self.lastCounter ?? -1) + 1
    let head: string | null = self.lastHead
    let open = { recording: '', sequence: 0 }

    const base = (recording: string) => {
      open = open.recording === recording ? { recording, sequence: open.sequence + 1 } : { recording, sequence: 0 }
      const made = {
        format: 1,
        installation: self.installation,
        municipality: self.municipality.id,
        device,
        keyEpoch: self.device.keyEpoch,
        counter,
        recording,
        sequence: open.sequence,
        previous: head,
        wallClockMs: Date.now(),
        monotonicMs: Math.round(performance.now()),
        serverTime: null,
        checkpoint,
        build,
        keyProtection: 'software',
      } as const
      counter += 1
      return made
    }
    const signed = async (envelope: Uint8Array, recording: string, media: Uint8Array): Promise<Upload> => {
      head = await statementHash(envelope)
      const parts = open.sequence === 0 && media.length > 0 ? { envelope, init } : { envelope }
      return { path: `/api/recordings/${recording}/segments/${open.sequence}`, head: frameUpload(parts), media }
    }
    return {
      async nextUpload(recording, media) {
        const common = base(recording)
        const body: MediaStatement = {
          ...common,
          init: await initSha256,
          codecs: { video: 'avc1.42001f', audio: null },
          audioOn: false,
          preEvent: false,
          media: { sha256: media.sha256, sizeBytes: media.bytes.length },
          timescale: 90_000,
          decodeTime: common.sequence * 180_000,
          duration: 180_000,
          positions: null,
        }
        return signed(await signStatement(signer, { kind: 'media', body }), recording, media.bytes)
      },
      async stopUpload(recording) {
        const common = base(recording)
        const body = { ...common, reason: 'officer', count: common.sequence, head: common.previous } as const
        return signed(await signStatement(signer, { kind: 'stop', body }), recording, new Uint8Array(0))
      },
    }
  }
}
